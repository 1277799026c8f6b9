{#
    Staging casts numbers and rejects those out of range. NaN is what data frames write for a
    missing number.
#}
{% macro raw_column(name, actual, declared, format, timezone=none) %}
    {% set family = raw_type_family(actual) %}
    {% set expected = raw_type_family(declared) %}
    {% if format in ("csv", "jsonl") %}
        {{ return("cast(" ~ name ~ " as string)") }}
    {% elif family == "timestamp" and "zone" in actual | lower and expected == "date" %}
        {% set utc = name ~ " at time zone 'UTC'" %}
        {{ return(
            "case when cast(" ~ utc ~ " as time) = time '00:00:00' then cast(" ~ utc ~ " as date)"
            ~ " else " ~ business_date(utc) ~ " end"
        ) }}
    {% elif family == "timestamp" and "zone" in actual | lower and timezone %}
        {# staging takes a time without an offset for one of the declared zone #}
        {{ return("cast(cast(" ~ name ~ " at time zone 'UTC' as timestamp) as string) || 'Z'") }}
    {% elif family == "timestamp" and "zone" in actual | lower %}
        {{ return("cast(" ~ name ~ " at time zone 'UTC' as " ~ declared ~ ")") }}
    {% elif family == "nothing" or expected in ("text", "date", "timestamp") %}
        {{ return("cast(" ~ name ~ " as " ~ declared ~ ")") }}
    {% elif actual | lower in ("double", "float", "real") %}
        {{ return("nullif(" ~ name ~ ", cast('NaN' as " ~ actual ~ "))") }}
    {% endif %}
    {{ return(name) }}
{% endmacro %}
