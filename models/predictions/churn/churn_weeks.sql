{#- Each crowd's weeks, and the week from which on another share leaves than before. -#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

weeks as (

    select
        *,
        row_number() over (partition by crowd_code order by week_start_date) as week_position,
        count(*) over (partition by crowd_code) as all_weeks,
        sum(customers) over (partition by crowd_code) as all_customers,
        sum(left_customers) over (partition by crowd_code) as all_left,
        sum(customers) over (partition by crowd_code order by week_start_date) - customers
            as customers_before,
        sum(left_customers) over (partition by crowd_code order by week_start_date)
        - left_customers as left_before
    from {{ ref("int_churn__weeks") }}

),

-- twice the gain in likelihood of two shares instead of one, four weeks at least on each side
splits as (

    select
        crowd_code,
        week_start_date,
        left_before / cast(customers_before as double) as share_before,
        (all_left - left_before) / cast(all_customers - customers_before as double) as share_after,
        round(
            2 * (
                {{ log_likelihood_of_share("left_before", "customers_before") }}
                + {{ log_likelihood_of_share(
                    "(all_left - left_before)", "(all_customers - customers_before)"
                ) }}
                - {{ log_likelihood_of_share("all_left", "all_customers") }}
            ), 9
        ) as likelihood_ratio
    from weeks
    where week_position > 4 and all_weeks - week_position >= 3

),

best_splits as (

    select
        *,
        row_number() over (
            partition by crowd_code order by likelihood_ratio desc, week_start_date asc
        ) as split_position
    from splits

),

fitted as (

    select
        weeks.*,
        best_splits.week_start_date as split_date,
        best_splits.likelihood_ratio,
        best_splits.share_before,
        best_splits.share_after,
        weeks.all_left / cast(weeks.all_customers as double) as all_share,
        case
            when weeks.week_start_date < best_splits.week_start_date then best_splits.share_before
            else best_splits.share_after
        end as split_share
    from weeks
    left join best_splits
        on weeks.crowd_code = best_splits.crowd_code and best_splits.split_position = 1

),

-- how much more the weeks vary about the two shares than chance has them (quasi-likelihood)
varied as (

    select
        *,
        greatest(
            sum(
                case
                    when split_share > 0 and split_share < 1
                        then
                            power(left_customers - customers * split_share, 2)
                            / (customers * split_share * (1 - split_share))
                    else 0
                end
            ) over (partition by crowd_code) / greatest(all_weeks - 2, 1),
            1
        ) as dispersion
    from fitted

),

-- 13.6 is what chance exceeds at one of 45 splits of one crowd in a hundred
churn_weeks as (

    select
        *,
        likelihood_ratio / dispersion as change_statistic,
        coalesce(likelihood_ratio / dispersion >= 13.6, false) as has_changed
    from varied

)

select
    cast(churn_weeks.crowd_code as string) as crowd_code,
    cast(
        case
            when churn_weeks.has_changed and churn_weeks.week_start_date = churn_weeks.split_date
                then
                    case
                        when churn_weeks.share_after > churn_weeks.share_before then 'rising'
                        else 'falling'
                    end
        end as string
    ) as change_direction,
    cast(churn_weeks.customers as bigint) as customers,
    cast(churn_weeks.left_customers as bigint) as left_customers,
    cast(churn_weeks.left_customers / cast(churn_weeks.customers as double) as double)
        as left_share,
    cast(
        case
            when churn_weeks.has_changed then churn_weeks.split_share else churn_weeks.all_share
        end as double
    ) as fitted_share,
    cast(churn_weeks.change_statistic as double) as change_statistic,
    cast(churn_weeks.week_start_date as date) as week_start_date,
    cast(churn_weeks.week_end_date as date) as week_end_date,
    cast(as_of.as_of_date as date) as as_of_date
from churn_weeks
cross join as_of
