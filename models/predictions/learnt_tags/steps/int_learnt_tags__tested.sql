{#-
    Each labelled customer by the versions that learnt from the other four fifths, and whether it is
    among as many as are labelled so.
-#}
{%- set customers -%}
    select
        label_code, one_id, fold, outcome
    from {{ ref("int_learnt_tags__customers") }}
    where is_sampled
{%- endset -%}
{%- set parameters -%}
    select * from {{ ref("int_learnt_tags__parameters") }}
    where reason is null and fold > 0
{%- endset -%}
with

scored as (

    {{ learnt_tag_scores(customers, parameters, "customers.fold = bases.fold") }}

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
            partition by label_code, method order by probability desc, one_id asc
        ) as place,
        sum(outcome) over (partition by label_code, method) as positives
    from probabilities

),

cut as (

    select
        *,
        min(case when place <= positives then probability end) over (
            partition by label_code, method
        ) as positive_from
    from ranked

)

select
    cast(label_code as string) as label_code,
    cast(one_id as string) as one_id,
    cast(method as string) as method,
    cast(model_version as string) as model_version,
    cast(fold as integer) as fold,
    cast(outcome as integer) as outcome,
    cast(score as double) as score,
    cast(probability as double) as probability,
    cast(positive_from as double) as positive_from,
    cast(probability >= positive_from as boolean) as is_positive
from cut
