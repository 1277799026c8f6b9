{# A status, a channel, a kind: as an id, in lower case. #}
{% macro normalise_code(expression) %}
    {{- return("lower(" ~ normalise_id(expression) ~ ")") -}}
{% endmacro %}
