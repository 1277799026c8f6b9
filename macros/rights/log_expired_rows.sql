{# The log of what was past its limit: appended to by each run. #}
{% macro retention_log() %}
    {{ return(api.Relation.create(
        database=target.database or none, schema=target.schema, identifier="retention_rows", type="table"
    )) }}
{% endmacro %}

{#
    Notes of every limit how many rows were past it, and nothing of what they say. Lines that went
    with their orders are noted by the limit of these.

    limits: those of bound_limits.
    views, kept: SQL of all raw tables by name, as delivered and without what is past its limit.
#}
{% macro log_expired_rows(limits, views, kept) %}
    {% set log = retention_log() %}
    {% if not adapter.get_relation(target.database or none, log.schema, log.identifier) %}
        {% do rewrite_table(log, {
            "build_id": "string", "source_system": "string", "source_table": "string", "disposition": "string",
            "limit_of": "string", "counted_from": "string", "reason": "string", "keep_days": "bigint",
            "past_rows": "bigint", "undated_rows": "bigint", "counted_to": "date", "kept_from": "date",
            "oldest_kept": "date", "recorded_at": "timestamp",
        }, []) %}
    {% endif %}
    {% set counts = [] %}
    {% for limit in limits if flags.WHICH in ("build", "run") %}
        {% set table = raw_tables() | selectattr("name", "equalto", limit.source_table) | first %}
        {% set rows = kept[table.name] if limit.disposition == "blank" else views[table.name] %}
        {% set is_kept = "row_day >= cast('" ~ limit.kept_from ~ "' as date)" %}
        {% do counts.append(expired_rows_select(
            table, limit, "sum(past)",
            "sum(case when row_day is null then 1 else 0 end)", "min(case when " ~ is_kept ~ " then row_day end)",
            "select " ~ retention_row_day(table, limit) ~ " as row_day, case when " ~ is_past_limit(table, limit)
            ~ " then 1 else 0 end as past from (" ~ rows ~ ") as delivered"
        )) %}
        {% for lines in raw_tables() if lines.name == table.lines and limit.disposition == "remove" %}
            {% do counts.append(expired_rows_select(
                lines, limit, "sum(past)", "0", "cast(null as date)",
                "select 1 as past from (" ~ views[lines.name] ~ ") as delivered union all select -1 from ("
                ~ kept[lines.name] ~ ") as kept"
            )) %}
        {% endfor %}
    {% endfor %}
    {% if counts %}
        {% do run_query("insert into " ~ log ~ " " ~ counts | join("\nunion all\n")) %}
        {% do name_undated_rows() %}
    {% endif %}
{% endmacro %}

{# A row of the log. #}
{% macro expired_rows_select(table, limit, past_rows, undated_rows, oldest_kept, rows) %}
    {%- set texts = [] -%}
    {%- for text in [
        invocation_id, table.system, table.table, limit.disposition, limit.source_table, limit.counted_from, limit.reason,
    ] -%}
        {%- do texts.append(regex_literal(text)) -%}
    {%- endfor -%}
    {{- return(
        "select " ~ texts | join(", ") ~ ", " ~ limit.keep_days ~ ", coalesce(" ~ past_rows ~ ", 0), coalesce("
        ~ undated_rows ~ ", 0), cast('" ~ limit.counted_to ~ "' as date), cast('" ~ limit.kept_from ~ "' as date), "
        ~ oldest_kept ~ ", cast(current_timestamp as timestamp) from (" ~ rows ~ ") as found"
    ) -}}
{% endmacro %}

{# Says of which tables rows are kept because no column says how old they are. #}
{% macro name_undated_rows() %}
    {% for row in run_query(
        "select limit_of, counted_from, max(undated_rows) from " ~ retention_log() ~ " where build_id = '"
        ~ invocation_id ~ "' and undated_rows > 0 group by limit_of, counted_from order by limit_of"
    ).rows %}
        {% do exceptions.warn(
            row[0] ~ ": " ~ row[2] ~ " rows have neither a readable " ~ row[1]
            ~ (" nor loaded_at" if row[1] != "loaded_at" else "")
            ~ ", so their age is not known and they are kept (seed retention_limits)"
        ) %}
    {% endfor %}
{% endmacro %}
