{#-
    The master scale: grades of about equally many labelled customers by the probability that a
    version gave that had not seen them, each with the share of ones among them.
-#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

labels as (

    select
        purpose,
        code as label_code
    from {{ ref("int_learnt__purposes") }}
    where scope = 'learnt_tag'

),

tested as (

    select
        labels.label_code,
        tested.one_id,
        tested.probability,
        tested.outcome
    from {{ ref("int_learnt__tested") }} as tested
    inner join labels on tested.purpose = labels.purpose
    inner join {{ ref("int_learnt__models") }} as models
        on
            tested.purpose = models.purpose
            and tested.model_version = models.model_version
    where models.is_chosen

),

tenths as (

    select
        *,
        ntile(10) over (partition by label_code order by probability, one_id) as tenth
    from tested

),

lows as (

    select
        label_code,
        tenth,
        min(probability) as low
    from tenths
    group by label_code, tenth

),

-- equal probabilities are one grade
begun as (

    select
        label_code,
        low,
        min(tenth) as tenth
    from lows
    group by label_code, low

),

grades as (

    select
        label_code,
        case when tenth = 1 then 0 else low end as low,
        row_number() over (partition by label_code order by low) as grade,
        lead(low) over (partition by label_code order by low) as high
    from begun

),

counted as (

    select
        grades.label_code,
        grades.grade,
        grades.low,
        grades.high,
        count(*) as tested_customers,
        sum(tested.outcome) as positives,
        avg(tested.probability) as mean_probability,
        avg(cast(tested.outcome as double)) as rate
    from grades
    inner join tested
        on
            grades.label_code = tested.label_code
            and grades.low <= tested.probability
            and (grades.high is null or grades.high > tested.probability)
    group by grades.label_code, grades.grade, grades.low, grades.high

)

select
    cast(counted.label_code as string) as label_code,
    cast(counted.grade as integer) as grade,
    cast(counted.low as double) as low,
    cast(counted.high as double) as high,
    cast(counted.tested_customers as bigint) as tested_customers,
    cast(counted.positives as bigint) as positives,
    cast(counted.mean_probability as double) as mean_probability,
    cast(counted.rate as double) as rate,
    cast(
        greatest(
            counted.rate
            - 1.96 * sqrt(counted.rate * (1 - counted.rate) / counted.tested_customers),
            0
        ) as double
    ) as rate_low,
    cast(
        least(
            counted.rate
            + 1.96 * sqrt(counted.rate * (1 - counted.rate) / counted.tested_customers),
            1
        ) as double
    ) as rate_high,
    cast(as_of.as_of_date as date) as as_of_date
from counted
cross join as_of
