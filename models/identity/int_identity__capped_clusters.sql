with

clusters as (

    select * from {{ ref("int_identity__clusters") }}

),

over_caps as (

    select distinct component from {{ ref("int_identity__over_caps") }}

),

parts as (

    select * from {{ ref("int_identity__capped_parts") }}

),

capped_clusters as (

    select
        clusters.node,
        case
            when over_caps.component is null then clusters.component
            else coalesce(parts.component, clusters.node)
        end as component
    from clusters
    left join over_caps on clusters.component = over_caps.component
    left join parts on clusters.node = parts.node

)

select * from capped_clusters
