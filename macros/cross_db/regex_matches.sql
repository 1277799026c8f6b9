{# The engines name the function differently. #}
{% macro regex_matches(expression, pattern) %}
    {{- return(adapter.dispatch('regex_matches', 'one360')(expression, pattern)) -}}
{% endmacro %}

{% macro default__regex_matches(expression, pattern) %}
    {{- return(sql_call("regexp_matches", [expression, regex_literal(pattern)])) -}}
{% endmacro %}

{% macro spark__regex_matches(expression, pattern) %}
    {{- return("(" ~ expression ~ " rlike " ~ regex_literal(pattern) ~ ")") -}}
{% endmacro %}
