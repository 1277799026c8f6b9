{# DuckDB takes the alias itself. #}
{% macro whole_row(alias) %}
    {{- return(adapter.dispatch('whole_row', 'one360')(alias)) -}}
{% endmacro %}

{% macro default__whole_row(alias) %}
    {{- return(alias) -}}
{% endmacro %}

{% macro spark__whole_row(alias) %}
    {{- return("struct(" ~ alias ~ ".*)") -}}
{% endmacro %}
