{#
    Materialization: a table that a later run brings up to date by recomputing what changed.

    The model's SQL is that of the whole table. Two macros mark in it what differs on a later
    run: touched_units says which units (a number of some columns, see row_hash) have to be
    recomputed, only_touched narrows an input to them. Rows of these units are compared with
    those there are, and only differing rows are deleted and inserted, with what is known of
    the run, in one transaction: a killed run leaves the table as it was.

    Beside it lie
    - <table>__changes: every row that went and came, with changed_at, the time of the run,
      so that the next table need only look there (changes_of);
    - <table>__loads, of a model that reads a raw table: per load day number of rows and a
      checksum, by which days are found that changed (see load_days).

    The whole table is computed where there is none yet, with --full-refresh, and where what
    it is made of is not what it was: the SQL without the marked parts, the content of a
    seed, an input that was computed whole, a date var as_of that lies earlier. So an
    increment always equals a full build.
#}
{% materialization increment, adapter="duckdb" %}
    {%- set target = this.incorporate(type="table") -%}
    {%- set existing = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if existing is not none and not existing.is_table %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% set parts = increment_parts(compiled_code) %}
    {% set state = increment_state() %}
    {% set now = {
        "fingerprint": increment_fingerprint(parts),
        "run_at": increment_run_at(),
        "as_of_at": increment_as_of_at(),
    } %}
    {% if (parts.touched or parts.is_all) and increment_is_possible(state, now, parts.inputs) %}
        {% do bring_up_to_date(target, parts, state, now) %}
    {% else %}
        {% do compute_whole(target, parts, now) %}
    {% endif %}
    {% call statement("main") %}select count(*) from {{ target }}{% endcall %}

    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

{# <table>__changes and the like; none in a unit test, whose model is no table. #}
{% macro beside(relation, what) %}
    {%- if not relation -%}{{- return(none) -}}{%- endif -%}
    {{- return(relation.incorporate(
        path={"identifier": relation.identifier ~ "__" ~ what}, type="table"
    )) -}}
{% endmacro %}

{#
    The compiled SQL taken apart: `sql` as it is, `whole` without the marked parts, `touched`,
    `linked` and `loads`, the selects of those marks, and `inputs`, the tables whose changes are read.
#}
{% macro increment_parts(sql) %}
    {%- set marked = modules.re.compile("--<(\\w+)\\n(.*?)--\\1>\\n?", modules.re.DOTALL) -%}
    {%- set parts = {
        "unit": [], "touched": [], "linked": [], "raw": [], "raw_unit": [], "loads": [],
    } -%}
    {%- for kind, content in marked.findall(sql) if kind in parts -%}
        {%- do parts[kind].append(content | trim) -%}
    {%- endfor -%}
    {%- set touched = parts.touched | join("\nunion all\n") -%}
    {%- set linked = parts.linked | join("\nunion all\n") -%}
    {{- return({
        "sql": modules.re.sub("(?s)--<(unit|touched|linked|raw|raw_unit|loads|all)\\n.*?--\\1>\\n?", "", sql),
        "whole": marked.sub("", sql),
        "touched": touched,
        "linked": linked,
        "loads": parts.loads | first,
        "unit": parts.unit | first,
        "raw": parts.raw | first,
        "raw_unit": parts.raw_unit | first,
        "is_all": "--<all\n" in sql,
        "inputs": modules.re.findall("--<of (\\S+)", touched ~ linked) | unique | list,
    }) -}}
{% endmacro %}

{% macro bring_up_to_date(target, parts, state, now) %}
    {%- set touched, fresh, gone = beside(target, "touched"), beside(target, "fresh"), beside(target, "gone") -%}
    {%- set unit = parts.unit -%}
    {%- if parts.loads -%}
        {%- do find_changed_days(target, parts.loads) -%}
    {%- endif -%}
    {%- if not parts.is_all -%}
        {%- do run_query(
            "create or replace table " ~ touched ~ " as select distinct unit from (" ~ parts.touched ~ ")"
        ) -%}
    {%- endif -%}
    {%- if parts.is_all or run_query("select count(*) from " ~ touched).columns[0].values()[0] -%}
        {%- if parts.loads -%}
            {%- do copy_touched_raw_rows(target, parts) -%}
        {%- endif -%}
        {%- if parts.linked -%}
            {%- do add_linked_units(target, parts.linked) -%}
        {%- endif -%}
        {%- set sql = parts.sql.replace(parts.raw, beside(target, "raw") | string) if parts.raw else parts.sql -%}
        {%- do run_query("create or replace table " ~ fresh ~ " as " ~ sql) -%}
        {%- set columns = adapter.get_columns_in_relation(target) | map(attribute="quoted") | join(", ") -%}
        {# a row is told from its like by all it says, and from its equals by a count #}
        {%- set told = "select *, row_number() over (partition by unit, content order by position) as copy
            from (select " ~ unit ~ " as unit, hash(" ~ columns ~ ") as content, rowid as position from " -%}
        {# all columns are read of the rows found by their unit alone #}
        {%- set of_touched = " where rowid in (select rowid from " ~ target ~ " where "
            ~ unit ~ " in (select unit from " ~ touched ~ "))" -%}
        {%- set old = told ~ target ~ ("" if parts.is_all else of_touched) ~ ")" -%}
        {%- set new = told ~ fresh ~ ")" -%}
        {%- do run_query("create or replace table " ~ gone ~ " as
            select coalesce(new.position, old.position) as position, new.unit is not null as is_new
            from (" ~ old ~ ") as old full outer join (" ~ new ~ ") as new
                on old.unit = new.unit and old.content = new.content and old.copy = new.copy
            where old.unit is null or new.unit is null") -%}
        {%- set old_rows = target ~ " where rowid in (select position from " ~ gone ~ " where not is_new)" -%}
        {%- set new_rows = fresh ~ " where rowid in (select position from " ~ gone ~ " where is_new)" -%}
        {%- set of_run = "select " ~ columns ~ ", timestamp '" ~ now.run_at ~ "' as changed_at from " -%}
        {%- call statement("insert_changes") -%}
            delete from {{ beside(target, "changes") }} where changed_at < {{ changes_kept_from() }};
            insert into {{ beside(target, "changes") }} {{ of_run }} {{ old_rows }}
            union all {{ of_run }} {{ new_rows }};
            delete from {{ old_rows }};
            insert into {{ target }} select {{ columns }} from {{ new_rows }}
        {%- endcall -%}
    {%- endif -%}
    {%- call statement("keep_state") -%}
        {% if parts.loads -%}
            create or replace table {{ beside(target, "loads") }} as
            select * from {{ beside(target, "loads_now") }};
        {%- endif %}
        {{ increment_state_written(target, now, state.whole_at) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {%- for what in ["touched", "links", "needed", "raw", "fresh", "gone", "days", "loads_now"] -%}
        {%- do run_query("drop table if exists " ~ beside(target, what)) -%}
    {%- endfor -%}
{% endmacro %}

{% macro compute_whole(target, parts, now) %}
    {%- call statement("whole") -%}
        create or replace table {{ target }} as {{ parts.whole }};
        create or replace table {{ beside(target, "changes") }} as
        select *, cast(null as timestamp) as changed_at from {{ target }} where false;
        {% if parts.loads -%}
            create or replace table {{ beside(target, "loads") }} as {{ parts.loads }};
        {%- endif %}
        {{ increment_state_written(target, now, now.run_at) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
{% endmacro %}
