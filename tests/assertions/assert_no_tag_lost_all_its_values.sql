{{ config(severity="warn", group="tags") }}
{%- set many, notable_share = 100, 0.05 %}

-- A tag that nobody has any more is not published: it had values within the last tag_psi_days,
-- and now there is none. One of which the catalogue asks no coverage may run out (a moment
-- that passed), but not from a twentieth of all customers to nobody at once. A tag that never
-- had a value in this shop is only warned of. One of another date than the build is a fault.
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

tag_scores as (

    select * from {{ ref("tag_scores") }}

),

earlier as (

    select distributions.*
    from {{ ref("int_history__tag_distributions") }} as distributions
    cross join as_of
    where
        distributions.as_of_date < as_of.as_of_date
        and distributions.as_of_date
        >= {{ add_days("as_of.as_of_date", -var("tag_psi_days")) }}

),

-- of a date that was built again, the last build counts
last_builds as (

    select
        tag_code,
        as_of_date,
        max(build_number) as build_number
    from earlier
    group by tag_code, as_of_date

),

counts as (

    select
        earlier.tag_code,
        earlier.as_of_date,
        sum(case when earlier.bin_kind <> 'none' then earlier.customers else 0 end)
            as customers_with_value,
        sum(earlier.customers) as customers
    from earlier
    inner join last_builds
        on
            earlier.tag_code = last_builds.tag_code
            and earlier.as_of_date = last_builds.as_of_date
            and earlier.build_number = last_builds.build_number
    group by earlier.tag_code, earlier.as_of_date

),

last_held as (

    select
        *,
        row_number() over (partition by tag_code order by as_of_date desc) as dates_back
    from counts
    where customers_with_value > 0

)

select
    tag_scores.tag_code,
    tag_scores.days_behind,
    tag_scores.customers_with_value,
    last_held.customers_with_value as customers_with_value_then,
    last_held.as_of_date as last_held_date
from tag_scores
left join last_held
    on tag_scores.tag_code = last_held.tag_code and last_held.dates_back = 1
where
    tag_scores.days_behind <> 0
    or (
        tag_scores.customers > 0
        and tag_scores.customers_with_value = 0
        and (
            (tag_scores.min_coverage > 0 and last_held.customers_with_value > 0)
            or (
                last_held.customers_with_value >= {{ many }}
                and last_held.customers_with_value >= {{ notable_share }} * last_held.customers
            )
        )
    )
