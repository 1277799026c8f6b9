{#- One line per family table. Which of its columns are tags stands in seed tag_catalogue. -#}
{%- set family_tables = [
    ref("tag_rfm"),
    ref("tag_nes"),
    ref("tag_loyalty"),
    ref("tag_activity"),
    ref("tag_member_value"),
    ref("tag_lifecycle"),
    ref("tag_price"),
    ref("tag_preferences"),
    ref("tag_interest"),
    ref("tag_channel"),
    ref("tag_moments"),
    ref("tag_aarrr"),
    ref("tag_demographics"),
] -%}
{%- set live = live_tags(family_tables) -%}
-- depends_on: {{ ref("tag_catalogue") }}
-- depends_on: {{ ref("int_registry__catalogue") }}

with

{% for table in family_tables -%}
    {{ table.identifier }} as (

        select * from {{ table }}

    ),

{% endfor -%}

customers as (

    select one_id from {{ ref("customers") }}

),

family_tags as (

    {% for table in family_tables if live[table.identifier] -%}
        {{ unpivot_tags(table.identifier, live[table.identifier]) }}
        union all
    {% endfor -%}
    -- without a live tag the columns are still there
    select
        cast(null as string) as one_id,
        cast(null as string) as tag_code,
        cast(null as string) as tag_value,
        cast(null as double) as tag_score,
        cast(null as date) as as_of_date
    where false

)

select
    cast(one_id as string) as one_id,
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(tag_score as double) as tag_score,
    cast(as_of_date as date) as as_of_date
from family_tags
-- in the course of a day a table that is not hot may still tell of a customer merged since
where one_id in (select one_id from customers)
