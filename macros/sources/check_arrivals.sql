{#
    Counts every raw table by load day and asks one360_arrivals whether that is what was to be
    expected. An intraday run is no night.
#}
{% macro check_arrivals() %}
    {%- if execute and flags.WHICH in ("build", "run") and not flags.EMPTY
        and "tag:intraday" not in (invocation_args_dict.get("select") or []) -%}
        {% set request = {
            "tables": arrived_rows(),
            "accepted": var("accept_arrivals"),
            "rhythm": var("arrival_days"),
            "build_id": invocation_id,
        } %}
        {% set answer = run_query(
            "select one360_arrivals('" ~ tojson(request).replace("'", "''") ~ "') as answer"
        ) %}
        {% set report = fromjson(answer.columns[0].values()[0]) %}
        {% do log_arrivals(report["values"]) %}
        {% if report["fault"] %}
            {{ exceptions.raise_compiler_error(report["fault"]) }}
        {% endif %}
        {% if report["notice"] %}
            {% do exceptions.warn("let through by accept_arrivals: " ~ report["notice"]) %}
        {% endif %}
    {%- endif -%}
{% endmacro %}

{# Rows of each raw table, all and by load day. #}
{% macro arrived_rows() %}
    {% set counts = [] %}
    {% set found = {} %}
    {# what a build of the past does not know, or what is past its limit, has arrived all the same #}
    {% set reads_less = is_bounded_by_arrival() or retention_limits() %}
    {% set delivered = delivered_tables().delivered if reads_less else none %}
    {% for table in raw_tables() %}
        {% do found.update({table.name: {"rows": 0, "days": {}}}) %}
        {% do counts.append(
            "select '" ~ table.name ~ "' as table_name, cast(try_cast(loaded_at as timestamp) as date)"
            ~ " as load_day, count(*) as row_count from "
            ~ ("(" ~ delivered[table.name] ~ ") as delivered" if delivered else raw_relation(table))
            ~ " group by 1, 2"
        ) %}
    {% endfor %}
    {# so has what is not read of erased people #}
    {% if not delivered %}
        {% do counts.append(
            "select source_system || '.' || source_table as table_name, load_day,"
            ~ " withheld_rows as row_count from " ~ erasure_table("erased_rows") ~ " where build_id = '" ~ invocation_id ~ "'"
        ) %}
    {% endif %}
    {% for row in run_query(counts | join("\nunion all\n")).rows %}
        {% do found[row[0]].update({"rows": found[row[0]]["rows"] + row[2] | int}) %}
        {% if row[1] %}
            {% set day = row[1] | string %}
            {% do found[row[0]]["days"].update({
                day: found[row[0]]["days"].get(day, 0) + row[2] | int
            }) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# The log of nights: appended to by each run, stopped ones too. #}
{% macro arrivals_log() %}
    {{ return(api.Relation.create(
        database=target.database or none, schema=target.schema, identifier="arrivals", type="table"
    )) }}
{% endmacro %}

{% macro log_arrivals(rows) %}
    {% set log = arrivals_log() %}
    {% if not adapter.get_relation(target.database or none, log.schema, log.identifier) %}
        {% do run_query(
            "create table " ~ log ~ " (build_id string, made_by string, source_system string,"
            ~ " source_table string, verdict string, raw_rows bigint, least_raw_rows bigint,"
            ~ " most_raw_rows bigint,"
            ~ " newest_day date, days_behind bigint, most_days_behind bigint, day_rows bigint,"
            ~ " least_day_rows bigint, is_accepted boolean, recorded_at timestamp)"
            ~ (" using parquet" if target.type == "spark" else "")
        ) %}
    {% endif %}
    {% do run_query("insert into " ~ log ~ " values " ~ rows) %}
{% endmacro %}
