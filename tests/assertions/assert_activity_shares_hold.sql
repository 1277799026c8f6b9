-- No more than the share of customers that the variables name lie strictly above the
-- lowest high score and strictly below the highest low score.
with

activity as (

    select
        *,
        count(*) over () as customer_count
    from {{ ref("tag_activity") }}

),

edges as (

    select
        min(case when activity_level = 'high' then activity_score end) as high_from,
        max(case when activity_level = 'low' then activity_score end) as low_to
    from activity

)

select
    activity.customer_count,
    count(case when activity.activity_score > edges.high_from then 1 end) as above,
    count(case when activity.activity_score < edges.low_to then 1 end) as below
from activity
cross join edges
group by activity.customer_count
having
    count(case when activity.activity_score > edges.high_from then 1 end)
    > {{ setting("activity_high_share") }} * activity.customer_count
    or count(case when activity.activity_score < edges.low_to then 1 end)
    > {{ setting("activity_low_share") }} * activity.customer_count
