{#
    The forms in which a raw value is compared with those of erased people, whatever the way it is
    written in: two of a phone, whose field may list a second. one360.rights.forms computes the
    same. It names no function of the warehouse, as raw views are made before these are.
#}
{% macro erased_forms(space, column) %}
    {%- set folded = sql_call("translate", [
        "cast(" ~ column ~ " as string)",
        regex_literal(
            "！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
            ~ "［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～"
        ),
        regex_literal(
            "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"
            ~ "[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
        ),
    ]) -%}
    {%- set text = regex_replace_all(folded, "[\\s\\p{Z}\\p{Cc}\\p{Cf}]+") -%}
    {%- if space == "email" -%}
        {%- set alone = regex_replace_all("lower(" ~ text ~ ")", "^[^<>@]+<([^<>]+)>$", "\\1") -%}
        {%- set address = regex_replace_all(alone, "mailto:|[<>]") -%}
        {%- set short = regex_replace_all(address, "^([^@+]+)\\+[^@]*@", "\\1@") -%}
        {{- return([
            "case when " ~ regex_matches(short, "@(gmail|googlemail)[.]com$") ~ " then replace(split_part("
            ~ short ~ ", '@', 1), '.', '') || '@gmail.com' else " ~ short ~ " end"
        ]) -}}
    {%- endif -%}
    {%- set bare = regex_replace_all(text, "^(?:'([^']+)|=\"([^\"]*)\")$", "\\1\\2") -%}
    {%- set text = (
        "case when " ~ regex_full_match(bare, "-?\\d(?:\\.\\d+[eE]\\+?|[eE]\\+)\\d{1,3}")
        ~ " and length(" ~ regex_extract(bare, "^-?\\d[.]?(\\d*)[eE]", 1) ~ ") >= try_cast("
        ~ regex_extract(bare, "[eE][+]?(\\d{1,3})$", 1) ~ " as int)"
        ~ " then coalesce(cast(try_cast(" ~ bare ~ " as decimal(38, 0)) as string), " ~ bare
        ~ ") else " ~ regex_replace_all(bare, "\\.0+$") ~ " end"
    ) -%}
    {%- if space == "phone" -%}
        {%- set number = "[+]?[ (]{0,2}(?:[0-9][ ().-]{0,2}){7,}[0-9]" -%}
        {%- set listed = "^\\s*(" ~ number ~ ")\\s*(?:[/\\\\,;|&、]|或者?|和|or|and)\\s*(" ~ number ~ ")\\s*$" -%}
        {%- set beside = "^\\s*([+]?[0-9]{8,})\\s+([+]?[0-9]{8,})\\s*$" -%}
        {%- set forms = [] -%}
        {%- for place in (1, 2) -%}
            {%- set phone = regex_extract(folded, listed, place) ~ " || " ~ regex_extract(folded, beside, place) -%}
            {%- if place == 1 -%}
                {%- set phone = "coalesce(nullif(" ~ phone ~ ", ''), " ~ text ~ ")" -%}
            {%- endif -%}
            {%- do forms.append(regex_replace_all(regex_replace_all(phone, "[^0-9]+"), "^0+")) -%}
        {%- endfor -%}
        {{- return(forms) -}}
    {%- elif space == "card" -%}
        {{- return(["upper(" ~ regex_replace_all(text, "[\\p{Pd}_.·]+") ~ ")"]) -}}
    {%- elif space == "contact_hash" -%}
        {{- return(["lower(" ~ text ~ ")"]) -}}
    {%- endif -%}
    {{- return([text]) -}}
{% endmacro %}
