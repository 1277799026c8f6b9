{# The currency of a row of CTE source: its own, else that of the source, else the reporting one. #}
{% macro order_currency(system, table) %}
    {%- set of_source = raw_table(system, table).currency or var("reporting_currency") -%}
    {{- return(
        "coalesce(" ~ function("normalise_currency") ~ "(source.currency), '" ~ of_source ~ "')"
    ) -}}
{% endmacro %}
