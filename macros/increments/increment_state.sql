{#
    What is known of the last run of each increment: one row per table in main.increments.

    run_at       time of the last run that brought the table up to date
    whole_at     time of the last run that computed it whole
    fingerprint  what it is made of: its SQL and the content of its seeds
    as_of_at     the last instant that was visible, NULL for a table built before it is known
#}
{% macro create_increment_states() %}
    {%- if execute and target.type == "duckdb" and flags.WHICH in ("build", "run", "seed") -%}
        {% do run_query("
            create table if not exists " ~ increment_states() ~ " (
                table_name varchar, run_at timestamp, whole_at timestamp, fingerprint varchar,
                as_of_at timestamp
            )
        ") %}
    {%- endif -%}
{% endmacro %}

{% macro later_than_every_increment(now) %}
    {%- if target.type == "duckdb" -%}
        {{- return(
            "greatest(" ~ now ~ ", (select max(run_at) + interval 1 microsecond from "
            ~ increment_states() ~ "))"
        ) -}}
    {%- endif -%}
    {{- return(now) -}}
{% endmacro %}

{% macro increment_states() %}
    {{- return(target.schema ~ ".increments") -}}
{% endmacro %}

{# The state of this model's table; none where it cannot be brought up to date, or nothing is run. #}
{% macro increment_state() %}
    {%- if not is_increment_run() or should_full_refresh() or load_relation(this) is none -%}
        {{- return(none) -}}
    {%- endif -%}
    {# asked by every mark of a model: looked up once #}
    {%- if "increment_state" not in model -%}
        {%- do model.update({"increment_state": increment_state_of(this.identifier)}) -%}
    {%- endif -%}
    {{- return(model.increment_state) -}}
{% endmacro %}

{# Not in a unit test, a compile or a lint: these see the SQL of the whole table. #}
{% macro is_increment_run() %}
    {{- return(
        execute and flags.WHICH in ("build", "run")
        and model.config.materialized == "increment"
    ) -}}
{% endmacro %}

{% macro increment_state_of(name) %}
    {%- set rows = run_query(
        "select strftime(run_at, '%Y-%m-%d %H:%M:%S.%f'), "
        ~ "strftime(whole_at, '%Y-%m-%d %H:%M:%S.%f'), fingerprint, "
        ~ "strftime(as_of_at, '%Y-%m-%d %H:%M:%S.%f'), run_at < " ~ changes_kept_from() ~ " from "
        ~ increment_states() ~ " where table_name = '" ~ name ~ "'"
    ).rows -%}
    {%- if rows | length == 0 -%}{{- return(none) -}}{%- endif -%}
    {{- return({
        "run_at": rows[0][0], "whole_at": rows[0][1], "fingerprint": rows[0][2],
        "as_of_at": rows[0][3], "is_forgotten": rows[0][4],
    }) -}}
{% endmacro %}

{# The time by which this run is known, later than that of every run before it. #}
{% macro increment_run_at() %}
    {{- return(run_query(
        "select strftime(started_at, '%Y-%m-%d %H:%M:%S.%f') from " ~ target.schema ~ ".last_build"
    ).columns[0].values()[0]) -}}
{% endmacro %}

{# Changes of before are dropped; a table that has not been built since is computed whole. #}
{% macro changes_kept_from() %}
    {{- return("(select started_at - interval 30 day from " ~ target.schema ~ ".last_build)") -}}
{% endmacro %}

{# The last visible instant, for a model that reads it. #}
{% macro increment_as_of_at() %}
    {%- set as_of = "model." ~ project_name ~ ".int_behaviour__as_of" -%}
    {%- if as_of not in model.depends_on.nodes -%}{{- return(none) -}}{%- endif -%}
    {%- if "increment_as_of_at" not in model -%}
        {%- do model.update({"increment_as_of_at": run_query(
            "select strftime(as_of_at, '%Y-%m-%d %H:%M:%S.%f') from "
            ~ built_model("int_behaviour__as_of")
        ).columns[0].values()[0]}) -%}
    {%- endif -%}
    {{- return(model.increment_as_of_at) -}}
{% endmacro %}

{#
    The SQL of the whole table, the salt, and the content of what is read of seeds and of
    tables that are no increments, as one short text.
#}
{% macro increment_fingerprint(parts) %}
    {%- set contents = [modules.re.sub("\\s+", " ", parts.whole) | trim] -%}
    {%- do contents.append(run_query("select " ~ keyed_hash("'increment'")).columns[0].values()[0]) -%}
    {%- for name in model.depends_on.nodes | sort -%}
        {%- set node = graph.nodes.get(name) -%}
        {%- if node and node.name.startswith("stg_") -%}
            {%- do contents.append(node.raw_code) -%}
        {%- elif node and not is_followed(node) and not parts.is_all -%}
            {%- set relation = api.Relation.create(
                database=node.database, schema=node.schema, identifier=node.alias
            ) -%}
            {%- do contents.append(run_query(
                "select cast(sum(hash(content)) as varchar) from " ~ relation ~ " as content"
            ).columns[0].values()[0] or "") -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(local_md5(contents | join("\n"))) -}}
{% endmacro %}

{# Whether changes of a model reach those that read it by another way: its log, a date. #}
{% macro is_followed(node) %}
    {{- return(
        node.config.materialized == "increment" or node.name == "int_behaviour__as_of"
    ) -}}
{% endmacro %}

{# Whether a later run can begin where the last one ended. #}
{% macro increment_is_possible(state, now, inputs) %}
    {%- if state is none or state.is_forgotten or state.fingerprint != now.fingerprint
        or (now.as_of_at is none) != (state.as_of_at is none)
        or (now.as_of_at or "") < (state.as_of_at or "") -%}
        {{- return(false) -}}
    {%- endif -%}
    {%- for input in inputs -%}
        {%- set of_input = increment_state_of(input) -%}
        {%- if of_input is none or of_input.whole_at > state.run_at -%}
            {{- return(false) -}}
        {%- endif -%}
    {%- endfor -%}
    {{- return(true) -}}
{% endmacro %}

{% macro increment_state_written(table, now, whole_at) %}
    delete from {{ increment_states() }} where table_name = '{{ table.identifier }}';
    insert into {{ increment_states() }} values (
        '{{ table.identifier }}', '{{ now.run_at }}', '{{ whole_at }}', '{{ now.fingerprint }}',
        {{ "'" ~ now.as_of_at ~ "'" if now.as_of_at is not none else "null" }}
    )
{% endmacro %}
