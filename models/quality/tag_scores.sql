with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

catalogue as (

    select * from {{ ref("int_registry__catalogue") }}
    where status = 'live'

),

customers as (

    select count(*) as customers from {{ ref("customers") }}

),

value_counts as (

    select * from {{ ref("int_history__tag_value_counts") }}

),

stability as (

    select * from {{ ref("int_history__tag_stability") }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by tag_code order by customers desc, tag_value asc
        ) as popularity
    from value_counts

),

measured as (

    select
        tag_code,
        sum(customers) as customers_with_value,
        count(distinct tag_value) as distinct_values,
        max(case when popularity = 1 then tag_value end) as most_frequent_value,
        max(customers) as most_frequent_customers,
        min(as_of_date) as as_of_date
    from ranked
    group by tag_code

),

-- half a customer more in each group, so that an empty one has a logarithm
shares as (

    select
        tag_code,
        reference_date,
        reference_customers,
        current_customers,
        group_kind <> 'none' as has_value,
        (reference_customers + 0.5)
        / (sum(reference_customers + 0.5) over (partition by tag_code)) as reference_share,
        (current_customers + 0.5)
        / (sum(current_customers + 0.5) over (partition by tag_code)) as current_share,
        (reference_customers + 0.5) / (
            sum(reference_customers + 0.5) over (partition by tag_code, group_kind = 'none')
        ) as reference_value_share,
        (current_customers + 0.5) / (
            sum(current_customers + 0.5) over (partition by tag_code, group_kind = 'none')
        ) as current_value_share
    from stability

),

indexes as (

    select
        tag_code,
        reference_date,
        count(*) - 1 as degrees,
        sum(case when has_value then 1 else 0 end) - 1 as value_degrees,
        1.0 / nullif(sum(reference_customers), 0)
        + 1.0 / nullif(sum(current_customers), 0) as spread,
        1.0 / nullif(sum(case when has_value then reference_customers end), 0)
        + 1.0 / nullif(sum(case when has_value then current_customers end), 0) as value_spread,
        sum(
            (current_share - reference_share) * ln(current_share / reference_share)
        ) as psi,
        sum(
            case
                when has_value
                    then
                        (current_value_share - reference_value_share)
                        * ln(current_value_share / reference_value_share)
            end
        ) as psi_of_values
    from shares
    group by tag_code, reference_date

),

-- what chance alone exceeds once in a hundred: chi-squared by Wilson and Hilferty
noise as (

    select
        *,
        spread * degrees * power(
            1 - 2.0 / (9 * nullif(degrees, 0)) + 2.3263 * sqrt(2.0 / (9 * nullif(degrees, 0))), 3
        ) as psi_noise,
        value_spread * value_degrees * power(
            1 - 2.0 / (9 * nullif(value_degrees, 0))
            + 2.3263 * sqrt(2.0 / (9 * nullif(value_degrees, 0))), 3
        ) as psi_of_values_noise
    from indexes
    -- without customers on one of the dates
    where spread is not null

),

scored as (

    select
        catalogue.tag_code,
        catalogue.family,
        measured.most_frequent_value,
        customers.customers,
        coalesce(measured.customers_with_value, 0) as customers_with_value,
        coalesce(measured.customers_with_value, 0)
        / nullif(cast(customers.customers as double), 0) as coverage,
        catalogue.min_coverage,
        coalesce(measured.distinct_values, 0) as distinct_values,
        measured.most_frequent_customers
        / cast(measured.customers_with_value as double) as most_frequent_share,
        noise.psi,
        noise.psi_of_values,
        noise.psi_noise,
        catalogue.max_psi,
        coalesce(
            noise.psi > catalogue.max_psi
            and noise.psi > coalesce(noise.psi_noise, 0),
            false
        ) as has_shifted,
        coalesce(
            noise.psi_of_values > catalogue.max_psi
            and noise.psi_of_values > coalesce(noise.psi_of_values_noise, 0),
            false
        ) as has_shifted_values,
        case
            when noise.tag_code is not null then null
            when catalogue.tag_code in (select tag_code from indexes)
                then 'there were no customers on one of the two dates'
            else 'no build of {{ var("tag_psi_days") }} days ago or earlier to compare with'
        end as psi_reason,
        {{ days_between("measured.as_of_date", "as_of.as_of_date") }} as days_behind,
        measured.as_of_date,
        noise.reference_date as psi_reference_date
    from catalogue
    cross join customers
    cross join as_of
    left join measured on catalogue.tag_code = measured.tag_code
    left join noise on catalogue.tag_code = noise.tag_code

),

-- the most serious reason is named; a fail is a fault of the build, a warning a look at the data
assessed as (

    select
        *,
        case
            when days_behind <> 0 then 'fail'
            when customers > 0 and customers_with_value = 0 and min_coverage > 0 then 'fail'
            when coverage < min_coverage or has_shifted or has_shifted_values then 'warn'
            else 'ok'
        end as status,
        case
            when days_behind <> 0
                then
                    'made for another date than the build: ' || cast(days_behind as string)
                    || ' days behind'
            when customers > 0 and customers_with_value = 0 and min_coverage > 0
                then 'no customer has a value'
            when coverage < min_coverage
                then
                    'coverage ' || cast(round(coverage, 4) as string) || ' is below '
                    || cast(min_coverage as string)
            when has_shifted
                then
                    'stability index ' || cast(round(psi, 4) as string) || ' is above '
                    || cast(max_psi as string)
            when has_shifted_values
                then
                    'stability index among those with a value '
                    || cast(round(psi_of_values, 4) as string) || ' is above '
                    || cast(max_psi as string)
            else ''
        end as reason
    from scored

)

select
    cast(tag_code as string) as tag_code,
    cast(family as string) as family,
    cast(status as string) as status,
    cast(reason as string) as reason,
    cast(most_frequent_value as string) as most_frequent_value,
    cast(psi_reason as string) as psi_reason,
    cast(customers as bigint) as customers,
    cast(customers_with_value as bigint) as customers_with_value,
    cast(coverage as double) as coverage,
    cast(min_coverage as double) as min_coverage,
    cast(distinct_values as bigint) as distinct_values,
    cast(most_frequent_share as double) as most_frequent_share,
    cast(psi as double) as psi,
    cast(psi_of_values as double) as psi_of_values,
    cast(psi_noise as double) as psi_noise,
    cast(max_psi as double) as max_psi,
    cast(days_behind as integer) as days_behind,
    cast(psi_reference_date as date) as psi_reference_date,
    cast(as_of_date as date) as as_of_date
from assessed
