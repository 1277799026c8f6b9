{% macro is_rate_of(currency, time) %}
    {%- set day = business_date(time) -%}
    {{- return(
        currency ~ " = rates.currency and " ~ day ~ " >= rates.from_date"
        ~ " and (rates.until_date is null or " ~ day ~ " < rates.until_date)"
    ) -}}
{% endmacro %}
