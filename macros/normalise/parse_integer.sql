{# A whole number as bigint; NULL for text that is none and for 2.5. #}
{% macro parse_integer(expression) %}
    {%- set number = parse_money(expression) -%}
    {{- return(let(number, "amount", "case when amount = floor(amount) then cast(amount as bigint) end")) -}}
{% endmacro %}
