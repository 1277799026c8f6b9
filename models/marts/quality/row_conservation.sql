{#- Counts each raw table where it arrives and where its rows go. -#}
{%- set keys = raw_table_keys() -%}

with

{% for system, tables in keys.items() -%}
{% for table in tables -%}
{{ system }}_{{ table }} as (

    select
        '{{ system }}' as source_system,
        '{{ table }}' as source_table,
        (select count(*) from {{ source(system, table) }}) as raw_rows,
        (
            select count(*) from {{ ref("stg_" ~ system ~ "__" ~ table) }}
        ) as staged_rows,
        count(case when reject_reason is not null then 1 end) as rejected_rows,
        count(case when is_exact_duplicate then 1 end) as exact_duplicate_rows
    from {{ ref("base_" ~ system ~ "__" ~ table) }}

),

{% endfor -%}
{%- endfor -%}

counted as (

    {% for system, tables in keys.items() -%}
    {% set system_loop = loop -%}
    {% for table in tables -%}
    select * from {{ system }}_{{ table }}
    {{ "union all" if not (loop.last and system_loop.last) }}
    {% endfor -%}
    {%- endfor %}
)

select
    cast(source_system as varchar) as source_system,
    cast(source_table as varchar) as source_table,
    cast(raw_rows as bigint) as raw_rows,
    cast(staged_rows as bigint) as staged_rows,
    cast(rejected_rows as bigint) as rejected_rows,
    cast(exact_duplicate_rows as bigint) as exact_duplicate_rows,
    cast(
        raw_rows - staged_rows - rejected_rows - exact_duplicate_rows as bigint
    ) as difference
from counted
