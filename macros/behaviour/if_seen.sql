{% macro if_seen(time) %}
    {{- return("case when " ~ is_seen(time) ~ " then " ~ time ~ " end") -}}
{% endmacro %}
