{#
    True where a UTC timestamp lies after var as_of, false where it is missing. Only where as_of is
    given: staging does not know the last day of the data. A plain day counts to its last instant.
#}
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
