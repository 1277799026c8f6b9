{#
    Why a birthday is not taken: unreadable, too_early (before 1905: nobody is that old, and
    1900-01-01 is what old tills fill in) or in_the_future; else NULL.
    birthday: what was read of it; raw: what was written.
#}
{% macro birth_date_issue(birthday, raw) %}
    case
        when {{ birthday }} is null and {{ normalise_id(raw) }} is not null then 'unreadable'
        when {{ birthday }} < cast('1905-01-01' as date) then 'too_early'
        when {{ birthday }} > cast(loaded_at as date) then 'in_the_future'
    end
{%- endmacro %}
