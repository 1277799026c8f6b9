{#-
    Every version, and which one scores: of the methods the one that errs least on the tested dates,
    of its versions the newest unless the one before was better on the same dates.
-#}
{% macro chosen_versions(parameters, tested, model_method) %}
    with versions as (

        select * from {{ parameters }}
        where feature = 'intercept'

    ),

    tested as (

        select * from {{ tested }}

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

    -- the simplest of equal ones
    ranked_methods as (

        select
            *,
            row_number() over (
                partition by purpose
                order by
                    mean_error,
                    case method
                        when 'base_rate' then 1
                        when 'recency' then 2
                        when 'rfm' then 3
                        else 4
                    end
            ) as preference
        from method_errors

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
            coalesce(ranked_methods.preference = 1 and versions.method <> 'base_rate', false)
                as is_best_method,
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
