{#
    The patterns of seed test_account_patterns as words (see function as_words): field and words.
    Chinese writes no blanks between words, so there a pattern's % goes on within one.
#}
{% macro test_account_words() %}
    {%- set words = function("as_words") ~ "(pattern)" -%}
    {%- set open_ended = "replace(" ~ words ~ ", ' % ', ' %')" -%}
    (
        select
            field,
            {{ regex_replace_all(open_ended, "([\\x{4e00}-\\x{9fff}]) %", "\\1%") }} as words
        from {{ ref("test_account_patterns") }}
    )
{%- endmacro %}
