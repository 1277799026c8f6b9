{#- Counts each raw table where it arrives and where its rows go. -#}
with

counted as (

    {% for table in raw_tables() -%}
        select
            '{{ table.system }}' as source_system,
            '{{ table.table }}' as source_table,
            (select count(*) from {{ source(table.system, table.table) }}) as raw_rows,
            count(case when reject_reason is null and not is_exact_duplicate then 1 end)
                as staged_rows,
            count(case when reject_reason is not null then 1 end) as rejected_rows,
            count(case when is_exact_duplicate then 1 end) as exact_duplicate_rows
        from {{ ref("stg_" ~ table.system ~ "__" ~ table.table) }}
        {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    cast(source_system as string) as source_system,
    cast(source_table as string) as source_table,
    cast(raw_rows as bigint) as raw_rows,
    cast(staged_rows as bigint) as staged_rows,
    cast(rejected_rows as bigint) as rejected_rows,
    cast(exact_duplicate_rows as bigint) as exact_duplicate_rows,
    cast(
        raw_rows - staged_rows - rejected_rows - exact_duplicate_rows as bigint
    ) as difference
from counted
