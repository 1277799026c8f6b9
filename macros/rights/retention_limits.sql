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
        {%- for table in raw_tables() -%}
            {%- set loaded_at = table.columns | selectattr("name", "equalto", "loaded_at") | first -%}
            {%- do counts.append(
                "select " ~ business_date(raw_time(loaded_at)) ~ " as load_day, count(*) as row_count from ("
                ~ delivered[table.name] ~ ") as delivered group by load_day"
            ) -%}
        {%- endfor -%}
        {%- for row in run_query(
            "select coalesce(cast(load_day as string), '') as load_day, sum(row_count) as row_count from ("
            ~ counts | join("\nunion all\n") ~ ") as counted group by load_day"
        ).rows -%}
            {%- do days.update({row[0]: row[1] | int}) -%}
        {%- endfor -%}
        {%- set asked = {"timezone": var("business_timezone"), "days": days} -%}
        {%- set day = run_query(
            "select one360_retention_day('" ~ tojson(asked) ~ "') as answer"
        ).columns[0].values()[0] -%}
        {%- if days and not day -%}
            {%- do exceptions.warn(
                "no raw row says in loaded_at when it was loaded, up to today, so no limit of seed"
                ~ " retention_limits binds"
            ) -%}
        {%- endif -%}
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

{#
    The day from which the age of a row counts: that of a column, or where it says none of loading,
    and never after that: 9999-12-31 is a filler, and so is what lies before 1990.
-#}
{% macro retention_row_day(table, limit) %}
    {%- set days = [] -%}
    {%- for name in [limit.counted_from, "loaded_at"] | unique -%}
        {%- set column = table.columns | selectattr("name", "equalto", name) | first -%}
        {%- set day = (
            "cast(" ~ raw_local_time(column) ~ " as date)" if column.type == "date"
            else business_date(raw_time(column))
        ) -%}
        {%- do days.append("case when " ~ day ~ " >= cast('1990-01-01' as date) then " ~ day ~ " end") -%}
    {%- endfor -%}
    {{- return("least(" ~ days | join(", ") ~ ")" if days | length > 1 else days[0]) -}}
{% endmacro %}

{#
    Whether a row is past a limit; one without any day is not, nor is a message by which somebody
    unsubscribed: the refusal outlives it.
-#}
{% macro is_past_limit(table, limit) %}
    {%- set names = table.columns | map(attribute="name") | list -%}
    {%- set refuses = (
        " and coalesce(trim(cast(unsubscribed_at as string)), '') = ''"
        if "unsubscribed_at" in names and "sent_at" in names
    ) -%}
    {{- return(
        "coalesce(" ~ retention_row_day(table, limit) ~ " < cast('" ~ limit.kept_from ~ "' as date)" ~ refuses
        ~ ", false)"
    ) -}}
{% endmacro %}
