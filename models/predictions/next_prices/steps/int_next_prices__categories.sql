{#-
    Where the price bands of each category lie on each date: the thirds of the lines that were known,
    by their price.
-#}
{%- set bands = price_bands() -%}
with

dates as (

    select * from {{ ref("int_predictions__dates") }}
    where horizon_days = 28 and step between 0 and last_step

),

known_lines as (

    select
        dates.step,
        sold_lines.one_id,
        sold_lines.category,
        sold_lines.unit_price
    from {{ ref("int_next_prices__lines") }} as sold_lines
    inner join dates
        on
            sold_lines.ordered_date <= dates.snapshot_date
            and sold_lines.known_date <= dates.snapshot_date
            and sold_lines.ordered_date
            > {{ add_days("dates.snapshot_date", "(-dates.look_back_days)") }}

),

customers as (

    select
        step,
        category,
        count(distinct one_id) as customers
    from known_lines
    group by step, category

),

prices as (

    select
        step,
        category,
        unit_price,
        count(*) as line_count
    from known_lines
    group by step, category, unit_price

),

ranked as (

    select
        *,
        sum(line_count) over (partition by step, category order by unit_price) as lines_up_to,
        sum(line_count) over (partition by step, category) as category_lines
    from prices

),

-- the price level of tag_category_price: lines that were cheaper, those of the same price half
levelled as (

    select
        *,
        (2 * lines_up_to - line_count) * 3 as level_sixths,
        2 * category_lines as whole
    from ranked

),

banded as (

    select
        *,
        case
            when level_sixths < whole then 'low'
            when level_sixths < 2 * whole then 'mid'
            else 'high'
        end as price_band
    from levelled

),

counted as (

    select
        step,
        category,
        coalesce(max(case when price_band = 'low' then unit_price end), 0) as low_to,
        coalesce(max(case when price_band <> 'high' then unit_price end), 0) as mid_to,
        {% for band in bands -%}
            sum(case when price_band = '{{ band }}' then line_count else 0 end)
                as {{ band }}_lines,
        {% endfor -%}
        sum(line_count) as line_count,
        sum(line_count * unit_price) as amount
    from banded
    group by step, category

)

select
    cast(counted.category as string) as category,
    cast(
        case
            when customers.customers < {{ var("min_group_customers") }} then 'too_few_customers'
            when
                greatest(counted.low_lines, counted.mid_lines, counted.high_lines)
                = counted.line_count
                then 'one_price_band'
        end as string
    ) as reason,
    cast(counted.step as integer) as step,
    cast(customers.customers as bigint) as customers,
    {% for band in bands -%}
        cast(counted.{{ band }}_lines as bigint) as {{ band }}_lines,
    {% endfor -%}
    cast(counted.line_count as bigint) as line_count,
    cast(counted.low_to as double) as low_to,
    cast(counted.mid_to as double) as mid_to,
    cast(counted.amount / counted.line_count as double) as mean_price
from counted
inner join customers
    on
        counted.step = customers.step
        and counted.category = customers.category
