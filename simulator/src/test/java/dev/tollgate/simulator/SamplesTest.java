package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'object'} | {}",
        "{'properties':{'a':{'type':'string'},'b':{}},'required':['a']} | {'a':'x'}",
        "{'properties':{'a':{'enum':['red','blue']}},'required':['a']} | {'a':'red'}",
        "{'properties':{'a':{'const':7}},'required':['a']} | {'a':7}",
        "{'properties':{'a':{'type':['null','string']}},'required':['a']} | {'a':null}",
        "{'properties':{'a':{'type':'array','minItems':2,'items':{'type':'boolean'}}},"
            + "'required':['a']} | {'a':[true,true]}",
        "{'properties':{'a':{'anyOf':[{'type':'integer'},{'type':'null'}]}},'required':['a']}"
            + " | {'a':1}",
        "{'$defs':{'d':{'type':'string','minLength':3}},'properties':{'a':{'$ref':'#/$defs/d'}},"
            + "'required':['a']} | {'a':'x..'}",
        "{'$defs':{'d':{'$ref':'#/$defs/d'}},'properties':{'a':{'$ref':'#/$defs/d'}},"
            + "'required':['a']} | {'a':null}",
        "{'type':'string'} | {}",
      })
  void satisfiesWhatASchemaRequires(String schema, String sample) {
    assertThat(Samples.of(Json.MAPPER.readTree(schema.replace('\'', '"')), "x").toString())
        .isEqualTo(sample.replace('\'', '"'));
  }
}
