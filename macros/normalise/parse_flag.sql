{# A boolean from a boolean, a number or the words people use. #}
{% macro parse_flag(expression) %}
    {%- set value = "lower(trim(cast(" ~ expression ~ " as string)))" -%}
    {{- return(
        "case when " ~ value ~ " in ('true', 't', 'yes', 'y', '1', 'on', '是') then true when "
        ~ value ~ " in ('false', 'f', 'no', 'n', '0', 'off', '否') then false end"
    ) -}}
{% endmacro %}
