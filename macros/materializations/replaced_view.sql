{# Materialization: a view of DuckDB, replaced in one statement as a table is. #}
{% materialization replaced_view, adapter="duckdb" %}
    {%- set target = this.incorporate(type="view") -%}
    {%- do begin_replacing(target) -%}
    {% call statement("main") %}create or replace view {{ target }} as {{ compiled_code }}{% endcall %}
    {{- return(end_replacing(target)) -}}
{% endmaterialization %}
