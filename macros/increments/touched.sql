{#
    Marks, at the head of a model of materialization increment, what a later run has to
    recompute: a select of `unit`, the row_hash of some columns of the model. Several are
    taken together. Written with changes_of and came_into_view:

        {% call touched_units(["visitor_key"]) %}
            select {{ row_hash(["visitor_key"]) }} as unit
            from {{ changes_of(ref("int_behaviour__session_events")) }}
        {% endcall %}
#}
{% macro touched_units(columns) %}
    {%- set units = caller() -%}
    {%- if increment_state() is not none %}
--<unit
{{ row_hash(columns) }}
--unit>
--<touched
{{ units }}
--touched>
{% endif -%}
{% endmacro %}

{#
    Marks a model that is cheap and computed whole in any run; only rows that differ are
    written, so that what reads it need not do the same. It may read any table.
#}
{% macro all_units(columns) %}
    {%- if is_increment_run() %}
--<unit
{{ row_hash(columns) }}
--unit>
--<all
--all>
{% endif -%}
{% endmacro %}

{#
    Marks, of a model whose units are made from each other, a select of the pairs: `unit` and
    `linked_unit`, either made with inputs of the other. With a touched unit those linked to
    it are recomputed too, and only_touched(…, linked=true) reads besides what is linked to
    all of these. Pairs that were, in changes_of, count like those that are.
#}
{% macro linked_units() %}
    {%- set pairs = caller() -%}
    {%- if increment_state() is not none %}
--<linked
{{ pairs }}
--linked>
{% endif -%}
{% endmacro %}

{#
    A condition, with the `where` or `and` before it, that narrows an input to the touched
    units, and on request to those linked to them.
#}
{% macro only_touched(conjunction, columns, linked=false) %}
    {%- if increment_state() is not none %}
--<only
{{ conjunction }} {{ row_hash(columns) }} in (
    select unit from {{ beside(this, "needed" if linked else "touched") }}
)
--only>
{% endif -%}
{% endmacro %}

{# Adds the units linked to the touched ones; those linked to all of these are needed as well. #}
{% macro add_linked_units(target, pairs) %}
    {%- set touched, links, needed = beside(target, "touched"), beside(target, "links"), beside(target, "needed") -%}
    {%- set linked -%}
        select linked_unit as unit from {{ links }} where unit in (select unit from {{ touched }})
        union
        select unit from {{ links }} where linked_unit in (select unit from {{ touched }})
    {%- endset -%}
    {%- do run_query(
        "create or replace table " ~ links ~ " as select distinct unit, linked_unit from (" ~ pairs ~ ")"
    ) -%}
    {%- do run_query("insert into " ~ touched ~ " (" ~ linked ~ ") except select unit from " ~ touched) -%}
    {%- do run_query(
        "create or replace table " ~ needed ~ " as " ~ linked ~ " union select unit from " ~ touched
    ) -%}
{% endmacro %}

{#
    The rows of an increment, or of the staging view over one, that went or came since this
    model last ran, those before and those after a change alike. A row of a view comes when
    it is accepted and goes when it no longer is.
    columns: only what these say, the key among them, and only where it is not as it was. A
    row in which something else changed went and came with the same, so it occurs twice.
#}
{% macro changes_of(relation, columns=[]) %}
    {%- set table = relation.incorporate(
        path={"identifier": relation.identifier | replace("stg_", "base_")}
    ) -%}
    {%- set state = increment_state() -%}
    {%- if state is none -%}
        {{- return(relation) -}}
    {%- endif -%}
    {%- set listed = columns | join(", ") -%}
    {{- return(
        "(\n--<of " ~ table.identifier ~ "\nselect " ~ (listed or "*") ~ " from "
        ~ beside(table, "changes") ~ " where changed_at > timestamp '" ~ state.run_at ~ "'"
        ~ (" and reject_reason is null and not is_exact_duplicate" if table.identifier != relation.identifier else "")
        ~ (" group by " ~ listed ~ " having count(*) % 2 = 1" if columns else "")
        ~ ") as changes_of_" ~ table.identifier
    ) -}}
{% endmacro %}

{# True where a time became visible because the date as of which is built moved on. #}
{% macro came_into_view(column) %}
    {%- set state = increment_state() -%}
    {%- if state is none or state.as_of_at is none -%}{{- return("false") -}}{%- endif -%}
    {{- return(
        "(" ~ column ~ " > timestamp '" ~ state.as_of_at ~ "' and " ~ column
        ~ " <= timestamp '" ~ increment_as_of_at() ~ "')"
    ) -}}
{% endmacro %}

{# A select of the units that rows of an input speak of, where these went, came or came into view. #}
{% macro units_from(relation, columns, times=[]) %}
    select {{ row_hash(columns) }} as unit from {{ changes_of(relation) }}
    {% if times -%}
    union all
    select {{ row_hash(columns) }} as unit from {{ relation }}
    where {% for time in times %}{{ came_into_view(time) }}{{ " or " if not loop.last }}{% endfor %}
    {%- endif %}
{%- endmacro %}
