{#
    A raw value in the form in which it is compared with those of erased people, whatever the way
    it is written in: of a phone its digits without zeros before them. one360.rights.forms computes
    the same. It names no function of the warehouse, as raw views are made before these are.
#}
{% macro erased_form(space, column) %}
    {%- set folded = (
        "translate(cast(" ~ column ~ " as string), '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
        ~ "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ＠．－＿＋', '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        ~ "abcdefghijklmnopqrstuvwxyz@.-_+')"
    ) -%}
    {%- set text = regex_replace_all(folded, "[\\s\\p{Z}\\p{Cc}\\p{Cf}]+") -%}
    {%- if space == "email" -%}
        {{- return(regex_replace_all("lower(" ~ text ~ ")", "mailto:|[<>]")) -}}
    {%- endif -%}
    {%- set text = regex_replace_all(text, "\\.0+$") -%}
    {%- if space == "phone" -%}
        {{- return(regex_replace_all(regex_replace_all(text, "[^0-9]+"), "^0+")) -}}
    {%- elif space == "card" -%}
        {{- return("upper(" ~ regex_replace_all(text, "[\\p{Pd}_.·]+") ~ ")") -}}
    {%- elif space == "contact_hash" -%}
        {{- return("lower(" ~ text ~ ")") -}}
    {%- endif -%}
    {{- return(text) -}}
{% endmacro %}
