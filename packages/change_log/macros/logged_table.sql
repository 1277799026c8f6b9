{#
    Materialization: a table that a later run brings up to date by recomputing what changed.

    The model's SQL is that of the whole table. Two macros mark in it what differs on a later
    run: changed_keys says which keys (a hash of some columns, see key_hash) have to be
    recomputed, only_changed narrows an input to them. Rows of these keys are compared with
    those there are, and only differing rows are deleted and inserted, with what is known of
    the run, in one transaction: a killed run leaves the table as it was.

    Beside it lies the change log, <table>__changes: every row that went and came, with
    logged_at, the time of the run, so that the next table need only look there (changes_of).

    The whole table is computed where there is none yet, with --full-refresh, and where what
    it is made of is not what it was: the SQL without the marked parts, the content of a
    table that has no log, an input that was computed whole, a horizon that lies earlier. So
    it always equals a full build.
#}
{% materialization logged_table, adapter="duckdb" %}
    {%- do change_log.stop_at_unhonoured() -%}
    {%- set target = this.incorporate(type="table") -%}
    {%- set existing = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if existing is not none and not existing.is_table %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% set parts = change_log.marked_parts(compiled_code) %}
    {% set state = change_log.state_of_this() %}
    {% set now = {
        "fingerprint": change_log.made_of(parts),
        "run_at": change_log.this_run_at(),
        "horizon": change_log.horizon_now(),
    } %}
    {% if (parts.changed or parts.is_all) and change_log.can_go_on(state, now, parts.inputs) %}
        {% do change_log.bring_up_to_date(target, parts, state, now) %}
    {% else %}
        {% do change_log.compute_whole(target, parts, now) %}
    {% endif %}
    {% call statement("main") %}select count(*) from {{ target }}{% endcall %}

    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

{# Stops where a model sets what this materialization does not honour. #}
{% macro stop_at_unhonoured() %}
    {%- set faults = [] -%}
    {%- for key in ["indexes", "sql_header", "grants", "unique_key"] if config.get(key) -%}
        {%- do faults.append(key) -%}
    {%- endfor -%}
    {%- if config.get("contract").enforced -%}{%- do faults.append("contract") -%}{%- endif -%}
    {%- if model.constraints or model.columns.values() | map(attribute="constraints") | select | list -%}
        {%- do faults.append("constraints") -%}
    {%- endif -%}
    {%- if faults -%}
        {{ exceptions.raise_compiler_error(
            "materialization " ~ model.config.materialized ~ " does not honour " ~ faults | join(", ")
        ) }}
    {%- endif -%}
{% endmacro %}

{# <table>__changes and the like; none in a unit test, whose model is no table. #}
{% macro beside(relation, what) %}
    {%- if not relation -%}{{- return(none) -}}{%- endif -%}
    {{- return(relation.incorporate(
        path={"identifier": relation.identifier ~ "__" ~ what}, type="table"
    )) -}}
{% endmacro %}

{#
    The compiled SQL taken apart: `sql` as it is, `whole` without the marked parts, the contents
    of the marks, and `inputs`, the tables whose changes are read.
#}
{% macro marked_parts(sql) %}
    {%- set marked = modules.re.compile("--<(\\w+)\\n(.*?)--\\1>\\n?", modules.re.DOTALL) -%}
    {%- set parts = {} -%}
    {%- for kind, content in marked.findall(sql) -%}
        {%- do parts.setdefault(kind, []).append(content | trim) -%}
    {%- endfor -%}
    {%- set changed = parts.get("changed", []) | join("\nunion all\n") -%}
    {%- set linked = parts.get("linked", []) | join("\nunion all\n") -%}
    {%- set found = {
        "sql": modules.re.sub("(?s)--<(?!only\\n)(\\w+)\\n.*?--\\1>\\n?", "", sql),
        "whole": marked.sub("", sql),
        "changed": changed,
        "linked": linked,
        "is_all": "all" in parts,
        "inputs": modules.re.findall("--<of (\\S+)", changed ~ linked) | unique | list,
    } -%}
    {%- for kind in ["key", "days", "loaded", "newest", "seen", "raw", "raw_rows", "other_days"] -%}
        {%- do found.update({kind: parts.get(kind, []) | first}) -%}
    {%- endfor -%}
    {{- return(found) -}}
{% endmacro %}

{% macro bring_up_to_date(target, parts, state, now) %}
    {%- set changed, fresh, gone = change_log.beside(target, "changed"), change_log.beside(target, "fresh"), change_log.beside(target, "gone") -%}
    {%- set key = parts.key -%}
    {%- if parts.days -%}
        {%- do change_log.find_changed_days(target, parts) -%}
    {%- endif -%}
    {%- if not parts.is_all -%}
        {%- do run_query(
            "create or replace table " ~ changed ~ " as select distinct key_hash from (" ~ parts.changed
            ~ ") as changed_keys"
        ) -%}
    {%- endif -%}
    {%- if parts.is_all or run_query("select count(*) from " ~ changed).columns[0].values()[0] -%}
        {%- if parts.days -%}
            {%- do change_log.copy_changed_raw_rows(target, parts) -%}
        {%- endif -%}
        {%- if parts.linked -%}
            {%- do change_log.add_linked_keys(target, parts.linked) -%}
        {%- endif -%}
        {%- set sql = parts.sql.replace(parts.raw, change_log.beside(target, "raw") | string) if parts.raw else parts.sql -%}
        {%- do run_query("create or replace table " ~ fresh ~ " as " ~ sql) -%}
        {%- set columns = adapter.get_columns_in_relation(target) | map(attribute="quoted") | join(", ") -%}
        {# a row is told from its like by all it says, and from its equals by a count #}
        {%- set told = "select *, row_number() over (partition by key_hash, content order by position) as copy
            from (select " ~ key ~ " as key_hash, hash(" ~ columns ~ ") as content, rowid as position from " -%}
        {# all columns are read of the rows found by their key alone #}
        {%- set of_changed = " where rowid in (select rowid from " ~ target ~ " as looked_up where "
            ~ key ~ " in (select key_hash from " ~ changed ~ "))" -%}
        {%- set old = told ~ target ~ ("" if parts.is_all else of_changed) ~ ") as old_rows" -%}
        {%- set new = told ~ fresh ~ ") as new_rows" -%}
        {%- do run_query("create or replace table " ~ gone ~ " as
            select coalesce(new.position, old.position) as position, new.key_hash is not null as is_new
            from (" ~ old ~ ") as old full outer join (" ~ new ~ ") as new
                on old.key_hash = new.key_hash and old.content = new.content and old.copy = new.copy
            where old.key_hash is null or new.key_hash is null") -%}
        {%- set old_rows = target ~ " where rowid in (select position from " ~ gone ~ " where not is_new)" -%}
        {%- set new_rows = fresh ~ " where rowid in (select position from " ~ gone ~ " where is_new)" -%}
        {%- set of_run = "select " ~ columns ~ ", timestamp '" ~ now.run_at ~ "' as logged_at from " -%}
        {%- call statement("insert_changes") -%}
            delete from {{ change_log.beside(target, "changes") }} where logged_at < {{ change_log.changes_kept_from() }};
            insert into {{ change_log.beside(target, "changes") }} {{ of_run }} {{ old_rows }}
            union all {{ of_run }} {{ new_rows }};
            delete from {{ old_rows }};
            insert into {{ target }} select {{ columns }} from {{ new_rows }}
        {%- endcall -%}
    {%- endif -%}
    {%- call statement("keep_state") -%}
        {{ change_log.state_written(target, now, state.whole_at) }}
        {%- if parts.seen %};{{ change_log.seen_written(target) }}{% endif -%}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {%- for what in ["changed", "links", "needed", "raw", "fresh", "gone", "loaded", "days", "seen"] -%}
        {%- do run_query("drop table if exists " ~ change_log.beside(target, what)) -%}
    {%- endfor -%}
{% endmacro %}

{#
    The declared columns of a model, if all are typed: of a raw table without rows they make the
    table, and its SQL need not be planned, which takes longer than all that a few rows cost.
#}
{% macro declared_columns() %}
    {%- set columns = model.columns.values() | list -%}
    {%- if not columns or columns | rejectattr("data_type") | list -%}
        {{- return(none) -}}
    {%- endif -%}
    {%- set typed = [] -%}
    {%- for column in columns -%}
        {%- do typed.append(adapter.quote(column.name) ~ " " ~ column.data_type) -%}
    {%- endfor -%}
    {{- return("(" ~ typed | join(", ") ~ ")") -}}
{% endmacro %}

{% macro compute_whole(target, parts, now) %}
    {%- set columns = change_log.declared_columns()
        if parts.seen and not change_log.find_seen_days(target, parts) else none -%}
    {%- call statement("whole") -%}
        create or replace table {{ target }} {{ columns or "as " ~ parts.whole }};
        create or replace table {{ change_log.beside(target, "changes") }} as
        select *, cast(null as timestamp) as logged_at from {{ target }} where false;
        {{ change_log.state_written(target, now, now.run_at) }}
        {%- if parts.seen %};{{ change_log.seen_written(target) }}{% endif -%}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {%- for what in ["loaded", "seen"] if parts.seen -%}
        {%- do run_query("drop table if exists " ~ change_log.beside(target, what)) -%}
    {%- endfor -%}
{% endmacro %}
