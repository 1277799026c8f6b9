{# A regular expression as a SQL string; Spark unescapes backslashes, DuckDB keeps them. #}
{% macro regex_literal(pattern) %}
    {{- return(adapter.dispatch('regex_literal', 'one360')(pattern)) -}}
{% endmacro %}

{% macro default__regex_literal(pattern) %}
    {{- return("'" ~ pattern.replace("'", "''") ~ "'") -}}
{% endmacro %}

{% macro spark__regex_literal(pattern) %}
    {{- return("'" ~ pattern.replace("\\", "\\\\").replace("'", "\\'") ~ "'") -}}
{% endmacro %}
