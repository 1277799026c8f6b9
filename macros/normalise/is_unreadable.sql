{# True where the raw column said something and the parsed column is empty. #}
{% macro is_unreadable(column) %}
    {{- return(
        "(" ~ column ~ " is null and " ~ normalise_id("raw_row." ~ column) ~ " is not null)"
    ) -}}
{% endmacro %}
