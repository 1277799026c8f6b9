{% macro rounded_up_to_step(amount) %}
    {{- return(
        "(case when " ~ amount ~ " <= 20 then ceil(" ~ amount ~ ")"
        ~ " when " ~ amount ~ " <= 100 then 5 * ceil((" ~ amount ~ ") / 5.0)"
        ~ " when " ~ amount ~ " <= 500 then 10 * ceil((" ~ amount ~ ") / 10.0)"
        ~ " else 50 * ceil((" ~ amount ~ ") / 50.0) end)"
    ) -}}
{% endmacro %}
