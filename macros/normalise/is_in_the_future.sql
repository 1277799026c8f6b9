{# True where something happened more than a day after the extract that tells of it. #}
{% macro is_in_the_future(column) %}
    {{- return("(" ~ column ~ " > loaded_at + interval 1 day)") -}}
{% endmacro %}
