{#
    What two spellings of one name share: lower case, letters only. NULL for a name of
    one character, which tells nobody apart.
#}
{% macro name_key(expression) %}
    {%- set letters = regex_replace_all("lower(" ~ expression ~ ")", "[\\s\\p{P}\\p{S}\\p{C}]+") -%}
    {{- return("case when length(" ~ letters ~ ") > 1 then " ~ letters ~ " end") -}}
{% endmacro %}
