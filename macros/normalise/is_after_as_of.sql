{# Staging does not know the last day of the data, so it can ask only where as_of is given. #}
{% macro is_after_as_of(expression) %}
    {{- return(is_after_moment(expression, var("as_of") | string)) -}}
{% endmacro %}

{# moment: YYYY-MM-DD, which counts to its end, or YYYY-MM-DD HH:MM[:SS]; in the business time zone. #}
{% macro is_after_moment(expression, moment) %}
    {%- if " " in moment -%}
        {%- set is_after = expression ~ " > " ~ from_business_time("cast('" ~ moment ~ "' as timestamp)") -%}
    {%- else -%}
        {%- set is_after = expression ~ " >= " ~ from_business_time(
            "cast(" ~ add_days("'" ~ moment ~ "'", 1) ~ " as timestamp)"
        ) -%}
    {%- endif -%}
    {{- return("coalesce(" ~ is_after ~ ", false)") -}}
{% endmacro %}
