{#
    A number like 0.61525 has no exact binary form, so the engines would round it up or down by
    bits that depend on the order of additions: it is rounded to six digits more first.
#}
{% macro rounded(expression, precision, scale) %}
    {{- return(
        "cast(cast(" ~ expression ~ " as decimal(38, " ~ (scale + 6) ~ ")) as decimal("
        ~ precision ~ ", " ~ scale ~ "))"
    ) -}}
{% endmacro %}
