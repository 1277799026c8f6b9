{# DuckDB adds an interval, Spark has timestampadd. #}
{% macro add_seconds(timestamp_expression, seconds) %}
    {{- return(adapter.dispatch('add_seconds', 'one360')(timestamp_expression, seconds)) -}}
{% endmacro %}

{% macro default__add_seconds(timestamp_expression, seconds) %}
    {{- return("(" ~ timestamp_expression ~ " + cast(" ~ seconds ~ " as bigint) * interval 1 second)") -}}
{% endmacro %}

{% macro spark__add_seconds(timestamp_expression, seconds) %}
    {{- return("timestampadd(second, cast(" ~ seconds ~ " as int), " ~ timestamp_expression ~ ")") -}}
{% endmacro %}
