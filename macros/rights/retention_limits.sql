{#
    Rows of seed retention_limits, which is read when dbt starts: the raw views are made before seeds
    are loaded.
#}
{% macro retention_limits() %}
    {{- return(fromjson(env_var("ONE360_RETENTION_LIMITS", "[]"))) -}}
{% endmacro %}

{#
    The limits with the day that ages are counted to and the oldest day that is kept; none where
    nothing says when it was loaded.

    delivered: SQL of all raw tables by name, as delivered.
#}
{% macro bound_limits(delivered) %}
    {%- set limits = [] -%}
    {%- if retention_limits() -%}
        {%- set days, counts = {}, [] -%}
        {%- for sql in delivered.values() -%}
            {%- do counts.append(
                "select cast(try_cast(loaded_at as timestamp) as date) as load_day, count(*) as row_count"
                ~ " from (" ~ sql ~ ") as delivered group by load_day"
            ) -%}
        {%- endfor -%}
        {%- for row in run_query(
            "select cast(load_day as string) as load_day, sum(row_count) as row_count from ("
            ~ counts | join("\nunion all\n") ~ ") as counted where load_day is not null group by load_day"
        ).rows -%}
            {%- do days.update({row[0]: row[1] | int}) -%}
        {%- endfor -%}
        {%- set day = run_query(
            "select one360_retention_day('" ~ tojson(days) ~ "') as answer"
        ).columns[0].values()[0] -%}
        {%- for limit in retention_limits() if day -%}
            {%- set oldest = modules.datetime.datetime.strptime(day, "%Y-%m-%d")
                - modules.datetime.timedelta(days=limit.keep_days) -%}
            {%- do limits.append(dict(limit, counted_to=day, kept_from=oldest.strftime("%Y-%m-%d"))) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(limits) -}}
{% endmacro %}

{# The limits of a disposition that a raw table has itself: one or none. #}
{% macro limits_of(limits, table, disposition) %}
    {{- return(
        limits | selectattr("source_table", "equalto", table.name) | selectattr("disposition", "equalto", disposition) | list
    ) -}}
{% endmacro %}

{# The day from which the age of a row counts: that of a column, or where it says none of loading. #}
{% macro retention_row_day(table, limit) %}
    {%- set days = [] -%}
    {%- for name in [limit.counted_from, "loaded_at"] | unique -%}
        {%- set column = table.columns | selectattr("name", "equalto", name) | first -%}
        {%- do days.append(
            "cast(" ~ raw_local_time(column) ~ " as date)" if column.type == "date"
            else business_date(raw_time(column))
        ) -%}
    {%- endfor -%}
    {{- return("coalesce(" ~ days | join(", ") ~ ")" if days | length > 1 else days[0]) -}}
{% endmacro %}

{# Whether a row is past a limit; one without any day is not. #}
{% macro is_past_limit(table, limit) %}
    {{- return(
        "coalesce(" ~ retention_row_day(table, limit) ~ " < cast('" ~ limit.kept_from ~ "' as date), false)"
    ) -}}
{% endmacro %}
