{#
    A personal column that is emptied, by its source or by a retention limit, is noticed on any day:
    beside the key, which is taken as delivered, as the raw table is held against itself.
#}
{% macro raw_changes(raw_rows, table, key) %}
    {%- set emptied = [] -%}
    {%- for column in table.columns if column.personal -%}
        {%- do emptied.append("coalesce(" ~ column.name ~ ", '') = ''") -%}
    {%- endfor -%}
    {%- set loaded_at = table.columns | selectattr("name", "equalto", "loaded_at") | first -%}
    {{- change_log.compared_by_day(
        raw_rows,
        key=staging_key(), raw_key=key,
        time="loaded_at", raw_time=time_in_utc("loaded_at", loaded_at.timezone),
        lookback_days=var("lookback_days"),
        watched=table.key + emptied if emptied else [],
    ) -}}
{% endmacro %}

{% macro staging_key() %}
    {%- for table in raw_tables()
        if this.identifier == "stg_" ~ table.system ~ "__" ~ table.table -%}
        {{- return(table.key) -}}
    {%- endfor -%}
    {%- if change_log.is_logged_run() -%}
        {{ exceptions.raise_compiler_error(
            this.identifier ~ " reads a raw table and is not called stg_<system>__<table> after one"
        ) }}
    {%- endif -%}
    {{- return([]) -}}
{% endmacro %}
