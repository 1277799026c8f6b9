{# True before 1990, when no till or site of ours wrote a row: a clock that was never set. #}
{% macro is_before_start(column) %}
    {{- return("(" ~ column ~ " < cast('1990-01-01' as timestamp))") -}}
{% endmacro %}
