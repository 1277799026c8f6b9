{#
    What every materialization here does before its table is made: hooks, and a view of that
    name goes. Returns the table.
#}
{% macro begin_table() %}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none and not existing.is_table -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {{- return(this.incorporate(type="table")) -}}
{% endmacro %}

{# What it does once the table is made; returns what dbt wants of a materialization. #}
{% macro end_table(relation) %}
    {% call statement("main") %}select count(*) from {{ relation }}{% endcall %}
    {% do persist_docs(relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{- return({"relations": [relation]}) -}}
{% endmacro %}
