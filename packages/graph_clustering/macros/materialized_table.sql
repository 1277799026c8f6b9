{#
    What every materialization here does before its table is made: hooks, and a view of that
    name goes. Returns the table.
#}
{% macro begin_table() %}
    {%- do graph_clustering.stop_at_unhonoured() -%}
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

{# Stops where a model sets what this materialization does not honour. #}
{% macro stop_at_unhonoured() %}
    {%- set faults = [] -%}
    {%- for key in ["indexes", "sql_header", "grants", "unique_key"] if config.get(key) -%}
        {%- do faults.append(key) -%}
    {%- endfor -%}
    {%- if config.get("contract").enforced -%}{%- do faults.append("contract") -%}{%- endif -%}
    {%- if model.constraints or model.columns.values() | map(attribute="constraints") | select | list -%}
        {%- do faults.append("constraints") -%}
    {%- endif -%}
    {%- if faults -%}
        {{ exceptions.raise_compiler_error(
            "materialization " ~ model.config.materialized ~ " does not honour " ~ faults | join(", ")
        ) }}
    {%- endif -%}
{% endmacro %}
