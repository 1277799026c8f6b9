{% macro profile_id(system, record_type, natural_key) %}
    {{- return(keyed_hash(
        profile_type(system, record_type) ~ " || '|' || " ~ natural_key
    )) -}}
{% endmacro %}

{% macro profile_type(system, record_type) %}
    {{- return(system ~ " || '_' || " ~ record_type) -}}
{% endmacro %}
