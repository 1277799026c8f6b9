{#-
    The gap that is common in each category, and how log gaps vary: within a customer and
    category, and between customers of a category. The variances are the method-of-moments
    estimates of int_nes__population, pooled over all categories.
-#}
with

gaps as (

    select * from {{ ref("int_lifecycle__category_gaps") }}

),

sums as (

    select
        category,
        count(*) as customers,
        sum(gap_count) as gaps,
        sum(gap_count * gap_count) as squared_gap_counts,
        sum(within_squares) as within_squares,
        sum(gap_count * mean_log_gap) / sum(gap_count) as mean_of_gaps,
        sum(gap_count * mean_log_gap * mean_log_gap) as squares_of_means,
        {{ quantile("mean_log_gap", 0.5) }} as median_log_gap
    from gaps
    group by category

),

overall as (

    select
        sum(within_squares) / nullif(sum(gaps - customers), 0) as within_variance,
        sum(
            squares_of_means - gaps * mean_of_gaps * mean_of_gaps
        ) as between_squares,
        sum(customers - 1) as spare_customers,
        sum(gaps - squared_gap_counts / cast(gaps as double)) as effective_gaps
    from sums

),

all_categories as (

    select {{ quantile("mean_log_gap", 0.5) }} as median_log_gap
    from gaps

),

-- where nobody bought a category three times, what varies within customers cannot be told from
-- what varies between them: all of it is taken as within, which shrinks everybody to the category
floored as (

    select
        between_squares,
        spare_customers,
        effective_gaps,
        greatest(
            coalesce(within_variance, between_squares / nullif(spare_customers, 0), 0), 0.000001
        ) as within_variance
    from overall

),

variances as (

    select
        within_variance,
        greatest(
            coalesce(
                (between_squares - spare_customers * within_variance) / nullif(effective_gaps, 0),
                0
            ), 0.000001
        ) as between_variance
    from floored

)

select
    cast(sums.category as string) as category,
    cast(sums.customers as bigint) as repeat_customers,
    -- a median of fewer than thirty customers is no median of the category
    cast(
        case
            when sums.customers >= 30 then sums.median_log_gap
            else all_categories.median_log_gap
        end as double
    ) as median_log_gap,
    cast(variances.within_variance as double) as within_variance,
    cast(variances.between_variance as double) as between_variance
from sums
cross join variances
cross join all_categories
