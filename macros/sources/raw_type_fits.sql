{#
    Ids and birthdays often come as integers and dates; an id that went through a float has lost
    its form. A column of nothing but NULL fits all.
#}
{% macro raw_type_fits(actual, declared) %}
    {% set fitting = {
        "text": ["text", "integer", "date"],
        "integer": ["integer", "number"],
        "number": ["integer", "number"],
        "boolean": ["boolean"],
        "date": ["date", "timestamp"],
        "timestamp": ["date", "timestamp"],
    } %}
    {{ return(raw_type_family(actual) in ["nothing"] + fitting[raw_type_family(declared)]) }}
{% endmacro %}
