{#- Who moves others: what followed on contacts, and where each customer stands in the graph. -#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

edges as (

    select * from {{ ref("int_influence__edges") }}

),

followers as (

    select
        to_one_id as one_id,
        count(*) as followers,
        sum(weight) as weight
    from edges
    group by to_one_id

),

followees as (

    select
        from_one_id as one_id,
        count(*) as followees
    from edges
    group by from_one_id

),

page_ranks as (

    select
        node as one_id,
        round(page_rank, 12) as page_rank
    from {{ ref("int_influence__page_ranks") }}

),

ranked as (

    select
        *,
        row_number() over (order by page_rank desc, one_id asc) as page_rank_position
    from page_ranks

),

communities as (

    select
        substr(node, 13) as one_id,
        substr(community, 13) as community
    from {{ ref("int_influence__communities") }}

),

moved as (

    select
        *,
        (followed_contacts - expected_contacts) / nullif(expected_deviation, 0) as move_z_score
    from {{ ref("int_influence__moved") }}

),

betweenness as (

    select * from {{ ref("int_influence__betweenness") }}

),

everybody as (

    select one_id from ranked
    union
    select one_id from moved

)

select
    cast(everybody.one_id as string) as one_id,
    cast(communities.community as string) as community_id,
    cast(coalesce(followers.followers, 0) as bigint) as followers,
    cast(coalesce(followees.followees, 0) as bigint) as followees,
    cast(coalesce(followers.weight, 0) as bigint) as follower_weight,
    cast(coalesce(moved.reached_contacts, 0) as bigint) as reached_contacts,
    cast(coalesce(moved.followed_contacts, 0) as bigint) as followed_contacts,
    cast(coalesce(moved.moved_customers, 0) as bigint) as moved_customers,
    cast(ranked.page_rank_position as bigint) as page_rank_position,
    cast(coalesce(moved.expected_contacts, 0) as double) as expected_contacts,
    cast(moved.move_z_score as double) as move_z_score,
    cast(ranked.page_rank as double) as page_rank,
    cast(betweenness.betweenness as double) as betweenness,
    cast(
        coalesce(
            moved.followed_contacts >= 3 and moved.move_z_score >= {{ var("change_z") }}, false
        ) as boolean
    ) as moves_others,
    cast(as_of.as_of_date as date) as as_of_date
from everybody
cross join as_of
left join followers on everybody.one_id = followers.one_id
left join followees on everybody.one_id = followees.one_id
left join ranked on everybody.one_id = ranked.one_id
left join communities on everybody.one_id = communities.one_id
left join moved on everybody.one_id = moved.one_id
left join betweenness on everybody.one_id = betweenness.one_id
