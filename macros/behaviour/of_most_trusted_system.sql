{% macro of_most_trusted_system(relation, key) %}
    select *
    from (
        select
            given.*,
            row_number() over (
                partition by given.{{ key }}
                order by source_priority.priority asc nulls last, given.source_system asc
            ) as source_rank
        from {{ relation }} as given
        left join {{ ref("source_priority") }} as source_priority
            on given.source_system = source_priority.source_system
    ) as ranked
    where source_rank = 1
{%- endmacro %}
