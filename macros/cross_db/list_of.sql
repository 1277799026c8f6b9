{# Spark calls it an array. #}
{% macro list_of(expressions) %}
    {{- return(adapter.dispatch('list_of', 'one360')(expressions)) -}}
{% endmacro %}

{% macro default__list_of(expressions) %}
    {{- return("[" ~ expressions | join(",\n") ~ "]") -}}
{% endmacro %}

{% macro spark__list_of(expressions) %}
    {{- return("array(" ~ expressions | join(",\n") ~ ")") -}}
{% endmacro %}
