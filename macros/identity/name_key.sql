{#
    What two spellings of one name share: titles off, lower case, letters only. NULL where
    the rest tells nobody apart: a single character (张女士 is 张) or a single Latin word
    (Ms. Miller).
#}
{% macro name_key(expression) %}
    {%- set untitled = regex_replace_all(
        regex_replace_all(
            "lower(trim(" ~ expression ~ "))",
            "^(mr|mrs|ms|miss|dr|prof)[.\\s]+"
        ),
        "\\s*(先生|女士|小姐|太太|老师|阿姨|同学)$"
    ) -%}
    {%- set letters = regex_replace_all(untitled, "[\\s\\p{P}\\p{S}\\p{C}]+") -%}
    {{- return(
        "case when length(" ~ letters ~ ") > 1 and ("
        ~ regex_matches(untitled, "[^\\x{0000}-\\x{024F}]") ~ " or "
        ~ regex_matches("trim(" ~ untitled ~ ")", "\\s") ~ ") then " ~ letters ~ " end"
    ) -}}
{% endmacro %}
