{#
    Materialization: a view over logged tables, or over views of this kind, whose rows are each
    made from one row of what it reads: filters, renames, casts, `union all`; no join, no
    grouping, no window. Then the SQL of the view, on the rows that went and came of its inputs,
    gives the rows that went and came of the view, which is what changes_of asks for: a row comes
    when a filter begins to hold of it and goes when it no longer does.

    Beside the view lies a table macro, <view>__changes(since), with that SQL. An input is given an
    alias where its columns are qualified.
#}
{% materialization logged_view, adapter="duckdb" %}
    {%- set target = this.incorporate(type="view") -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing is not none and not existing.is_view %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% if config.get("contract").enforced %}
        {% do get_assert_columns_equivalent(compiled_code) %}
    {% endif %}
    {%- set of_changes = namespace(sql=compiled_code) -%}
    {%- for name in model.depends_on.nodes if graph.nodes.get(name) -%}
        {%- set input = graph.nodes[name] -%}
        {%- if change_log.logged_tables_of(input) -%}
            {%- set of_changes.sql = of_changes.sql.replace(
                change_log.relation_of(input) | string, change_log.changes_since(input, "since")
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {% call statement("main") %}
        create or replace view {{ target }} as {{ compiled_code }};
        create or replace macro {{ change_log.changes_macro(target) }}(since) as table {{ of_changes.sql }}
    {% endcall %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

{# The input of a model that a relation is; stops where the model does not read it. #}
{% macro input_of(of, relation) %}
    {%- for name in of.depends_on.nodes if graph.nodes.get(name) -%}
        {%- set node = graph.nodes[name] -%}
        {#- not its text: with --empty that is a select without rows -#}
        {%- if (node.schema, node.alias) == (relation.schema, relation.identifier) -%}
            {{- return(node) -}}
        {%- endif -%}
    {%- endfor -%}
    {{- exceptions.raise_compiler_error(of.name ~ " asks for changes of " ~ relation ~ ", which it does not ref") -}}
{% endmacro %}

{# The logged tables whose rows an input shows: itself, or those under a view; none of any other. #}
{% macro logged_tables_of(node) %}
    {%- set found = [] -%}
    {%- if node.config.materialized == "logged_table" -%}
        {%- do found.append(node.alias) -%}
    {%- elif node.config.materialized == "logged_view" -%}
        {%- for name in node.depends_on.nodes if graph.nodes.get(name) -%}
            {%- do found.extend(change_log.logged_tables_of(graph.nodes[name])) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(found | unique | list) -}}
{% endmacro %}

{# Rows that went and came of an input after a time, in its own columns, to select from. #}
{% macro changes_since(node, since) %}
    {%- set relation = change_log.relation_of(node) -%}
    {%- if node.config.materialized == "logged_view" -%}
        {{- return(change_log.changes_macro(relation) ~ "(" ~ since ~ ")") -}}
    {%- endif -%}
    {{- return(
        "(select * exclude (logged_at) from " ~ change_log.beside(relation, "changes")
        ~ " where logged_at > " ~ since ~ ")"
    ) -}}
{% endmacro %}

{% macro changes_macro(view) %}
    {{- return(view.incorporate(path={"identifier": view.identifier ~ "__changes"}) | string) -}}
{% endmacro %}
