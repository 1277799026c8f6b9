{#- A view: when customers merge or split only core.customer_profiles changes. -#}
with

touches as (

    select * from {{ ref("int_behaviour__touches") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

)

select
    cast(touches.touch_id as string) as touch_id,
    cast(customer_profiles.one_id as string) as one_id,
    cast(touches.profile_id as string) as profile_id,
    cast(touches.source_system as string) as source_system,
    cast(touches.touch_type as string) as touch_type,
    cast(touches.channel as string) as channel,
    cast(touches.campaign_id as string) as campaign_id,
    cast(touches.order_id as string) as order_id,
    cast(touches.product_id as string) as product_id,
    cast(touches.detail as string) as detail,
    cast(touches.direction as string) as direction,
    cast(touches.agent_id as string) as agent_id,
    cast(touches.outcome as string) as outcome,
    cast(touches.rating as integer) as rating,
    cast(touches.duration_seconds as bigint) as duration_seconds,
    cast(touches.is_delivered as boolean) as is_delivered,
    cast(touches.is_opened as boolean) as is_opened,
    cast(touches.is_clicked as boolean) as is_clicked,
    cast(touches.is_unsubscribed as boolean) as is_unsubscribed,
    cast(touches.touched_date as date) as touched_date,
    cast(touches.touched_at as timestamp) as touched_at
from touches
left join customer_profiles
    on touches.profile_id = customer_profiles.profile_id
