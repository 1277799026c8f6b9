{# A group (0 is all) of the first match, '' where there is none; the engines agree but for the pattern's quoting. #}
{% macro regex_extract(expression, pattern, group=0) %}
    {{- return(sql_call("regexp_extract", [expression, regex_literal(pattern), group])) -}}
{% endmacro %}
