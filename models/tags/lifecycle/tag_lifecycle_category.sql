with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

gaps as (

    select * from {{ ref("int_lifecycle__category_gaps") }}

),

categories as (

    {{ read_parameters(
        ref("lifecycle_parameters"), "repurchase_category", ["median_log_gap"], by="category"
    ) }}

),

variances as (

    {{ read_parameters(
        ref("lifecycle_parameters"),
        "repurchase_category",
        ["within_variance", "between_variance"],
    ) }}

),

shrunk as (

    select
        gaps.*,
        categories.median_log_gap,
        variances.within_variance,
        variances.between_variance,
        {{ gap_shrinkage_weight(
            "gaps.gap_count", "variances.within_variance", "variances.between_variance"
        ) }} as shrinkage_weight
    from gaps
    inner join categories on gaps.category = categories.category
    cross join variances

),

cycles as (

    select
        *,
        {{ shrunk_cycle_days(
            "shrinkage_weight", "mean_log_gap", "median_log_gap", "within_variance"
        ) }} as cycle_days
    from shrunk

),

windows as (

    select
        *,
        {{ add_days("last_ordered_date", repurchase_window_days(
            "opens", "cycle_days", "shrinkage_weight", "within_variance", "between_variance"
        )) }} as opens_date,
        {{ add_days("last_ordered_date", repurchase_window_days(
            "closes", "cycle_days", "shrinkage_weight", "within_variance", "between_variance"
        )) }} as closes_date
    from cycles

),

-- among the open ones the category bought most often, of equals the one that closes first
tag_lifecycle_category as (

    select
        windows.*,
        as_of.as_of_date,
        as_of.as_of_date between windows.opens_date and windows.closes_date as is_open,
        row_number() over (
            partition by windows.one_id
            order by
                case
                    when as_of.as_of_date between windows.opens_date and windows.closes_date then 0
                    else 1
                end asc,
                windows.gap_count desc,
                windows.closes_date asc,
                windows.category asc
        ) as category_position
    from windows
    cross join as_of

)

select
    cast(one_id as string) as one_id,
    cast(category as string) as category,
    cast(gap_count + 1 as bigint) as order_days,
    {{ rounded("cycle_days", 9, 2) }} as cycle_days,
    {{ rounded("shrinkage_weight", 5, 4) }} as cycle_shrinkage_weight,
    cast(category_position as integer) as category_position,
    cast(is_open as boolean) as is_open,
    cast(last_ordered_date as date) as last_ordered_date,
    cast(opens_date as date) as opens_date,
    cast(closes_date as date) as closes_date,
    cast(as_of_date as date) as as_of_date
from tag_lifecycle_category
