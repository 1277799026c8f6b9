{# mailbox: what follows + does not count, nor do dots at Gmail. #}
{% macro identifier_normalisers(value) %}
    {%- set local = "split_part(split_part(" ~ value ~ ", '@', 1), '+', 1)" -%}
    {%- set domain = "split_part(" ~ value ~ ", '@', 2)" -%}
    {{- return({
        "as_staged": value,
        "lower": "lower(" ~ value ~ ")",
        "upper": "upper(" ~ value ~ ")",
        "letters_and_digits": "upper(" ~ regex_replace_all(value, "[^\\p{L}\\p{N}]+") ~ ")",
        "mailbox": "case when " ~ domain ~ " in ('gmail.com', 'googlemail.com') then replace("
            ~ local ~ ", '.', '') || '@gmail.com' else " ~ local ~ " || '@' || " ~ domain ~ " end",
    }) -}}
{% endmacro %}

{# The value under the normaliser that the column `normaliser` names. #}
{% macro normalised_identifier(value) %}
    {%- set cases = [] -%}
    {%- for name, expression in identifier_normalisers(value).items() if name != "as_staged" -%}
        {%- do cases.append("when '" ~ name ~ "' then " ~ expression) -%}
    {%- endfor -%}
    {{- return("case normaliser\n    " ~ cases | join("\n    ") ~ "\n    else " ~ value ~ "\nend") -}}
{% endmacro %}
