{# A birthday against which birth_date_issue has nothing. #}
{% macro plausible_birth_date(birthday) %}
    case
        when {{ birthday }} < cast('1905-01-01' as date) then null
        when {{ birthday }} > cast(loaded_at as date) then null
        else {{ birthday }}
    end
{%- endmacro %}
