{#
    Two digits count, of which the second is 0 or 5 where the first is 5 or more: 13, 47, 55, 130,
    470, 550. The steps follow the size of the amount, whatever its currency.
#}
{% macro rounded_up_to_step(amount) %}
    {%- set size = "power(cast(10 as double), floor(log10(" ~ amount ~ ")))" -%}
    {%- set step = "(case when " ~ amount ~ " <= 5 * " ~ size ~ " then 0.1 else 0.5 end * " ~ size ~ ")" -%}
    {{- return(
        "(case when " ~ amount ~ " > 0 then ceil(round((" ~ amount ~ ") / " ~ step ~ ", 9)) * " ~ step
        ~ " else 0 end)"
    ) -}}
{% endmacro %}
