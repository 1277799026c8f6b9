{# Spark has only the search; \z is the end that no newline moves. #}
{% macro regex_full_match(expression, pattern) %}
    {{- return(adapter.dispatch('regex_full_match', 'one360')(expression, pattern)) -}}
{% endmacro %}

{% macro default__regex_full_match(expression, pattern) %}
    {{- return(sql_call("regexp_full_match", [expression, regex_literal(pattern)])) -}}
{% endmacro %}

{% macro spark__regex_full_match(expression, pattern) %}
    {{- return("(" ~ expression ~ " rlike " ~ regex_literal("^(?:" ~ pattern ~ ")\\z") ~ ")") -}}
{% endmacro %}
