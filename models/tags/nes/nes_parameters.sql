{%- set multiples = var("nes_multiples") -%}
{%- set limit = var("nes_sleeping_share") -%}

with

-- Several dates before the tested one, so that the choice is tested on days it has
-- not seen.
past as (

    select
        cycles_since_last_order,
        case when has_bought_within_cycle then 1 else 0 end as bought_again
    from {{ ref("int_nes__cycles") }}
    where
        purpose = 'fit'
        and has_bought_within_cycle is not null
        and cycles_since_last_order > {{ multiples[2] }}
        and cycles_since_first_order > {{ multiples[0] }}

),

-- the last half cycle beyond the given multiple that each customer has passed
passed as (

    select
        least(ceil((cycles_since_last_order - {{ multiples[2] }}) * 2) - 1, 40) as last_step,
        count(*) as customers,
        sum(bought_again) as bought_again
    from past
    group by last_step

),

steps as (

    {% for step in range(41) -%}
        select {{ step }} as step
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

candidates as (

    select
        steps.step,
        {{ multiples[2] }} + steps.step * 0.5 as multiple,
        sum(passed.customers) as customers,
        sum(passed.bought_again) as bought_again
    from steps
    inner join passed on steps.step <= passed.last_step
    group by steps.step

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
        centre + 1.645 * sqrt(centre * (1 - centre) / (customers + 2.706)) as upper_share
    from bounded

),

-- the smallest multiple under the limit, or failing that the one nearest to it
ordered as (

    select
        *,
        row_number() over (
            order by
                case when upper_share < {{ limit }} then 0 else 1 end,
                case when upper_share < {{ limit }} then multiple else upper_share end,
                multiple
        ) as preference
    from rated

),

chosen as (

    select
        cast({{ multiples[0] }} as double) as active_multiple,
        cast({{ multiples[1] }} as double) as dozing_multiple,
        {% if limit > 0 -%}
            coalesce(
                cast(max(case when preference = 1 then multiple end) as double), {{ multiples[2] }}
            ) as sleeping_multiple,
        {%- else -%}
            cast({{ multiples[2] }} as double) as sleeping_multiple,
        {%- endif %}
        max(case when preference = 1 then upper_share end) as fitted_upper_share,
        coalesce(max(case when preference = 1 then customers end), 0) as fitted_customers
    from ordered

),

population as (

    select population.*
    from {{ ref("int_nes__population") }} as population
    inner join {{ ref("int_behaviour__as_of") }} as as_of
        on population.snapshot_date = as_of.as_of_date

),

nes_parameters as (

    {{ parameter_rows(
        "chosen", "nes_status", ["active_multiple", "dozing_multiple"], "exact", origin="variable"
    ) }}
    union all
    {{ parameter_rows("chosen", "nes_status", ["sleeping_multiple"], "exact") }}
    union all
    {{ parameter_rows("chosen", "nes_status", ["fitted_upper_share", "fitted_customers"]) }}
    union all
    {{ parameter_rows(
        "population", "purchase_cycle_days", ["mean_log_gap", "within_variance", "between_variance"]
    ) }}

)

{{ as_parameters("nes_parameters") }}
