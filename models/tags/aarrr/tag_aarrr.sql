{%- set coded = ["aarrr_stage", "web_funnel", "wechat_funnel", "pos_funnel", "overall_funnel"] -%}

with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

steps as (

    select * from {{ ref("int_aarrr__steps") }}

),

names as (

    select
        tag_code,
        tag_value,
        name_en,
        name_zh
    from {{ ref("tag_values") }}

),

-- within a funnel the farthest step wins; a step counts every customer who came at least so far
channels as (

    select
        *,
        case
            when nes_status <> 'S3' and order_days >= 2 then 'retention'
            when order_days > 0 then 'revenue'
            when activated_date is not null then 'activation'
            else 'acquisition'
        end as aarrr_stage,
        case
            when {{ web_funnel_reached("ordered") }} then 'ordered'
            when {{ web_funnel_reached("carted") }} then 'carted'
            when {{ web_funnel_reached("viewed") }} then 'viewed'
            when sessions > 0 then 'visited'
        end as web_funnel,
        case
            when wechat_orders > 0 then 'ordered'
            when has_clicked_message then 'clicked'
            when has_opened_message then 'opened'
            when is_following then 'followed'
        end as wechat_funnel,
        case
            when pos_orders > 0 then 'bought'
            when is_member then 'member'
        end as pos_funnel
    from steps

),

positions as (

    select
        *,
        case
            when window_order_days > 1 then 'ordered_again'
            when window_order_days = 1 then 'ordered'
            when web_funnel = 'carted' or wechat_funnel = 'clicked' then 'considering'
            when web_funnel = 'viewed' or wechat_funnel = 'opened' then 'engaged'
            else 'known'
        end as overall_funnel
    from channels

),

tag_aarrr as (

    select
        positions.*,
        {% for tag in coded -%}
            {{ tag }}_names.name_en as {{ tag }}_name_en,
            {{ tag }}_names.name_zh as {{ tag }}_name_zh,
        {% endfor -%}
        as_of.as_of_date
    from positions
    cross join as_of
    {% for tag in coded -%}
        left join names as {{ tag }}_names
            on
                {{ tag }}_names.tag_code = '{{ tag }}'
                and positions.{{ tag }} = {{ tag }}_names.tag_value
    {% endfor %}
)

select
    cast(one_id as string) as one_id,
    {% for tag in coded -%}
        cast({{ tag }} as string) as {{ tag }},
        cast({{ tag }}_name_en as string) as {{ tag }}_name_en,
        cast({{ tag }}_name_zh as string) as {{ tag }}_name_zh,
    {% endfor -%}
    cast(order_days as bigint) as order_days,
    cast(window_order_days as bigint) as window_order_days,
    cast(sessions as bigint) as sessions,
    cast(product_views as bigint) as product_views,
    cast(cart_adds as bigint) as cart_adds,
    cast(pos_orders as bigint) as pos_orders,
    cast(orders_completed as bigint) as web_orders,
    cast(wechat_orders as bigint) as wechat_orders,
    cast(is_member as boolean) as is_member,
    cast(is_following as boolean) as is_following,
    cast(has_opened_message as boolean) as has_opened_message,
    cast(has_clicked_message as boolean) as has_clicked_message,
    cast(acquired_date as date) as acquired_date,
    cast(activated_date as date) as activated_date,
    cast(first_ordered_date as date) as first_revenue_date,
    cast(second_ordered_date as date) as retained_date,
    cast(as_of_date as date) as as_of_date
from tag_aarrr
