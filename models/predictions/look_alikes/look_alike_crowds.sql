{#- Each crowd: what its seeds are, how well they are told from others, or why nobody is named. -#}
{%- set crowds = look_alike_crowds() -%}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

crowds as (

    {% for crowd in crowds -%}
        select
            '{{ crowd.code }}' as crowd_code,
            '{{ (crowd.where or crowd.labels).replace("'", "''") }}' as seeded_by,
            {{ "cast(null as string)" if crowd.where else "'" ~ crowd.labels ~ "'" }} as label_code
        {{ "union all" if not loop.last }}
    {% else -%}
        select
            'none' as crowd_code,
            'none' as seeded_by,
            'none' as label_code
        where false
    {% endfor %}

),

-- keys of lists that are no customer's, or speak against each other
keys as (

    select
        label_code,
        count(*) as given_keys,
        count(case when one_id is null then 1 end) as refused_keys
    from {{ ref("int_predictions__labels") }}
    where label_value = 1
    group by label_code

),

customers as (

    select
        crowd_code,
        count(case when is_seed then 1 end) as seeds,
        count(case when not is_seed then 1 end) as other_customers
    from {{ ref("int_look_alikes__customers") }}
    group by crowd_code

),

models as (

    select * from {{ ref("int_look_alikes__models") }}

),

-- of a crowd without a model, what kept the widest one from being used
told as (

    select
        crowd_code,
        max(case when is_chosen then method end) as method,
        max(case when is_chosen then model_version end) as model_version,
        max(case when is_chosen then 1 else 0 end) as has_model,
        max(case when method = 'logistic' then reason end) as reason,
        max(spies) as spies,
        max(reliable_negatives) as reliable_negatives
    from models
    group by crowd_code

),

lifts as (

    select
        back_tests.purpose,
        max(case when back_tests.metric = 'auc' then back_tests.value end) as auc,
        max(case when back_tests.metric = 'lift_at_1' then back_tests.value end) as lift_at_1,
        max(case when back_tests.metric = 'lift_at_5' then back_tests.value end) as lift_at_5,
        max(case when back_tests.metric = 'lift_at_10' then back_tests.value end) as lift_at_10
    from {{ ref("int_look_alikes__back_tests") }} as back_tests
    inner join models
        on back_tests.model_version = models.model_version and back_tests.purpose = models.purpose
    where models.is_chosen
    group by back_tests.purpose

),

members as (

    select
        crowd_code,
        count(*) as look_alikes
    from {{ ref("look_alikes") }}
    group by crowd_code

)

select
    cast(crowds.crowd_code as string) as crowd_code,
    cast(crowds.seeded_by as string) as seeded_by,
    cast(
        case
            when coalesce(customers.seeds, 0) = 0 then 'no_seed'
            when customers.other_customers = 0 then 'everybody_is_a_seed'
            when told.has_model = 1 then null
            else told.reason
        end as string
    ) as reason,
    cast(told.method as string) as method,
    cast(told.model_version as string) as model_version,
    cast(keys.given_keys as bigint) as given_keys,
    cast(keys.refused_keys as bigint) as refused_keys,
    cast(coalesce(customers.seeds, 0) as bigint) as seeds,
    cast(coalesce(customers.other_customers, 0) as bigint) as other_customers,
    cast(told.spies as bigint) as spies,
    cast(told.reliable_negatives as bigint) as reliable_negatives,
    cast(coalesce(members.look_alikes, 0) as bigint) as look_alikes,
    cast(lifts.auc as double) as auc,
    cast(lifts.lift_at_1 as double) as lift_at_1,
    cast(lifts.lift_at_5 as double) as lift_at_5,
    cast(lifts.lift_at_10 as double) as lift_at_10,
    cast(as_of.as_of_date as date) as as_of_date
from crowds
cross join as_of
left join keys on crowds.label_code = keys.label_code
left join customers on crowds.crowd_code = customers.crowd_code
left join told on crowds.crowd_code = told.crowd_code
left join lifts on 'look_alike_' || crowds.crowd_code = lifts.purpose
left join members on crowds.crowd_code = members.crowd_code
