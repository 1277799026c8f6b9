{#
    What the standard columns of a raw table of events are read from, by column: rows of seed
    event_columns for all systems, those of the preset that var event_presets gives the table, those
    of its system, the last one counting. Empty for a table of anything else.

    The seed is read when dbt starts, since the raw views are made before seeds are loaded.
#}
{% macro event_columns(table) %}
    {%- set found = {} -%}
    {%- if "event" in table.columns | map(attribute="name") -%}
        {%- set presets = fromjson(env_var("ONE360_EVENT_COLUMNS", "{}")) -%}
        {%- for preset in event_presets_of(table) | reverse -%}
            {%- do found.update(presets.get(preset, {})) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(found) -}}
{% endmacro %}

{# Whose rows of the seeds count for a raw table, the first one first. #}
{% macro event_presets_of(table) %}
    {%- set preset = var("event_presets").get(table.name) -%}
    {{- return([table.system] + ([preset] if preset else []) + ["any"]) -}}
{% endmacro %}
