-- a broken feed stops here, before behaviour, tags and marts
-- depends_on: {{ ref("gx_raw_in") }}

with

moments as (

    select source_system, 'orders' as kind, ordered_at as occurred_at
    from {{ ref("input_orders") }}
    union all
    select source_system, 'events' as kind, occurred_at from {{ ref("input_events") }}
    union all
    select source_system, 'people' as kind, greatest(registered_at, updated_at) as occurred_at
    from {{ ref("input_people") }}
    union all
    select source_system, 'touches' as kind, sent_at as occurred_at
    from {{ ref("input_touches") }}
    union all
    select source_system, 'tickets' as kind, opened_at as occurred_at
    from {{ ref("input_tickets") }}
    union all
    select source_system, 'calls' as kind, started_at as occurred_at
    from {{ ref("input_calls") }}
    union all
    select source_system, 'posts' as kind, posted_at as occurred_at from {{ ref("input_posts") }}
    union all
    select source_system, 'shares' as kind, occurred_at from {{ ref("input_shares") }}

)

select
    cast(source_system as string) as source_system,
    cast(kind as string) as kind,
    cast(occurred_at as date) as occurred_date,
    cast(count(*) as bigint) as row_count,
    cast(max(occurred_at) as timestamp) as newest_at
from moments
where occurred_at is not null
group by source_system, kind, cast(occurred_at as date)
