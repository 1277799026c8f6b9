{#
    The standard types of the events of a raw table by name, as seed event_names says for the system,
    else for the preset that var event_presets gives the table, else for all systems.
#}
{% macro event_types(system, table) %}
    {%- set presets = event_presets_of(raw_table(system, table)) -%}
    select event_name, event_type
    from (
        select
            {{ function("normalise_code") }}(event_name) as event_name,
            event_type,
            row_number() over (
                partition by {{ function("normalise_code") }}(event_name)
                order by
                    case preset
                    {%- for preset in presets %}
                        when '{{ preset }}' then {{ loop.index }}
                    {%- endfor %}
                    end,
                    event_type
            ) as choice
        from {{ ref("event_names") }}
        where preset in ('{{ presets | join("', '") }}')
    ) as ranked
    where choice = 1
{%- endmacro %}
