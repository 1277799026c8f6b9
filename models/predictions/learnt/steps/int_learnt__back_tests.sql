{#-
    What each method was worth on labelled customers that its versions had not seen. Metrics of
    probabilities are those of learnt tags alone: of a crowd seeds and others are drawn apart.
-#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

tested as (

    select
        tested.purpose,
        tested.model_version,
        tested.method,
        tested.one_id,
        tested.outcome,
        tested.standing as probability,
        tested.share_down_to_here,
        tested.own_share,
        tested.is_positive,
        purposes.scope
    from {{ ref("int_learnt__tested") }} as tested
    inner join {{ ref("int_learnt__purposes") }} as purposes
        on tested.purpose = purposes.purpose

),

probabilities as (

    {{ probability_metrics("tested", ["purpose", "scope", "model_version", "method"]) }}

),

-- customers of each label at this probability and below
distributions as (

    select
        *,
        sum(outcome) over (partition by purpose, method order by probability) as ones_below,
        sum(1 - outcome) over (partition by purpose, method order by probability)
            as zeros_below,
        sum(outcome) over (partition by purpose, method) as ones,
        sum(1 - outcome) over (partition by purpose, method) as zeros,
        sum(outcome) over (partition by purpose, method, probability) as ones_here,
        sum(1 - outcome) over (partition by purpose, method, probability) as zeros_here
    from tested

),

-- share of the other label that each customer is on the right side of
placed as (

    select
        *,
        case
            when outcome = 1
                then (zeros_below - zeros_here / cast(2 as double)) / nullif(zeros, 0)
            else 1 - (ones_below - ones_here / cast(2 as double)) / nullif(ones, 0)
        end as placement,
        abs(
            ones_below / cast(nullif(ones, 0) as double)
            - zeros_below / cast(nullif(zeros, 0) as double)
        ) as distance
    from distributions

),

totals as (

    select
        purpose,
        scope,
        model_version,
        method,
        max(distance) as ks,
        count(*) as customers,
        count(case when is_positive then 1 end) as named,
        sum(case when is_positive then outcome else 0 end) as hits,
        sum(outcome) as ones
    from placed
    group by purpose, scope, model_version, method

),

shares as (

    select
        *,
        hits / cast(nullif(named, 0) as double) as precision_share,
        hits / cast(nullif(ones, 0) as double) as recall_share
    from totals

),

-- what a method wins over the baseline, customer by customer
gains as (

    select
        tried.purpose,
        tried.model_version,
        tried.method,
        tried.outcome,
        avg(tried.placement - baseline.placement) as gain,
        coalesce(var_samp(tried.placement - baseline.placement), 0) / count(*) as gain_variance,
        count(*) as customers
    from placed as tried
    inner join placed as baseline
        on tried.purpose = baseline.purpose and tried.one_id = baseline.one_id
    where baseline.method = 'rfm' and tried.method <> 'rfm'
    group by tried.purpose, tried.model_version, tried.method, tried.outcome

),

area_gains as (

    select
        purpose,
        model_version,
        method,
        avg(gain) as gain,
        sqrt(sum(gain_variance)) as gain_error,
        sum(customers) as customers
    from gains
    group by purpose, model_version, method

),

-- how many times as many ones there are among so many as stand highest; on the edge a part counts
caught as (

    {% for percent in [1, 5, 10] -%}
        select
            purpose,
            model_version,
            method,
            'lift_at_{{ percent }}' as metric,
            {{ percent / 100 }} as top_part,
            sum(
                outcome * greatest(
                    least(
                        ({{ percent / 100 }} - share_down_to_here + own_share) / own_share, 1
                    ),
                    0
                )
            ) / nullif(sum(cast(outcome as double)), 0) as caught,
            sum(outcome) as ones,
            count(*) as customers
        from tested
        group by purpose, model_version, method
        {{ "union all" if not loop.last }}
    {% endfor %}

),

metrics as (

    select
        purpose,
        model_version,
        method,
        metric,
        value,
        value_low,
        value_high,
        customers
    from probabilities
    where scope = 'learnt_tag' or metric = 'auc'
    union all
    select
        purpose,
        model_version,
        method,
        'ks' as metric,
        ks as value,
        cast(null as double) as value_low,
        cast(null as double) as value_high,
        customers
    from shares
    {% for share, base in [("precision", "named"), ("recall", "ones")] %}
        union all
        select
            purpose,
            model_version,
            method,
            '{{ share }}' as metric,
            {{ share }}_share as value,
            greatest(
                {{ share }}_share
                - 1.96 * sqrt({{ share }}_share * (1 - {{ share }}_share) / {{ base }}),
                0
            ) as value_low,
            least(
                {{ share }}_share
                + 1.96 * sqrt({{ share }}_share * (1 - {{ share }}_share) / {{ base }}),
                1
            ) as value_high,
            {{ base }} as customers
        from shares
        where scope = 'learnt_tag'
    {% endfor %}
    union all
    select
        purpose,
        model_version,
        method,
        'auc_gain' as metric,
        gain as value,
        gain - 1.96 * gain_error as value_low,
        gain + 1.96 * gain_error as value_high,
        customers
    from area_gains
    union all
    select
        purpose,
        model_version,
        method,
        metric,
        round(caught / top_part, 12) as value,
        greatest(caught - 1.96 * sqrt(caught * (1 - caught) / ones), 0) / top_part as value_low,
        least(caught + 1.96 * sqrt(caught * (1 - caught) / ones), 1) / top_part as value_high,
        customers
    from caught

)

select
    cast(metrics.purpose as string) as purpose,
    cast(metrics.model_version as string) as model_version,
    cast(metrics.method as string) as method,
    cast(metrics.metric as string) as metric,
    cast(metrics.value as double) as value,
    cast(metrics.value_low as double) as value_low,
    cast(metrics.value_high as double) as value_high,
    cast(metrics.customers as bigint) as customers,
    cast(metrics.method = 'rfm' as boolean) as is_baseline,
    cast(as_of.as_of_date as date) as tested_date
from metrics
cross join as_of
