{#- Each sampled customer by the versions that learnt from the other two thirds. -#}
{%- set customers -%}
    select
        crowd_code, one_id, fold, customers_stood_for, is_seed
    from {{ ref("int_look_alikes__customers") }}
    where is_sampled
{%- endset -%}
{%- set parameters -%}
    select * from {{ ref("int_look_alikes__parameters") }}
    where reason is null and fold > 0
{%- endset -%}
with

scored as (

    {{ look_alike_scores(customers, parameters, "customers.fold = bases.fold") }}

),

-- versions of different folds are compared by the share of customers that they put lower
placed as (

    select
        *,
        sum(customers_stood_for) over (partition by crowd_code, method, fold) as all_customers,
        sum(customers_stood_for) over (
            partition by crowd_code, method, fold order by score
        ) as not_higher,
        sum(customers_stood_for) over (partition by crowd_code, method, fold, score) as equal_ones,
        sum(customers_stood_for) over (
            partition by crowd_code, method, fold
            order by score desc, md5(one_id) asc, one_id asc
            rows between unbounded preceding and current row
        ) as down_to_here
    from scored

)

select
    cast(crowd_code as string) as crowd_code,
    cast(one_id as string) as one_id,
    cast(method as string) as method,
    cast(model_version as string) as model_version,
    cast(fold as integer) as fold,
    cast(score as double) as score,
    cast(round((not_higher - equal_ones / 2) / all_customers, 12) as double) as probability,
    cast(customers_stood_for as double) as customers_stood_for,
    cast(down_to_here / all_customers as double) as share_down_to_here,
    cast(customers_stood_for / all_customers as double) as own_share,
    cast(case when is_seed then 1 else 0 end as integer) as outcome
from placed
