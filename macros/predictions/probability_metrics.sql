{#-
    What probabilities were worth, one row per keys and metric. The area under the curve with the
    interval of DeLong, DeLong and Clarke-Pearson (1988); the calibration error over ten bins of
    equally many customers.
-#}
{% macro probability_metrics(tested, keys) %}
    {%- set by = keys | join(", ") -%}
    with ranked as (

        select
            *,
            rank() over (partition by {{ by }} order by probability)
            + (count(*) over (partition by {{ by }}, probability) - 1) / 2.0 as rank_of_all,
            rank() over (partition by {{ by }}, outcome order by probability)
            + (count(*) over (partition by {{ by }}, outcome, probability) - 1) / 2.0
                as rank_of_outcome,
            sum(outcome) over (partition by {{ by }}) as positives,
            count(*) over (partition by {{ by }}) as customers,
            ntile(10) over (partition by {{ by }} order by probability, one_id) as bin
        from {{ tested }}

    ),

    -- share of the other outcome that each customer is on the right side of
    placed as (

        select
            *,
            case
                when outcome = 1
                    then (rank_of_all - rank_of_outcome) / nullif(customers - positives, 0)
                else 1 - (rank_of_all - rank_of_outcome) / nullif(positives, 0)
            end as placement,
            (probability - outcome) * (probability - outcome) as squared_error
        from ranked

    ),

    totals as (

        select
            {{ by }},
            count(*) as customers,
            avg(cast(outcome as double)) as rate,
            avg(probability) as mean_probability,
            avg(case when outcome = 1 then placement end) as auc,
            sqrt(
                coalesce(var_samp(case when outcome = 1 then placement end), 0)
                / nullif(sum(outcome), 0)
                + coalesce(var_samp(case when outcome = 0 then placement end), 0)
                / nullif(sum(1 - outcome), 0)
            ) as auc_error,
            avg(squared_error) as brier,
            stddev_samp(squared_error) / sqrt(cast(count(*) as double)) as brier_error
        from placed
        group by {{ by }}

    ),

    bins as (

        select
            {{ by }},
            bin,
            abs(sum(probability - outcome)) as difference,
            count(*) as bin_customers
        from placed
        group by {{ by }}, bin

    ),

    metrics as (

        select
            {{ by }},
            'auc' as metric,
            auc as value,
            greatest(auc - 1.96 * auc_error, 0) as value_low,
            least(auc + 1.96 * auc_error, 1) as value_high,
            customers
        from totals
        union all
        select
            {{ by }},
            'brier' as metric,
            brier as value,
            greatest(brier - 1.96 * brier_error, 0) as value_low,
            brier + 1.96 * brier_error as value_high,
            customers
        from totals
        union all
        select
            {{ by }},
            'rate' as metric,
            rate as value,
            greatest(rate - 1.96 * sqrt(rate * (1 - rate) / customers), 0) as value_low,
            least(rate + 1.96 * sqrt(rate * (1 - rate) / customers), 1) as value_high,
            customers
        from totals
        union all
        select
            {{ by }},
            'total_ratio' as metric,
            mean_probability / nullif(rate, 0) as value,
            cast(null as double) as value_low,
            cast(null as double) as value_high,
            customers
        from totals
        union all
        select
            {{ by }},
            'calibration_error' as metric,
            sum(difference) / sum(bin_customers) as value,
            cast(null as double) as value_low,
            cast(null as double) as value_high,
            sum(bin_customers) as customers
        from bins
        group by {{ by }}

    )

    select * from metrics
{%- endmacro %}
