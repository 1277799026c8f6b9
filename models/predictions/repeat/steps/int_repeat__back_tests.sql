with

tested as (

    select * from {{ ref("int_repeat__tested") }}

),

totals as (

    select
        purpose,
        model_version,
        method,
        tested_date,
        count(*) as customers,
        avg(error) as deviance,
        stddev_samp(error) / sqrt(cast(count(*) as double)) as deviance_error,
        sqrt(avg((expected - outcome) * (expected - outcome))) as root_mean_squared_error,
        avg(abs(expected - outcome)) as mean_absolute_error,
        avg(outcome) as mean_outcome,
        sum(expected) / nullif(sum(outcome), 0) as total_ratio
    from tested
    group by purpose, model_version, method, tested_date

),

metrics as (

    select
        *,
        'deviance' as metric,
        deviance as value,
        deviance - 1.96 * deviance_error as value_low,
        deviance + 1.96 * deviance_error as value_high
    from totals
    {% for metric in [
        "root_mean_squared_error", "mean_absolute_error", "mean_outcome", "total_ratio"
    ] -%}
        union all
        select
            *,
            '{{ metric }}' as metric,
            {{ metric }} as value,
            cast(null as double) as value_low,
            cast(null as double) as value_high
        from totals
    {% endfor %}

)

select
    cast(purpose as string) as purpose,
    cast(model_version as string) as model_version,
    cast(method as string) as method,
    cast(metric as string) as metric,
    cast(value as double) as value,
    cast(value_low as double) as value_low,
    cast(value_high as double) as value_high,
    cast(customers as bigint) as customers,
    cast(method <> 'poisson' as boolean) as is_baseline,
    cast(tested_date as date) as tested_date
from metrics
