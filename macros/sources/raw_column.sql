{#
    Staging casts numbers and rejects those out of range. NaN is what data frames write for a
    missing number.
#}
{% macro raw_column(name, actual, declared, format, timezone=none) %}
    {% set family = raw_type_family(actual) %}
    {% set expected = raw_type_family(declared) %}
    {% if format in ("csv", "jsonl") %}
        {{ return("cast(" ~ name ~ " as string)") }}
    {% elif is_instant(actual) and expected == "date" %}
        {% set utc = instant_in_utc(name) %}
        {{ return(
            "case when cast(cast(" ~ utc ~ " as date) as timestamp) = cast(" ~ utc ~ " as timestamp)"
            ~ " then cast(" ~ utc ~ " as date) else " ~ business_date(utc) ~ " end"
        ) }}
    {% elif is_instant(actual) and timezone %}
        {# staging takes a time without an offset for one of the declared zone #}
        {{ return("cast(cast(" ~ instant_in_utc(name) ~ " as timestamp) as string) || 'Z'") }}
    {% elif is_instant(actual) %}
        {{ return("cast(" ~ instant_in_utc(name) ~ " as " ~ declared ~ ")") }}
    {% elif family == "nothing" or expected in ("text", "date", "timestamp") %}
        {{ return("cast(" ~ name ~ " as " ~ declared ~ ")") }}
    {% elif actual | lower in ("double", "float", "real") %}
        {{ return("nullif(" ~ name ~ ", cast('NaN' as " ~ actual ~ "))") }}
    {% endif %}
    {{ return(name) }}
{% endmacro %}
