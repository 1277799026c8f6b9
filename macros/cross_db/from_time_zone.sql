{#
    DuckDB has at time zone, Spark to_utc_timestamp. Of an hour that comes twice DuckDB would take
    the second, Spark takes the first, as is done here; an hour that is left out is an hour later on
    both.
#}
{% macro from_time_zone(expression, zone) %}
    {{- return(adapter.dispatch('from_time_zone', 'one360')(expression, zone)) -}}
{% endmacro %}

{% macro default__from_time_zone(expression, zone) %}
    {%- set moment = "((" ~ expression ~ ") at time zone '" ~ zone ~ "')" -%}
    {%- set hour_before = "(" ~ moment ~ " - interval 1 hour)" -%}
    {{- return(
        "((case when " ~ hour_before ~ " at time zone '" ~ zone ~ "' = (" ~ expression ~ ") then "
        ~ hour_before ~ " else " ~ moment ~ " end) at time zone 'UTC')"
    ) -}}
{% endmacro %}

{% macro spark__from_time_zone(expression, zone) %}
    {{- return("to_utc_timestamp(" ~ expression ~ ", '" ~ zone ~ "')") -}}
{% endmacro %}
