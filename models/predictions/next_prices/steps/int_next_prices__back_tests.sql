{#-
    What the bands and prices were worth. A customer's categories are no independent trials: the
    intervals are those of a ratio of sums over customers (Cochran 1977, Sampling techniques, 6).
-#}
{%- set means = {
    "accuracy": "is_hit",
    "brier": "error",
    "log_loss": "-ln(greatest(probability_after, 1e-12))",
    "mean_absolute_error": "abs(expected_price - price_after)",
} -%}
{%- set keys = "purpose, model_version, method, tested_date" -%}
with

tested as (

    select
        *,
        cast(case when price_band = band_after then 1 else 0 end as double) as is_hit,
        ntile(10) over (
            partition by {{ keys }}
            order by round(probability, 9), one_id, category
        ) as bin
    from {{ ref("int_next_prices__tested") }}

),

customers as (

    select
        {{ keys }},
        one_id,
        {% for metric, value in means.items() -%}
            sum({{ value }}) as {{ metric }},
        {% endfor -%}
        count(*) as trials
    from tested
    group by {{ keys }}, one_id

),

totals as (

    select
        {{ keys }},
        {% for metric in means -%}
            sum({{ metric }}) / sum(trials) as {{ metric }},
        {% endfor -%}
        sum(trials) as trials,
        count(*) as customers
    from customers
    group by {{ keys }}

),

errors as (

    select
        customers.purpose,
        customers.model_version,
        customers.method,
        {% for metric in means -%}
            {%- set distance -%}
                (customers.{{ metric }} - customers.trials * totals.{{ metric }})
            {%- endset -%}
            case
                when max(totals.customers) > 1
                    then
                        1.96 * sqrt(
                            sum({{ distance }} * {{ distance }})
                            * max(totals.customers) / (max(totals.customers) - 1)
                        ) / max(totals.trials)
            end as {{ metric }},
        {% endfor -%}
        customers.tested_date
    from customers
    inner join totals
        on
            customers.purpose = totals.purpose
            and customers.model_version = totals.model_version
            and customers.method = totals.method
            and customers.tested_date = totals.tested_date
    group by
        customers.purpose, customers.model_version, customers.method, customers.tested_date

),

bins as (

    select
        {{ keys }},
        bin,
        abs(sum(probability - is_hit)) as distance,
        count(*) as trials
    from tested
    group by {{ keys }}, bin

),

calibration_errors as (

    select
        {{ keys }},
        sum(distance) / sum(trials) as value
    from bins
    group by {{ keys }}

),

price_ratios as (

    select
        {{ keys }},
        sum(expected_price) / sum(price_after) as value
    from tested
    group by {{ keys }}

),

metrics as (

    {% for metric in means -%}
        select
            totals.purpose,
            totals.model_version,
            totals.method,
            totals.tested_date,
            '{{ metric }}' as metric,
            totals.{{ metric }} as value,
            case
                when errors.{{ metric }} is not null
                    then greatest(totals.{{ metric }} - errors.{{ metric }}, 0)
            end as value_low,
            {% if metric == "accuracy" -%}
                case
                    when errors.accuracy is not null
                        then least(totals.accuracy + errors.accuracy, 1)
                end as value_high,
            {% else -%}
                totals.{{ metric }} + errors.{{ metric }} as value_high,
            {% endif -%}
            totals.customers
        from totals
        inner join errors
            on
                totals.purpose = errors.purpose
                and totals.model_version = errors.model_version
                and totals.method = errors.method
                and totals.tested_date = errors.tested_date
        union all
    {% endfor -%}
    {% for metric, relation in (
        ("calibration_error", "calibration_errors"), ("total_ratio", "price_ratios")
    ) -%}
        select
            totals.purpose,
            totals.model_version,
            totals.method,
            totals.tested_date,
            '{{ metric }}' as metric,
            {{ relation }}.value,
            cast(null as double) as value_low,
            cast(null as double) as value_high,
            totals.customers
        from totals
        inner join {{ relation }}
            on
                totals.purpose = {{ relation }}.purpose
                and totals.model_version = {{ relation }}.model_version
                and totals.method = {{ relation }}.method
                and totals.tested_date = {{ relation }}.tested_date
        {{ "union all" if not loop.last }}
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
    cast(method <> 'conditional_logit' as boolean) as is_baseline,
    cast(tested_date as date) as tested_date
from metrics
