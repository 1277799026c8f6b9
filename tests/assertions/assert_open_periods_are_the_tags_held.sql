{{ config(severity="warn") }}
-- What the history says is valid now is what customer_tags says, and nothing else.
with

live_tags as (

    select tag_code
    from {{ ref("tag_catalogue") }}
    where status = 'live' and cast(history as boolean)

),

held as (

    select
        customer_tags.one_id,
        customer_tags.tag_code,
        customer_tags.tag_value
    from {{ ref("customer_tags") }} as customer_tags
    inner join live_tags on customer_tags.tag_code = live_tags.tag_code

),

open_periods as (

    select
        one_id,
        tag_code,
        tag_value
    from {{ ref("customer_tag_history") }}
    where valid_to is null

)

select
    coalesce(held.one_id, open_periods.one_id) as one_id,
    coalesce(held.tag_code, open_periods.tag_code) as tag_code,
    held.tag_value,
    open_periods.tag_value as open_value
from held
full outer join open_periods
    on held.one_id = open_periods.one_id and held.tag_code = open_periods.tag_code
where
    held.tag_value is null
    or open_periods.tag_value is null
    or held.tag_value <> open_periods.tag_value
