with

-- what a customer spent in rfm_window_days is its value, as for RFM
spends as (

    select monetary
    from {{ ref("int_tags__rfm_values") }}
    where scope = 'overall' and monetary > 0

),

tiers as (

    select
        cast(
            round({{ quantile("monetary", 1 - var("lifecycle_core_share")) }}, 2)
            as decimal(18, 2)
        ) as core_from,
        cast(round({{ quantile("monetary", 0.5) }}, 2) as decimal(18, 2)) as high_potential_from
    from spends

),

stages as (

    select
        active_multiple as new_cycles,
        sleeping_multiple as lost_cycles
    from (
        {{ read_parameters(
            ref("nes_parameters"), "nes_status", ["active_multiple", "sleeping_multiple"]
        ) }}
    ) as multiples

),

-- how log gaps vary within a customer and category and between customers of a category, by
-- the estimates of int_nes__population pooled over all categories
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

-- where no customer bought a category three times, what varies within customers cannot be
-- separated from what varies between them: all of it is taken as within, which shrinks all
-- customers to the category
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

),

-- a median of fewer than thirty customers is no median of the category
medians as (

    select
        sums.category,
        case
            when sums.customers >= 30 then sums.median_log_gap
            else all_categories.median_log_gap
        end as median_log_gap
    from sums
    cross join all_categories

),

lifecycle_parameters as (

    {{ parameter_rows("stages", "lifecycle_stage", ["new_cycles", "lost_cycles"], "exact") }}
    union all
    {{ parameter_rows(
        "tiers", "lifecycle_value_tier", ["core_from", "high_potential_from"], "exact"
    ) }}
    union all
    {{ parameter_rows(
        "medians", "repurchase_category", ["median_log_gap"], scope="category"
    ) }}
    union all
    {{ parameter_rows(
        "variances", "repurchase_category", ["within_variance", "between_variance"]
    ) }}

)

{{ as_parameters("lifecycle_parameters") }}
