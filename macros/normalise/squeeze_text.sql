{#
    Text without marks that nobody sees (directions, zero width; the joiner inside emoji
    stays), with single spaces and none at the ends.
#}
{% macro squeeze_text(expression) %}
    {%- set invisible = (
        "[\\x{ad}\\x{200b}\\x{200e}\\x{200f}\\x{202a}-\\x{202e}\\x{2060}-\\x{2069}\\x{feff}]+"
    ) -%}
    {%- set seen = regex_replace_all(expression, invisible) -%}
    {{- return("trim(" ~ regex_replace_all(seen, "[\\s\\p{Z}\\p{Cc}]+", " ") ~ ")") -}}
{% endmacro %}
