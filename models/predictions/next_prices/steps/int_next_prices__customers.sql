{#-
    What was known on each date of the bands that each customer buys of each category, and which one
    came next within the horizon. Of past dates those that a comparison can use.
-#}
{%- set bands = price_bands() -%}
{%- set half_lives = {"faded": 120, "recent": 30} -%}
with

dates as (

    select * from {{ ref("int_predictions__dates") }}
    where horizon_days = 28 and step between 0 and last_step

),

categories as (

    select * from {{ ref("int_next_prices__categories") }}

),

sampled as (

    select
        step,
        one_id
    from {{ ref("int_predictions__frame") }}
    where horizon_days = 28

),

banded as (

    select
        dates.step,
        dates.snapshot_date,
        sold_lines.*,
        {{ days_between("sold_lines.ordered_date", "dates.snapshot_date") }} as days_ago,
        sold_lines.ordered_date <= dates.snapshot_date as is_before,
        sold_lines.known_date
        <= {{ add_days("dates.snapshot_date", "dates.horizon_days") }} as is_known_at_end,
        categories.reason,
        case
            when sold_lines.unit_price <= categories.low_to then 'low'
            when sold_lines.unit_price <= categories.mid_to then 'mid'
            else 'high'
        end as price_band
    from {{ ref("int_next_prices__lines") }} as sold_lines
    inner join dates
        on
            sold_lines.ordered_date
            > {{ add_days("dates.snapshot_date", "(-dates.look_back_days)") }}
            and (
                (
                    sold_lines.ordered_date <= dates.snapshot_date
                    and sold_lines.known_date <= dates.snapshot_date
                )
                or (
                    dates.step > 0
                    and sold_lines.ordered_date > dates.snapshot_date
                    and sold_lines.ordered_date
                    <= {{ add_days("dates.snapshot_date", "dates.horizon_days") }}
                )
            )
    inner join categories
        on
            dates.step = categories.step
            and sold_lines.category = categories.category
    inner join sampled
        on
            dates.step = sampled.step
            and sold_lines.one_id = sampled.one_id

),

-- lines of a customer and category in their order
placed as (

    select
        *,
        row_number() over (
            partition by step, one_id, category
            order by ordered_date, ordered_at, order_id, line_no
        ) as position
    from banded

),

bought as (

    select
        step,
        snapshot_date,
        one_id,
        category,
        reason,
        {% for band in bands -%}
            {%- set is_own = "is_before and price_band = '" ~ band ~ "'" -%}
            sum(case when {{ is_own }} then 1 else 0 end) as {{ band }}_lines,
            {% for name, half_life in half_lives.items() -%}
                coalesce(
                    sum(case when {{ is_own }} then exp(-ln(2) * days_ago / {{ half_life }}) end), 0
                ) as {{ band }}_{{ name }},
            {% endfor -%}
        {% endfor -%}
        sum(case when is_before then 1 else 0 end) as line_count,
        sum(case when is_before then unit_price end) as amount,
        max_by(price_band, case when is_before then position end) as last_band,
        max_by(unit_price, case when is_before then position end) as last_price,
        min_by(price_band, case when not is_before then position end) as band_after,
        min_by(unit_price, case when not is_before then position end) as price_after,
        min_by(price_band, case when not is_before and is_known_at_end then position end)
            as band_after_known
    from placed
    group by step, snapshot_date, one_id, category, reason

),

known as (

    select * from bought
    where line_count > 0

),

-- what the customer buys in the other categories that are compared
everywhere as (

    select
        step,
        one_id,
        {% for band in bands -%}
            sum({{ band }}_lines) as {{ band }}_lines,
            sum({{ band }}_faded) as {{ band }}_faded,
        {% endfor -%}
        sum(line_count) as line_count
    from known
    where reason is null
    group by step, one_id

),

described as (

    select
        known.*,
        {% for band in bands -%}
            everywhere.{{ band }}_lines
            - case when known.reason is null then known.{{ band }}_lines else 0 end
                as {{ band }}_lines_elsewhere,
            greatest(
                everywhere.{{ band }}_faded
                - case when known.reason is null then known.{{ band }}_faded else 0 end,
                0
            ) as {{ band }}_faded_elsewhere,
            (categories.{{ band }}_lines + 1) / cast(categories.line_count + 3 as double)
                as {{ band }}_share,
        {% endfor -%}
        everywhere.line_count - case when known.reason is null then known.line_count else 0 end
            as lines_elsewhere,
        categories.mean_price as category_price,
        (known.amount + categories.mean_price) / (known.line_count + 1) as own_price
    from known
    inner join categories
        on
            known.step = categories.step
            and known.category = categories.category
    left join everywhere
        on
            known.step = everywhere.step
            and known.one_id = everywhere.one_id
    where known.step = 0 or (known.reason is null and known.band_after is not null)

)

select
    cast(one_id as string) as one_id,
    cast(category as string) as category,
    cast(reason as string) as reason,
    cast(last_band as string) as last_band,
    cast(band_after as string) as band_after,
    cast(band_after_known as string) as band_after_known,
    cast(step as integer) as step,
    cast(line_count as bigint) as line_count,
    cast(coalesce(lines_elsewhere, 0) as bigint) as lines_elsewhere,
    {% for band in bands -%}
        cast({{ band }}_lines as bigint) as {{ band }}_lines,
        cast(coalesce({{ band }}_lines_elsewhere, 0) as bigint) as {{ band }}_lines_elsewhere,
        cast(ln({{ band }}_share) as double) as {{ band }}_category,
        cast(ln({{ band }}_lines + {{ band }}_share) as double) as {{ band }}_own,
        cast(
            ln(case when last_band = '{{ band }}' then 1 else 0 end + {{ band }}_share) as double
        ) as {{ band }}_last,
        cast(ln({{ band }}_faded + {{ band }}_share) as double) as {{ band }}_faded,
        cast(ln({{ band }}_recent + {{ band }}_share) as double) as {{ band }}_recent,
        cast(ln(coalesce({{ band }}_faded_elsewhere, 0) + 1) as double) as {{ band }}_elsewhere,
    {% endfor -%}
    cast(category_price as double) as category_price,
    cast(last_price as double) as last_price,
    cast(own_price as double) as own_price,
    cast(price_after as double) as price_after,
    cast(snapshot_date as date) as snapshot_date
from described
