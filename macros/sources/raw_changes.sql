{% macro raw_changes(raw_rows, key, timezone=none) %}
    {{- change_log.compared_by_day(
        raw_rows,
        key=staging_key(), raw_key=key,
        time="loaded_at", raw_time=time_in_utc("loaded_at", timezone),
        lookback_days=var("lookback_days"),
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
