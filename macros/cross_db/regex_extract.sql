{# The engines agree but for the quoting of the pattern. #}
{% macro regex_extract(expression, pattern, group=0) %}
    {{- return(sql_call("regexp_extract", [expression, regex_literal(pattern), group])) -}}
{% endmacro %}
