{#-
    Each sampled customer by the versions that learnt from the other folds: where it stands, and
    whether it is among as many as are labelled so.
-#}
{%- set customers -%}
    select
        purpose, one_id, fold, outcome, customers_stood_for
    from {{ ref("int_learnt__customers") }}
    where is_sampled
{%- endset -%}
{%- set parameters -%}
    select * from {{ ref("int_learnt__parameters") }}
    where reason is null and fold > 0
{%- endset -%}
with

scored as (

    {{ learnt_scores(customers, parameters, "customers.fold = bases.fold") }}

),

purposes as (

    select
        purpose,
        scope
    from {{ ref("int_learnt__purposes") }}

),

probabilities as (

    select
        *,
        {{ logistic_probability("score") }} as probability
    from scored

),

ranked as (

    select
        *,
        row_number() over (
            partition by purpose, method order by probability desc, one_id asc
        ) as place,
        sum(outcome) over (partition by purpose, method) as positives,
        sum(customers_stood_for) over (partition by purpose, method, fold) as all_customers,
        sum(customers_stood_for) over (
            partition by purpose, method, fold order by score
        ) as not_higher,
        sum(customers_stood_for) over (partition by purpose, method, fold, score) as equal_ones,
        sum(customers_stood_for) over (
            partition by purpose, method, fold
            order by score desc, md5(one_id) asc, one_id asc
            rows between unbounded preceding and current row
        ) as down_to_here
    from probabilities

),

cut as (

    select
        *,
        min(case when place <= positives then probability end) over (
            partition by purpose, method
        ) as positive_from
    from ranked

)

select
    cast(cut.purpose as string) as purpose,
    cast(cut.one_id as string) as one_id,
    cast(cut.method as string) as method,
    cast(cut.model_version as string) as model_version,
    cast(cut.fold as integer) as fold,
    cast(cut.outcome as integer) as outcome,
    cast(cut.score as double) as score,
    cast(cut.probability as double) as probability,
    -- log odds of a crowd say nothing across folds: seeds and others are drawn apart
    cast(
        case
            when purposes.scope = 'look_alike'
                then round((cut.not_higher - cut.equal_ones / 2) / cut.all_customers, 12)
            else cut.probability
        end as double
    ) as standing,
    cast(cut.customers_stood_for as double) as customers_stood_for,
    cast(cut.down_to_here / cut.all_customers as double) as share_down_to_here,
    cast(cut.customers_stood_for / cut.all_customers as double) as own_share,
    cast(cut.positive_from as double) as positive_from,
    cast(cut.probability >= cut.positive_from as boolean) as is_positive
from cut
inner join purposes on cut.purpose = purposes.purpose
