{#- Every base model with the columns of its key. -#}
{%- set keys = raw_table_keys() -%}

with

rejected as (

    {% for system, tables in keys.items() -%}
    {% set system_loop = loop -%}
    {% for table, key in tables.items() -%}
    select
        '{{ system }}' as source_system,
        '{{ table }}' as source_table,
        {% for column in key -%}
        cast({{ column }} as string){{ " || '|' || " if not loop.last }}
        {%- endfor %} as natural_key,
        reject_reason as reason_code,
        raw_record,
        loaded_at as rejected_at
    from {{ ref("base_" ~ system ~ "__" ~ table) }}
    where reject_reason is not null
    {{ "union all" if not (loop.last and system_loop.last) }}
    {% endfor -%}
    {%- endfor %}
)

select
    cast(source_system as varchar) as source_system,
    cast(source_table as varchar) as source_table,
    cast(natural_key as varchar) as natural_key,
    cast(reason_code as varchar) as reason_code,
    cast(raw_record as varchar) as raw_record,
    cast(rejected_at as timestamp) as rejected_at
from rejected
