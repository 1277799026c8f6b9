{#
    Of a raw table as delivered, the rows that had arrived, as var known_by says. What arrives by
    the end of the business day after as_of was known on that day, since a day is delivered in the
    night after it; so was what the first delivery of the table brought, since a first export holds
    the past. A row without a load time counts as known.
#}
{% macro known_rows(table, delivered) %}
    {%- if not is_bounded_by_arrival() -%}{{- return(delivered) -}}{%- endif -%}
    {%- set known_by = var("known_by") | string -%}
    {%- set column = table.columns | selectattr("name", "equalto", "loaded_at") | first -%}
    {%- set loaded_at = raw_time(column) -%}
    {%- set rows = "select * from (\n" ~ delivered ~ "\n) as delivered where coalesce(" -%}
    {%- if known_by != "as_of" -%}
        {{- return(rows ~ "not " ~ is_after_moment(loaded_at, known_by) ~ ", true)") -}}
    {%- endif -%}
    {%- set load_date = business_date(loaded_at) -%}
    {{- return(
        rows ~ load_date ~ " <= greatest(" ~ add_days("'" ~ (var("as_of") | string)[:10] ~ "'", 1)
        ~ ", (select min(" ~ load_date ~ ") from (\n" ~ delivered ~ "\n) as first_delivery)), true)"
    ) -}}
{% endmacro %}

{# Whether this run reads less than has been delivered. #}
{% macro is_bounded_by_arrival() %}
    {%- set known_by = var("known_by") | string -%}
    {{- return(known_by != "now" and (known_by != "as_of" or var("as_of") | string != "")) -}}
{% endmacro %}
