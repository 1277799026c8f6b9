{# The engines split texts and name types of lists differently. #}
{% macro integer_list(text) %}
    {{- return(adapter.dispatch('integer_list', 'one360')(text)) -}}
{% endmacro %}

{% macro default__integer_list(text) %}
    {{- return("cast(string_split(" ~ text ~ ", ' ') as integer[])") -}}
{% endmacro %}

{% macro spark__integer_list(text) %}
    {{- return("cast(split(" ~ text ~ ", ' ') as array<int>)") -}}
{% endmacro %}
