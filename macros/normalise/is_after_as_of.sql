{# Staging does not know the last day of the data, so it can ask only where as_of is given. #}
{% macro is_after_as_of(expression) %}
    {%- set as_of = var("as_of") | string -%}
    {%- if " " in as_of -%}
        {%- set is_after = expression ~ " > " ~ from_business_time("cast('" ~ as_of ~ "' as timestamp)") -%}
    {%- else -%}
        {%- set is_after = expression ~ " >= " ~ from_business_time(
            "cast(" ~ add_days("'" ~ as_of ~ "'", 1) ~ " as timestamp)"
        ) -%}
    {%- endif -%}
    {{- return("coalesce(" ~ is_after ~ ", false)") -}}
{% endmacro %}
