{# A time at or before the as-of instant, of a CTE as_of; NULL where it is later: not known yet. #}
{% macro if_seen(time) %}
    {{- return("case when " ~ is_seen(time) ~ " then " ~ time ~ " end") -}}
{% endmacro %}
