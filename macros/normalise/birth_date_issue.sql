{# Why the birthday of a raw row is not taken: unreadable, too_early (before 1905: nobody is that old, and 1900-01-01 is what old tills fill in) or in_the_future; else NULL. #}
{% macro birth_date_issue(expression, loaded_at) %}
    {{- return(
        "case when " ~ normalise_id(expression) ~ " is null then null else "
        ~ let(parse_date(expression), "birthday",
            "case when birthday is null then 'unreadable'"
            ~ " when birthday < cast('1905-01-01' as date) then 'too_early'"
            ~ " when birthday > cast(" ~ loaded_at ~ " as date) then 'in_the_future' end")
        ~ " end"
    ) -}}
{% endmacro %}
