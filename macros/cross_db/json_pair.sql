{# chr(92) is the backslash, which the engines read differently in a literal. #}
{% macro json_pair(name, value) %}
    {%- set escaped = "replace(replace(replace(" ~ value ~ ", chr(92), chr(92) || chr(92)), '\"', chr(92) || '\"'), chr(10), ' ')" -%}
    {{- return("'\"' || " ~ name ~ " || '\": ' || coalesce('\"' || " ~ escaped ~ " || '\"', 'null')") -}}
{% endmacro %}
