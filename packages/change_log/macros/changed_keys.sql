{#
    Marks, at the head of a model of materialization logged_table, what a later run has to
    recompute: a select of `key_hash`, the key_hash of some columns of the model. Several are
    taken together. Written with changes_of and came_into_view:

        {% call change_log.changed_keys(["visitor_key"]) %}
            select {{ change_log.key_hash(["visitor_key"]) }} as key_hash
            from {{ change_log.changes_of(ref("session_events")) }}
        {% endcall %}
#}
{% macro changed_keys(columns) %}
    {%- set keys = caller() -%}
    {%- if change_log.state_of_this() is not none %}
--<key
{{ change_log.key_hash(columns) }}
--key>
--<changed
{{ keys }}
--changed>
{% endif -%}
{% endmacro %}

{# A number of several columns, for finding equal keys within one run; never stored. #}
{% macro key_hash(expressions) %}
    {{- return("hash(" ~ expressions | join(", ") ~ ")") -}}
{% endmacro %}

{#
    Marks a model that is cheap and computed whole in any run; only rows that differ are
    written, so that what reads it need not do the same. It may read any table.
#}
{% macro all_keys(columns) %}
    {%- if change_log.is_logged_run() %}
--<key
{{ change_log.key_hash(columns) }}
--key>
--<all
--all>
{% endif -%}
{% endmacro %}

{#
    Marks, of a model whose rows of one key are made from those of another, a select of the
    pairs: `key_hash` and `linked_key_hash`, either made with inputs of the other. With a changed
    key those linked to it are recomputed too, and change_log.only_changed(…, linked=true) reads besides
    what is linked to all of these. Pairs that were, in changes_of, count like those that are.
#}
{% macro linked_keys() %}
    {%- set pairs = caller() -%}
    {%- if change_log.state_of_this() is not none %}
--<linked
{{ pairs }}
--linked>
{% endif -%}
{% endmacro %}

{#
    A condition, with the `where` or `and` before it, that narrows an input to the changed
    keys, and on request to those linked to them.
#}
{% macro only_changed(conjunction, columns, linked=false) %}
    {%- if change_log.state_of_this() is not none %}
--<only
{{ conjunction }} {{ change_log.key_hash(columns) }} in (
    select key_hash from {{ change_log.beside(this, "needed" if linked else "changed") }}
)
--only>
{% endif -%}
{% endmacro %}

{# Adds the keys linked to the changed ones; those linked to all of these are needed as well. #}
{% macro add_linked_keys(target, pairs) %}
    {%- set changed, links, needed = change_log.beside(target, "changed"), change_log.beside(target, "links"), change_log.beside(target, "needed") -%}
    {%- set linked -%}
        select linked_key_hash as key_hash from {{ links }} where key_hash in (select key_hash from {{ changed }})
        union
        select key_hash from {{ links }} where linked_key_hash in (select key_hash from {{ changed }})
    {%- endset -%}
    {%- do run_query(
        "create or replace table " ~ links ~ " as select distinct key_hash, linked_key_hash from (" ~ pairs
        ~ ") as pairs"
    ) -%}
    {%- do run_query("insert into " ~ changed ~ " (" ~ linked ~ ") except select key_hash from " ~ changed) -%}
    {%- do run_query(
        "create or replace table " ~ needed ~ " as " ~ linked ~ " union select key_hash from " ~ changed
    ) -%}
{% endmacro %}

{#
    The rows of a logged table, or of a logged view over some, that went or came since this model
    last ran, those before and those after a change alike.
    columns: only what these say, the key among them, and only where it is not as it was. A
    row in which something else changed went and came with the same, so it occurs twice.
#}
{% macro changes_of(relation, columns=[]) %}
    {%- set state = change_log.state_of_this() -%}
    {%- if state is none -%}
        {{- return(relation) -}}
    {%- endif -%}
    {%- set input = change_log.input_of(model, relation) -%}
    {%- set listed = columns | join(", ") -%}
    {%- set marks = [] -%}
    {%- for table in change_log.logged_tables_of(input) -%}{%- do marks.append("--<of " ~ table) -%}{%- endfor -%}
    {{- return(
        "(\n" ~ marks | join("\n") ~ "\nselect " ~ (listed or "*") ~ " from "
        ~ change_log.changes_since(input, "timestamp '" ~ state.run_at ~ "'") ~ " as went_and_came"
        ~ (" group by " ~ listed ~ " having count(*) % 2 = 1" if columns else "")
        ~ ") as changes_of_" ~ relation.identifier
    ) -}}
{% endmacro %}

{# True where a time became visible because the horizon moved on. #}
{% macro came_into_view(column) %}
    {%- set state = change_log.state_of_this() -%}
    {%- if state is none or state.horizon is none -%}{{- return("false") -}}{%- endif -%}
    {{- return(
        "(" ~ column ~ " > timestamp '" ~ state.horizon ~ "' and " ~ column
        ~ " <= timestamp '" ~ change_log.horizon_now() ~ "')"
    ) -}}
{% endmacro %}

{# A select of the keys that rows of an input speak of, where these went, came or came into view. #}
{% macro keys_from(relation, columns, times=[]) %}
    select {{ change_log.key_hash(columns) }} as key_hash from {{ change_log.changes_of(relation) }}
    {% if times -%}
    union all
    select {{ change_log.key_hash(columns) }} as key_hash from {{ relation }}
    where {% for time in times %}{{ change_log.came_into_view(time) }}{{ " or " if not loop.last }}{% endfor %}
    {%- endif %}
{%- endmacro %}

{#
    Marks the keys of the rows of this model that agree in some columns with what changed of
    another logged table, where the condition holds of it.
#}
{% macro changed_through(relation, columns, key, condition="true") %}
    {% call change_log.changed_keys(key) %}
        select {{ change_log.key_hash(key) }} as key_hash
        from {{ this }}
        where {{ change_log.key_hash(columns) }} in (
            select {{ change_log.key_hash(columns) }} from {{ change_log.changes_of(relation) }} where {{ condition }}
        )
    {% endcall %}
{%- endmacro %}
