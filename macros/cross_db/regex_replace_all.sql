{# DuckDB needs the option g and Spark writes groups as $1. #}
{% macro regex_replace_all(expression, pattern, replacement='') %}
    {{- return(adapter.dispatch('regex_replace_all', 'one360')(expression, pattern, replacement)) -}}
{% endmacro %}

{% macro default__regex_replace_all(expression, pattern, replacement='') %}
    {{- return(sql_call("regexp_replace", [expression, regex_literal(pattern), regex_literal(replacement), "'g'"])) -}}
{% endmacro %}

{% macro spark__regex_replace_all(expression, pattern, replacement='') %}
    {%- set groups = modules.re.sub("\\\\([0-9])", "$\\1", replacement.replace("$", "\\$")) -%}
    {{- return(sql_call("regexp_replace", [expression, regex_literal(pattern), regex_literal(groups)])) -}}
{% endmacro %}
