{#- Each community, and in the row all the whole graph. -#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

members as (

    select
        one_id,
        community_id as community
    from {{ ref("influence") }}
    where community_id is not null

),

-- a pair counts once for density, its weights both ways for modularity
pairs as (

    select
        least(from_one_id, to_one_id) as one_id,
        greatest(from_one_id, to_one_id) as other_one_id,
        sum(weight) as weight
    from {{ ref("int_influence__edges") }}
    group by least(from_one_id, to_one_id), greatest(from_one_id, to_one_id)

),

placed as (

    select
        ones.community,
        others.community as other_community,
        pairs.weight
    from pairs
    inner join members as ones on pairs.one_id = ones.one_id
    inner join members as others on pairs.other_one_id = others.one_id

),

ends as (

    select
        community,
        weight,
        case when community = other_community then weight else 0 end as inner_weight,
        case when community = other_community then 1 else 0 end as inner_ends
    from placed
    union all
    select
        other_community as community,
        weight,
        case when community = other_community then weight else 0 end as inner_weight,
        case when community = other_community then 1 else 0 end as inner_ends
    from placed

),

all_weight as (

    select cast(sum(weight) as double) as weight from ends

),

-- both ends of a pair stand in it, so all is counted twice
communities as (

    select
        ends.community,
        sum(ends.inner_ends) / 2 as connections,
        sum(ends.inner_weight) / max(all_weight.weight)
        - power(sum(ends.weight) / max(all_weight.weight), 2) as modularity
    from ends
    cross join all_weight
    group by ends.community

),

sizes as (

    select
        community,
        count(*) as customers
    from members
    group by community

),

leaders as (

    select
        influence.community_id as community,
        influence.one_id,
        row_number() over (
            partition by influence.community_id order by influence.page_rank_position
        ) as place
    from {{ ref("influence") }} as influence
    where influence.page_rank_position is not null

),

rows_of_communities as (

    select
        communities.community,
        leaders.one_id as leading_one_id,
        sizes.customers,
        communities.connections,
        communities.modularity
    from communities
    inner join sizes on communities.community = sizes.community
    left join leaders on communities.community = leaders.community and leaders.place = 1
    union all
    select
        'all' as community,
        max(case when leaders.page_rank_position = 1 then leaders.one_id end) as leading_one_id,
        count(*) as customers,
        (select count(*) from pairs) as connections,
        (select sum(modularity) from communities) as modularity
    from {{ ref("influence") }} as leaders
    where leaders.page_rank_position is not null
    having count(*) > 0

)

select
    cast(rows_of_communities.community as string) as community_id,
    cast(rows_of_communities.leading_one_id as string) as leading_one_id,
    cast(rows_of_communities.customers as bigint) as customers,
    cast(rows_of_communities.connections as bigint) as connections,
    cast(
        2 * rows_of_communities.connections
        / cast(
            nullif(rows_of_communities.customers * (rows_of_communities.customers - 1), 0) as double
        ) as double
    ) as density,
    -- the order in which doubles are added differs from run to run
    cast(round(rows_of_communities.modularity, 12) as double) as modularity,
    cast(as_of.as_of_date as date) as as_of_date
from rows_of_communities
cross join as_of
