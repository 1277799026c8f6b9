{#-
    Of the methods that tell seeds from others better than chance the one with the largest area; of
    equal ones the simplest.
-#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

versions as (

    select * from {{ ref("int_look_alikes__parameters") }}
    where feature = 'intercept' and fold = 0

),

areas as (

    select
        purpose,
        method,
        value,
        value_low
    from {{ ref("int_look_alikes__back_tests") }}
    where metric = 'auc'

),

ranked as (

    select
        versions.*,
        'look_alike_' || versions.crowd_code as purpose,
        areas.value_low > 0.5 as is_useful,
        row_number() over (
            partition by versions.crowd_code
            order by
                case when areas.value_low > 0.5 then 0 else 1 end,
                round(areas.value, 9) desc,
                case versions.method when 'rfm' then 1 when 'logistic' then 2 else 3 end
        ) as preference
    from versions
    left join areas
        on
            'look_alike_' || versions.crowd_code = areas.purpose
            and versions.method = areas.method

),

judged as (

    select
        *,
        coalesce(is_useful and preference = 1, false) as is_chosen
    from ranked

)

select
    cast(judged.purpose as string) as purpose,
    cast(judged.crowd_code as string) as crowd_code,
    cast(judged.model_version as string) as model_version,
    cast(judged.method as string) as method,
    cast(judged.library_versions as string) as library_versions,
    cast(
        case
            when judged.reason is not null then judged.reason
            when judged.is_chosen and judged.method = 'rfm' then 'baseline_not_beaten'
            when judged.is_chosen then 'tells_seeds_best'
            when not coalesce(judged.is_useful, false) then 'no_better_than_chance'
            when judged.method = 'rfm' then 'baseline'
            else 'another_method_is_better'
        end as string
    ) as reason,
    cast(null as integer) as horizon_days,
    cast(judged.rows_trained as bigint) as rows_trained,
    cast(judged.seeds_trained as bigint) as seeds_trained,
    cast(judged.spies as bigint) as spies,
    cast(judged.reliable_negatives as bigint) as reliable_negatives,
    cast(null as bigint) as seed,
    cast(judged.is_chosen as boolean) as is_chosen,
    cast(as_of.as_of_date as date) as train_from_date,
    cast(as_of.as_of_date as date) as train_to_date,
    cast(as_of.as_of_date as date) as as_of_date
from judged
cross join as_of
