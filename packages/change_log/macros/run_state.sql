{#
    What is known of the last run of each logged table: one row per table in change_logs, in the
    schema of the target.

    run_at       time of the last run that brought the table up to date
    whole_at     time of the last run that computed it whole
    fingerprint  what it is made of: its SQL and the content of what has no log
    horizon      the last instant that was visible, NULL for a table that has none

    In change_log_days, of each model of a raw table, the last days as they were read: number of
    rows and a checksum of all columns; in change_log_watched, of all days a checksum of what is
    watched.

    And, in change_log_run, the time by which this run is known: later than that of every run
    before it, whatever the clock says.
#}
{% macro begin_run() %}
    {%- if execute and target.type == "duckdb" and flags.WHICH in ("build", "run", "seed") -%}
        {% do run_query("
            create table if not exists " ~ change_log.states() ~ " (
                table_name varchar, run_at timestamp, whole_at timestamp, fingerprint varchar,
                horizon timestamp
            )
        ") %}
        {% do run_query("
            create table if not exists " ~ change_log.days_seen() ~ " (
                table_name varchar, load_day date, row_count bigint, checksum hugeint
            )
        ") %}
        {% do run_query("
            create table if not exists " ~ change_log.days_watched() ~ " (
                table_name varchar, load_day date, watched hugeint
            )
        ") %}
        {% do run_query("
            create or replace table " ~ target.schema ~ ".change_log_run as
            select greatest(
                cast(current_timestamp as timestamp),
                (select max(run_at) + interval 1 microsecond from " ~ change_log.states() ~ ")
            ) as run_at
        ") %}
    {%- endif -%}
{% endmacro %}

{% macro states() %}
    {{- return(target.schema ~ ".change_logs") -}}
{% endmacro %}

{% macro days_seen() %}
    {{- return(target.schema ~ ".change_log_days") -}}
{% endmacro %}

{% macro days_watched() %}
    {{- return(target.schema ~ ".change_log_watched") -}}
{% endmacro %}

{#
    At the end of a run: drops from all logs the changes of before changes_kept_from and, where the
    project forgets them, those that every table has read. A table that was not built in so long is
    computed whole and needs none.
#}
{% macro end_run() %}
    {%- if execute and target.type == "duckdb" and flags.WHICH in ("build", "run") -%}
        {%- set kept_from = change_log.changes_kept_from() -%}
        {%- set condition = "logged_at < " ~ kept_from -%}
        {%- if change_log.forgets_read_changes() -%}
            {%- set condition = condition ~ " or logged_at <= (select min(run_at) from "
                ~ change_log.states() ~ " where run_at >= " ~ kept_from ~ ")" -%}
        {%- endif -%}
        {%- for schema, name in run_query("
            select schema_name, table_name
            from duckdb_tables()
            where database_name = current_database() and estimated_size > 0
                and table_name in (select table_name || '__changes' from " ~ change_log.states() ~ ")
        ").rows -%}
            {%- do run_query("delete from " ~ schema ~ "." ~ name ~ " where " ~ condition) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{#
    Whether a change goes from the log once every table has read it, as rows of people should.
    Dispatched, so that a project can say so.
#}
{% macro forgets_read_changes() %}
    {{- return(adapter.dispatch("forgets_read_changes", "change_log")()) -}}
{% endmacro %}

{% macro default__forgets_read_changes() %}
    {{- return(false) -}}
{% endmacro %}

{# The state of this model's table; none where it cannot be brought up to date, or nothing is run. #}
{% macro state_of_this() %}
    {%- if not change_log.is_logged_run() or should_full_refresh() or load_relation(this) is none -%}
        {{- return(none) -}}
    {%- endif -%}
    {# asked by every mark of a model: looked up once #}
    {%- if "change_log_state" not in model -%}
        {%- do model.update({"change_log_state": change_log.state_of(this.identifier)}) -%}
    {%- endif -%}
    {{- return(model.change_log_state) -}}
{% endmacro %}

{# Not in a unit test, a compile or a lint: these see the SQL of the whole table. #}
{% macro is_logged_run() %}
    {{- return(
        execute and flags.WHICH in ("build", "run")
        and model.config.materialized == "logged_table"
    ) -}}
{% endmacro %}

{% macro state_of(name) %}
    {%- set rows = run_query(
        "select " ~ change_log.as_text("run_at") ~ " as run_time, " ~ change_log.as_text("whole_at")
        ~ " as whole_time, fingerprint, " ~ change_log.as_text("horizon") ~ " as horizon_time, run_at < "
        ~ change_log.changes_kept_from() ~ " as is_forgotten from " ~ change_log.states() ~ " where table_name = '" ~ name ~ "'"
    ).rows -%}
    {%- if rows | length == 0 -%}{{- return(none) -}}{%- endif -%}
    {{- return({
        "run_at": rows[0][0], "whole_at": rows[0][1], "fingerprint": rows[0][2],
        "horizon": rows[0][3], "is_forgotten": rows[0][4],
    }) -}}
{% endmacro %}

{% macro as_text(time) %}
    {{- return("strftime(" ~ time ~ ", '%Y-%m-%d %H:%M:%S.%f')") -}}
{% endmacro %}

{% macro this_run_at() %}
    {{- return(run_query(
        "select " ~ change_log.as_text("run_at") ~ " from " ~ target.schema ~ ".change_log_run"
    ).columns[0].values()[0]) -}}
{% endmacro %}

{# Changes of before are dropped at the end of a run; a table not built since is computed whole. #}
{% macro changes_kept_from() %}
    {{- return("(select run_at - interval 30 day from " ~ target.schema ~ ".change_log_run)") -}}
{% endmacro %}

{#
    The model that holds the last visible instant, and its column; none where all that is known
    is visible. Dispatched, so that a project can name its own.
#}
{% macro horizon() %}
    {{- return(adapter.dispatch("horizon", "change_log")()) -}}
{% endmacro %}

{% macro default__horizon() %}
    {{- return(none) -}}
{% endmacro %}

{# The last visible instant, for a model that reads it. #}
{% macro horizon_now() %}
    {%- if "change_log_horizon" not in model -%}
        {%- set found = namespace(horizon=none) -%}
        {%- for name in model.depends_on.nodes if change_log.horizon() and graph.nodes.get(name, {}).get("name") == change_log.horizon().model -%}
            {%- set found.horizon = run_query(
                "select " ~ change_log.as_text(change_log.horizon().column) ~ " from " ~ change_log.relation_of(graph.nodes[name])
            ).columns[0].values()[0] -%}
        {%- endfor -%}
        {%- do model.update({"change_log_horizon": found.horizon}) -%}
    {%- endif -%}
    {{- return(model.change_log_horizon) -}}
{% endmacro %}

{% macro relation_of(node) %}
    {{- return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias
    )) -}}
{% endmacro %}

{#
    The SQL of the whole table, and the content of what is read that has no log, as one short
    text. Of a logged view the SQL counts, and what it reads in its turn.
#}
{% macro made_of(parts) %}
    {%- set contents = [modules.re.sub("\\s+", " ", parts.whole) | trim] -%}
    {%- do contents.append(run_query("select " ~ change_log.made_of_besides()).columns[0].values()[0]) -%}
    {%- do change_log.add_contents(contents, model, parts.is_all) -%}
    {{- return(local_md5(contents | join("\n"))) -}}
{% endmacro %}

{% macro add_contents(contents, of, is_all) %}
    {%- for name in of.depends_on.nodes | sort -%}
        {%- set node = graph.nodes.get(name) -%}
        {%- if node and node.config.materialized == "logged_view" -%}
            {%- do contents.append(node.raw_code) -%}
            {%- do change_log.add_contents(contents, node, is_all) -%}
        {%- elif node and not change_log.is_followed(node) and not is_all -%}
            {%- do contents.append(run_query(
                "select cast(sum(hash(content)) as varchar) from " ~ change_log.relation_of(node) ~ " as content"
            ).columns[0].values()[0] or "") -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{#
    An expression of what else the tables are made of, such as a secret that is not in the SQL.
    Dispatched, so that a project can name it.
#}
{% macro made_of_besides() %}
    {{- return(adapter.dispatch("made_of_besides", "change_log")()) -}}
{% endmacro %}

{% macro default__made_of_besides() %}
    {{- return("''") -}}
{% endmacro %}

{# Whether changes of a model reach those that read it by another way: its log, the horizon. #}
{% macro is_followed(node) %}
    {{- return(
        node.config.materialized == "logged_table" or (change_log.horizon() and node.name == change_log.horizon().model)
    ) -}}
{% endmacro %}

{# Whether a later run can begin where the last one ended. #}
{% macro can_go_on(state, now, inputs) %}
    {%- if state is none or state.is_forgotten or state.fingerprint != now.fingerprint
        or (now.horizon is none) != (state.horizon is none)
        or (now.horizon or "") < (state.horizon or "") -%}
        {{- return(false) -}}
    {%- endif -%}
    {%- for input in inputs -%}
        {%- set of_input = change_log.state_of(input) -%}
        {%- if of_input is none or of_input.whole_at > state.run_at -%}
            {{- return(false) -}}
        {%- endif -%}
    {%- endfor -%}
    {{- return(true) -}}
{% endmacro %}

{% macro state_written(table, now, whole_at) %}
    delete from {{ change_log.states() }} where table_name = '{{ table.identifier }}';
    insert into {{ change_log.states() }} values (
        '{{ table.identifier }}', '{{ now.run_at }}', '{{ whole_at }}', '{{ now.fingerprint }}',
        {{ "'" ~ now.horizon ~ "'" if now.horizon is not none else "null" }}
    )
{% endmacro %}
