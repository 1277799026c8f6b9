{# What stands before and after the statement that replaces a table or a view. #}
{% macro begin_replacing(target) %}
    {%- do stop_at_unknown_config() -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing is not none and existing.type != target.type %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
{% endmacro %}

{% macro end_replacing(target) %}
    {% if config.get("contract").enforced %}{% do check_contract(target) %}{% endif %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{- return({"relations": [target]}) -}}
{% endmacro %}

{#
    Stops where a model sets what dbt's own materialization would honour and this one does not:
    a constraint, indexes, sql_header, grants, a partition …
#}
{% macro stop_at_unknown_config() %}
    {%- set honoured = [
        "enabled", "alias", "schema", "database", "tags", "meta", "group", "access", "docs",
        "materialized", "contract", "persist_docs", "quoting", "pre-hook", "post-hook",
        "full_refresh", "freshness", "event_time", "lookback", "on_schema_change",
        "on_configuration_change",
    ] -%}
    {%- set faults = ["constraints"] if model.constraints else [] -%}
    {%- for column in model.columns.values() if column.constraints -%}
        {%- do faults.append("constraints of column " ~ column.name) -%}
    {%- endfor -%}
    {%- for key, value in model.config.items() if value and key not in honoured -%}
        {%- do faults.append(key) -%}
    {%- endfor -%}
    {%- if faults -%}
        {{ exceptions.raise_compiler_error(
            "materialization " ~ model.config.materialized ~ " does not honour " ~ faults | join(", ")
            ~ "; dbt's own does: config(materialized='"
            ~ model.config.materialized | replace("replaced_", "") ~ "')"
        ) }}
    {%- endif -%}
{% endmacro %}

{#
    Stops, before the commit and in dbt's words, where a column has another name or type than its
    contract says. dbt asks for the columns of the model's SQL, which is planned a second time for
    it; here those of what was made are at hand.
#}
{% macro check_contract(target) %}
    {%- set columns = "(select list(column_name || ' ' || column_type order by column_name) from (describe " -%}
    {%- set is_kept = run_query(
        "select " ~ columns ~ get_empty_schema_sql(model.columns) ~ ")) = " ~ columns ~ target ~ "))"
    ).columns[0].values()[0] -%}
    {%- if not is_kept -%}
        {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- endif -%}
{% endmacro %}
