{#
    Variation selectors, fillers and the box of a keycap are not letters, though Unicode does not
    count them as symbols: with emoji they go.
#}
{% macro name_key(expression) %}
    {%- set untitled = regex_replace_all(
        regex_replace_all(
            "lower(trim(" ~ expression ~ "))",
            "^(mr|mrs|ms|miss|dr|prof)[.\\s]+"
        ),
        "\\s*(先生|女士|小姐|太太|老师|阿姨|同学)$"
    ) -%}
    {%- set unseen = (
        "\\x{34f}\\x{115f}\\x{1160}\\x{20e3}\\x{3164}\\x{fe00}-\\x{fe0f}\\x{ffa0}\\x{e0100}-\\x{e01ef}"
    ) -%}
    {%- set letters = regex_replace_all(
        untitled, "[\\s\\p{P}\\p{S}\\p{C}" ~ unseen ~ "]+"
    ) -%}
    {{- return(
        "case\n    when length(" ~ letters ~ ") > 1\n    and " ~ letters
        ~ "\n    not in (" ~ two_character_surnames() ~ ")\n    and ("
        ~ regex_matches(untitled, "[^\\x{0000}-\\x{024F}]") ~ "\n    or "
        ~ regex_matches("trim(" ~ untitled ~ ")", "\\s") ~ ")\n    then " ~ letters ~ "\nend"
    ) -}}
{% endmacro %}

{% macro two_character_surnames() -%}
    '欧阳', '诸葛', '上官', '司马', '司徒', '司空', '夏侯', '东方', '皇甫', '尉迟', '公孙', '慕容',
    '长孙', '宇文', '令狐', '端木', '独孤', '南宫', '西门', '轩辕', '申屠', '钟离', '闻人', '澹台',
    '濮阳', '公冶', '太史', '赫连', '呼延', '拓跋', '百里', '东郭', '第五', '太叔', '单于'
{%- endmacro %}

{% macro surname(expression) %}
    {{- return(
        "case\n    when left(" ~ expression ~ ", 2) in (" ~ two_character_surnames()
        ~ ")\n    then left(" ~ expression ~ ", 2)\n    when "
        ~ regex_matches(expression, "^[\\x{4e00}-\\x{9fff}]") ~ " then left("
        ~ expression ~ ", 1)\nend"
    ) -}}
{% endmacro %}

{% macro gender_of_title(expression) %}
    {{- return(
        "case when " ~ regex_matches(expression, "(女士|小姐|太太|阿姨)$|^(Ms|Mrs|Miss)[.\\s]")
        ~ " then 'female' when " ~ regex_matches(expression, "先生$|^Mr[.\\s]") ~ " then 'male' end"
    ) -}}
{% endmacro %}
