package dev.tollgate.bootstrap;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A key of the configuration file: its default and what it is for. The key is the component's name
 * in kebab case.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Key {

  /** The comment in the annotated file. */
  String about();

  /** The default as one would write it; empty: none. */
  String preset() default "";

  /** What the annotated file shows in a comment, where there is no default. */
  String example() default "";
}
