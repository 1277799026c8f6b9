{% macro row_hash(expressions) %}
    {{- return(adapter.dispatch('row_hash', 'one360')(expressions)) -}}
{% endmacro %}

{% macro default__row_hash(expressions) %}
    {{- return("hash(" ~ expressions | join(", ") ~ ")") -}}
{% endmacro %}

{% macro spark__row_hash(expressions) %}
    {{- return("xxhash64(" ~ expressions | join(", ") ~ ")") -}}
{% endmacro %}
