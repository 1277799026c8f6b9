{# The engines name the function differently. #}
{% macro is_json(expression) %}
    {{- return(adapter.dispatch('is_json', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__is_json(expression) %}
    {{- return("json_valid(" ~ expression ~ ")") -}}
{% endmacro %}

{% macro spark__is_json(expression) %}
    {{- return("(try_parse_json(" ~ expression ~ ") is not null)") -}}
{% endmacro %}
