{%- set multiples = var("nes_multiples") -%}
{%- set limit = var("nes_sleeping_share") -%}
{%- set active_share = var("nes_active_share") -%}

with

-- Several dates before the tested one, so that the choice is tested on days it has
-- not seen.
tested as (

    select
        snapshot_date,
        cycles_since_last_order,
        cycles_since_first_order,
        case when has_bought_within_cycle then 1 else 0 end as bought_again
    from {{ ref("int_nes__cycles") }}
    where purpose = 'fit' and has_bought_within_cycle is not null

),

-- E0 may end earlier than the first multiple says, in tenths of it
tenths as (

    {% for tenth in range(10, 0, -1) -%}
        select cast({{ multiples[0] * tenth / 10 }} as double) as multiple
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

active_rates as (

    select
        tenths.multiple,
        tested.snapshot_date,
        avg(cast(tested.bought_again as double)) as return_share
    from tenths
    inner join tested
        on
            tenths.multiple < tested.cycles_since_first_order
            and tenths.multiple >= tested.cycles_since_last_order
    group by tenths.multiple, tested.snapshot_date
    having count(*) >= 30

),

-- more than the share buy again on every date; failing that nothing is gained by ending earlier
active as (

    select coalesce(max(multiple), {{ multiples[0] }}) as multiple
    from (
        select multiple
        from active_rates
        group by multiple
        having min(return_share) > {{ active_share }}
    ) as multiples_above

),

past as (

    select *
    from tested
    where
        cycles_since_last_order > {{ multiples[2] }}
        and cycles_since_first_order > {{ multiples[0] }}

),

-- the last half cycle beyond the given multiple that each customer has passed
passed as (

    select
        snapshot_date,
        least(ceil((cycles_since_last_order - {{ multiples[2] }}) * 2) - 1, 40) as last_step,
        count(*) as customers,
        sum(bought_again) as bought_again
    from past
    group by snapshot_date, last_step

),

steps as (

    {% for step in range(41) -%}
        select {{ step }} as step
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

dated_candidates as (

    select
        steps.step,
        passed.snapshot_date,
        sum(passed.customers) as customers,
        sum(passed.bought_again) as bought_again
    from steps
    inner join passed on steps.step <= passed.last_step
    group by steps.step, passed.snapshot_date

),

candidates as (

    select
        step,
        {{ multiples[2] }} + step * 0.5 as multiple,
        sum(customers) as customers,
        sum(bought_again) as bought_again,
        max(
            case
                when customers >= 30
                    then cast(bought_again as double) / cast(customers as double)
            end
        ) as largest_share
    from dated_candidates
    group by step

),

-- upper end of the one-sided 95 % interval of Agresti and Coull (1998): a few customers
-- who happen not to buy prove nothing
bounded as (

    select
        *,
        (cast(bought_again as double) + 1.353) / (customers + 2.706) as centre
    from candidates
    where customers >= 30

),

rated as (

    select
        multiple,
        customers,
        bought_again,
        centre + 1.645 * sqrt(centre * (1 - centre) / (customers + 2.706)) as upper_share,
        coalesce(largest_share < {{ limit }}, true) as is_below_on_every_date
    from bounded

),

judged as (

    select
        *,
        upper_share < {{ limit }} and is_below_on_every_date as is_below
    from rated

),

-- the smallest multiple under the limit, or failing that the one nearest to it
ordered as (

    select
        *,
        row_number() over (
            order by
                case when is_below then 0 else 1 end,
                case when is_below then multiple else upper_share end,
                multiple
        ) as preference
    from judged

),

chosen as (

    select
        active.multiple as active_multiple,
        cast({{ multiples[1] }} as double) as dozing_multiple,
        {% if limit > 0 -%}
            coalesce(cast(ordered.multiple as double), {{ multiples[2] }}) as sleeping_multiple,
        {%- else -%}
            cast({{ multiples[2] }} as double) as sleeping_multiple,
        {%- endif %}
        ordered.upper_share as fitted_upper_share,
        coalesce(ordered.customers, 0) as fitted_customers
    from active
    left join ordered on ordered.preference = 1

),

population as (

    select population.*
    from {{ ref("int_nes__population") }} as population
    inner join {{ ref("int_nes__snapshots") }} as snapshots
        on population.snapshot_date = snapshots.fitted_on_date
    where snapshots.purpose = 'current'

),

nes_parameters as (

    {{ parameter_rows(
        "chosen", "nes_status", ["dozing_multiple"], "exact", origin="variable"
    ) }}
    union all
    {{ parameter_rows(
        "chosen", "nes_status", ["active_multiple", "sleeping_multiple"], "exact"
    ) }}
    union all
    {{ parameter_rows("chosen", "nes_status", ["fitted_upper_share", "fitted_customers"]) }}
    union all
    {{ parameter_rows(
        "population", "purchase_cycle_days", ["mean_log_gap", "within_variance", "between_variance"]
    ) }}

)

{{ as_parameters("nes_parameters") }}
