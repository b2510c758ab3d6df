package dev.tollgate.bootstrap;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A record whose components are keys of the configuration file. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Section {

  /** The key that a single value stands for where it is written in the section's place; or none. */
  String shorthand() default "";
}
