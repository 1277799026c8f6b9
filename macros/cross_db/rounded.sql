{#
    A floating-point number as a decimal, rounded half up as one reads it. A number like
    0.61525 is none that a computer keeps, so the engines would round it up or down by bits
    that depend on the order of additions; six digits more settle that first.
#}
{% macro rounded(expression, precision, scale) %}
    {{- return(
        "cast(cast(" ~ expression ~ " as decimal(38, " ~ (scale + 6) ~ ")) as decimal("
        ~ precision ~ ", " ~ scale ~ "))"
    ) -}}
{% endmacro %}
