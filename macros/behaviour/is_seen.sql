{#
    A plain comparison with a column is a join to DuckDB, which it believes to leave a handful of
    rows: it would then hash a whole input where that is narrowed to a few units.
#}
{% macro is_seen(time) %}
    {{- return("coalesce(" ~ time ~ " <= (select as_of_at from as_of), false)") -}}
{% endmacro %}
