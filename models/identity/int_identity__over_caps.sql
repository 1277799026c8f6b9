{#- Clusters that hold more values of a type than a customer may, ever or begun within a window. -#}
with

identifiers as (

    select * from {{ ref("int_identity__identifiers") }}

),

suspects as (

    select * from {{ ref("int_identity__suspect_identifiers") }}

),

rules as (

    select * from {{ ref("identifier_types") }}
    where max_per_customer is not null or max_per_customer_in_window is not null

),

clusters as (

    select * from {{ ref("int_identity__clusters") }}

),

-- rows are counted before values: few clusters have as many
counted as (

    select
        clusters.component,
        rules.identifier_type
    from identifiers
    inner join rules on identifiers.identifier_type = rules.identifier_type
    inner join clusters on identifiers.profile_id = clusters.node
    group by clusters.component, rules.identifier_type
    having
        count(*)
        > min(least(
            coalesce(rules.max_per_customer, rules.max_per_customer_in_window),
            coalesce(rules.max_per_customer_in_window, rules.max_per_customer)
        ))

),

held as (

    select
        counted.component,
        counted.identifier_type,
        identifiers.identifier_hash,
        min({{ business_date("identifiers.first_seen_at") }}) as first_seen_date
    from counted
    inner join clusters on counted.component = clusters.component
    inner join identifiers
        on
            clusters.node = identifiers.profile_id
            and counted.identifier_type = identifiers.identifier_type
    left join suspects
        on
            identifiers.profile_id = suspects.profile_id
            and identifiers.identifier_hash = suspects.identifier_hash
    where suspects.profile_id is null
    group by counted.component, counted.identifier_type, identifiers.identifier_hash

),

ever as (

    select
        held.component,
        held.identifier_type,
        count(*) as value_count,
        min(rules.max_per_customer) as max_values
    from held
    inner join rules on held.identifier_type = rules.identifier_type
    group by held.component, held.identifier_type
    having count(*) > min(rules.max_per_customer)

),

moments as (

    select
        held.component,
        held.identifier_type,
        held.identifier_hash,
        count(*) as value_count,
        min(rules.max_per_customer_in_window) as max_values
    from held
    inner join rules on held.identifier_type = rules.identifier_type
    inner join held as others
        on
            held.component = others.component
            and held.identifier_type = others.identifier_type
            and held.first_seen_date <= others.first_seen_date
            and {{ add_days("held.first_seen_date", "rules.window_days") }}
            > others.first_seen_date
    group by held.component, held.identifier_type, held.identifier_hash
    having count(*) > min(rules.max_per_customer_in_window)

),

in_window as (

    select
        component,
        identifier_type,
        max(value_count) as value_count,
        min(max_values) as max_values
    from moments
    group by component, identifier_type

),

over_caps as (

    select
        component,
        identifier_type,
        'max_per_customer' as cap,
        value_count,
        max_values
    from ever
    union all
    select
        component,
        identifier_type,
        'max_per_customer_in_window' as cap,
        value_count,
        max_values
    from in_window

)

select * from over_caps
