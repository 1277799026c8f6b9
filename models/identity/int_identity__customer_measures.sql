with

profiles as (

    select * from {{ ref("int_identity__profiles") }}

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

identifiers as (

    select * from {{ ref("int_identity__identifiers") }}

),

rules as (

    select * from {{ ref("identifier_types") }}

),

links as (

    select * from {{ ref("int_identity__links") }}

),

sure_parts as (

    select * from {{ ref("int_identity__sure_parts") }}

),

counted as (

    select
        one_ids.one_id,
        count(*) as profiles_per_customer,
        count(distinct profiles.name_key) as names_per_customer,
        count(distinct profiles.birth_date) as birth_dates_per_customer
    from profiles
    inner join one_ids on profiles.profile_id = one_ids.profile_id
    group by one_ids.one_id

),

exclusive as (

    select
        one_id,
        max(value_count) as exclusive_values_per_customer
    from (
        select
            one_ids.one_id,
            identifiers.identifier_type,
            identifiers.namespace,
            count(distinct identifiers.identifier_hash) as value_count
        from identifiers
        inner join rules
            on identifiers.identifier_type = rules.identifier_type and rules.is_exclusive
        inner join one_ids on identifiers.profile_id = one_ids.profile_id
        group by one_ids.one_id, identifiers.identifier_type, identifiers.namespace
    ) as counted_values
    group by one_id

),

-- a part with nothing but cookies identifies no person
parts as (

    select
        one_ids.one_id,
        profiles.profile_id,
        coalesce(sure_parts.component, profiles.profile_id) as part,
        max(case when profiles.record_type <> 'cookie' then 1 else 0 end) over (
            partition by coalesce(sure_parts.component, profiles.profile_id)
        ) as has_person
    from profiles
    inner join one_ids on profiles.profile_id = one_ids.profile_id
    left join sure_parts on profiles.profile_id = sure_parts.node

),

weak as (

    select one_id, count(*) as weak_links_of_customer
    from (
        select parts.one_id
        from links
        inner join parts on links.profile_id = parts.profile_id and parts.has_person = 1
        inner join parts as others
            on
                links.linked_profile_id = others.profile_id
                and others.has_person = 1
                and parts.part <> others.part
        group by
            parts.one_id,
            least(parts.part, others.part),
            greatest(parts.part, others.part)
        having count(*) = 1
    ) as only_links
    group by one_id

),

customer_measures as (

    select
        counted.*,
        coalesce(exclusive.exclusive_values_per_customer, 0) as exclusive_values_per_customer,
        coalesce(weak.weak_links_of_customer, 0) as weak_links_of_customer
    from counted
    left join exclusive on counted.one_id = exclusive.one_id
    left join weak on counted.one_id = weak.one_id

)

select * from customer_measures
