-- Compares the names of columns in the catalogue with those of each family table, so the same
-- statement serves whatever tags the catalogue holds.
with

customers as (

    select one_id from {{ ref("customers") }}

),

live_tags as (

    select
        tag_code,
        value_column,
        score_column,
        case
            when model_name in (
                {% for family in tag_families() -%}
                    '{{ family }}'{{ "," if not loop.last }}
                {% endfor -%}
            ) then model_name
            else {{ stop_build(
                "'seed tag_catalogue, tag ' || tag_code || ': its model ' || model_name "
                ~ "|| ' is not among the family tables of macro tag_families: "
                ~ tag_families() | sort | join(", ") ~ "'"
            ) }}
        end as model_name
    from {{ ref("int_registry__catalogue") }}
    where status = 'live' and model_name <> 'rule_tags'

),

family_tags as (

    {% for family in tag_families() -%}
        select
            {{ family }}.one_id,
            live_tags.tag_code,
            {{ column_by_name(family, "live_tags.value_column", "string") }} as tag_value,
            {{ column_by_name(family, "live_tags.score_column", "double") }} as tag_score,
            {{ family }}.as_of_date
        from {{ ref(family) }} as {{ family }}
        inner join live_tags on live_tags.model_name = '{{ family }}'
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    cast(one_id as string) as one_id,
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(tag_score as double) as tag_score,
    cast(as_of_date as date) as as_of_date
from family_tags
where
    tag_value is not null
    -- in the course of a day a table that is not hot may still hold a customer merged since
    and one_id in (select one_id from customers)
