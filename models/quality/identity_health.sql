with

customer_measures as (

    select * from {{ ref("int_identity__customer_measures") }}

),

norms as (

    select * from {{ ref("identity_norms") }}

),

links as (

    select count(*) as link_count from {{ ref("int_identity__links") }}

),

refusals as (

    select count(*) as refusal_count from {{ ref("int_identity__refusals") }}

),

suppressed_identifiers as (

    select count(distinct identifier_hash) as suppressed_count
    from {{ ref("int_identity__suppressed_identifiers") }}

),

shared_values as (

    select count(*) as value_count
    from (
        select identifier_type, identifier_hash
        from {{ ref("int_identity__identifiers") }}
        group by identifier_type, identifier_hash
        having count(*) > 1
    ) as values_of_several

),

totals as (

    select
        1 - count(*) / nullif(cast(sum(profiles_per_customer) as double), 0) as merged_share,
        max(profiles_per_customer) as largest_customer
    from customer_measures

),

measured as (

    select 'merged_share' as measure_code, merged_share as measured from totals
    union all
    select 'largest_customer' as measure_code, cast(largest_customer as double) as measured
    from totals
    union all
    select
        'refused_share' as measure_code,
        refusals.refusal_count / cast(greatest(links.link_count, 1) as double) as measured
    from links
    cross join refusals
    union all
    select
        'suppressed_share' as measure_code,
        suppressed_identifiers.suppressed_count
        / cast(greatest(shared_values.value_count, 1) as double) as measured
    from suppressed_identifiers
    cross join shared_values

),

identity_health as (

    select
        norms.measure_code,
        norms.name_en,
        norms.name_zh,
        norms.reason,
        measured.measured,
        norms.normal_from,
        norms.normal_to,
        coalesce(
            measured.measured between norms.normal_from and norms.normal_to, true
        ) as is_normal
    from norms
    inner join measured on norms.measure_code = measured.measure_code

)

select
    cast(measure_code as string) as measure_code,
    cast(name_en as string) as name_en,
    cast(name_zh as string) as name_zh,
    cast(reason as string) as reason,
    cast(measured as double) as measured,
    cast(normal_from as double) as normal_from,
    cast(normal_to as double) as normal_to,
    cast(is_normal as boolean) as is_normal
from identity_health
