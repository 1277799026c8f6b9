{#-
    Every version, and which one scores: of the methods that beat the base rate the one that errs
    least on the tested dates, of its versions the newest unless the one before was better on the
    same dates.
-#}
{% macro chosen_versions(parameters, tested, model_method) %}
    with versions as (

        select * from {{ parameters }}
        where feature = 'intercept'

    ),

    -- a customer counts once, with all its categories or offers; what is not rounded differs by
    -- the order in which it was added up
    tested as (

        select
            purpose,
            method,
            step,
            tested_step,
            one_id,
            round(sum(error), 9) as error
        from {{ tested }}
        group by purpose, method, step, tested_step, one_id

    ),

    method_errors as (

        select
            purpose,
            method,
            avg(error) as mean_error
        from tested
        where step = tested_step
        group by purpose, method

    ),

    -- what each customer gains by a method, over all tested dates
    gains as (

        select
            tried.purpose,
            tried.method,
            tried.one_id,
            sum(base_rate.error - tried.error) as gain
        from tested as tried
        inner join tested as base_rate
            on
                tried.purpose = base_rate.purpose
                and tried.step = base_rate.step
                and tried.tested_step = base_rate.tested_step
                and tried.one_id = base_rate.one_id
        where tried.step = tried.tested_step and base_rate.method = 'base_rate'
        group by tried.purpose, tried.method, tried.one_id

    ),

    -- more than chance would give, so that noise scores nobody
    useful_methods as (

        select
            purpose,
            method
        from gains
        group by purpose, method
        having sum(gain) > 1.645 * stddev_samp(gain) * sqrt(cast(count(*) as double))

    ),

    -- the simplest of equal ones
    ranked_methods as (

        select
            method_errors.*,
            row_number() over (
                partition by method_errors.purpose
                order by
                    round(method_errors.mean_error, 12),
                    case method_errors.method
                        when 'recency' then 1
                        when 'rfm' then 2
                        when 'own_frequency' then 3
                        when 'last_band' then 4
                        when 'amount_rate' then 5
                        when 'customer_rate' then 6
                        else 7
                    end,
                    method_errors.method
            ) as preference
        from method_errors
        inner join useful_methods
            on
                method_errors.purpose = useful_methods.purpose
                and method_errors.method = useful_methods.method

    ),

    -- how much more a version erred than the one before it on the same customers and dates
    refits as (

        select
            fresh.purpose,
            fresh.method,
            avg(fresh.error - held.error) as difference,
            stddev_samp(fresh.error - held.error)
            / sqrt(cast(count(*) as double)) as difference_error
        from tested as fresh
        inner join tested as held
            on
                fresh.purpose = held.purpose
                and fresh.method = held.method
                and fresh.tested_step = held.tested_step
                and fresh.one_id = held.one_id
        where fresh.step = fresh.tested_step and held.step = held.tested_step + 1
        group by fresh.purpose, fresh.method

    ),

    judged as (

        select
            versions.*,
            coalesce(ranked_methods.preference = 1, false) as is_best_method,
            coalesce(refits.difference > 1.645 * refits.difference_error, false)
                as is_refit_worse
        from versions
        left join ranked_methods
            on versions.purpose = ranked_methods.purpose and versions.method = ranked_methods.method
        left join refits
            on versions.purpose = refits.purpose and versions.method = refits.method

    ),

    chosen as (

        select
            *,
            coalesce(
                coefficient is not null
                and is_best_method
                and step = case when is_refit_worse then 1 else 0 end,
                false
            ) as is_chosen
        from judged

    ),

    reasoned as (

        select
            *,
            case
                when reason is not null then reason
                when is_chosen and is_refit_worse then 'previous_version_kept'
                when is_chosen and method <> '{{ model_method }}' then 'baseline_not_beaten'
                when is_chosen then 'beats_the_baselines'
                when is_best_method and step = 0 then 'worse_than_the_previous_version'
                when is_best_method then 'replaced'
                when method <> '{{ model_method }}' then 'baseline'
                else 'does_not_beat_a_baseline'
            end as why
        from chosen
    )

    select * from reasoned
{%- endmacro %}
