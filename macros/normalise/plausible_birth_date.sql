{# The birthday of a raw row where birth_date_issue has nothing against it. #}
{% macro plausible_birth_date(expression, loaded_at) %}
    {{- return(
        let(parse_date(expression), "birthday",
            "case when birthday >= cast('1905-01-01' as date)"
            ~ " and not coalesce(birthday > cast(" ~ loaded_at ~ " as date), false)"
            ~ " then birthday end")
    ) -}}
{% endmacro %}
