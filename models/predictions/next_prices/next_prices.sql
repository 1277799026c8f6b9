{%- set bands = price_bands() -%}
{#- what a feature speaks for the named band, less what it speaks for the others on average -#}
{%- set evidence = {
    "own": ["own", "last", "faded", "recent"], "elsewhere": ["elsewhere"], "category": ["category"]
} -%}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

models as (

    select * from {{ ref("int_next_prices__models") }}

),

parameters as (

    select parameters.*
    from {{ ref("int_next_prices__parameters") }} as parameters
    inner join models
        on
            parameters.purpose = models.purpose
            and parameters.model_version = models.model_version
    where models.is_chosen

),

-- why nobody gets a band: what kept the newest version from being fitted
unfitted as (

    select
        coalesce(max(case when step = 0 then reason end), 'no_model_beats_the_base_rate')
            as reason
    from {{ ref("int_next_prices__parameters") }}
    where method = 'conditional_logit' and feature = 'intercept'

),

price_rows as (

    select * from {{ ref("int_next_prices__customers") }}
    where step = 0

),

given as (

    {{ price_band_probabilities("price_rows", "parameters", "price_rows.reason is null") }}

),

spoken as (

    select
        one_id,
        category,
        model_version,
        method,
        probability,
        expected_price,
        {% for band in bands -%}
            {{ band }}_probability,
        {% endfor -%}
        case price_band
            {% for band in bands -%}
                when '{{ band }}' then {{ band }}_lines
            {% endfor -%}
        end as band_lines,
        case price_band
            {% for band in bands -%}
                when '{{ band }}' then {{ band }}_lines_elsewhere
            {% endfor -%}
        end as band_lines_elsewhere,
        {% for name, features in evidence.items() -%}
            round(
                {% for feature in features -%}
                    {{ "+ " if not loop.first }}{{ feature }}_coefficient * (
                        1.5 * case price_band
                            {% for band in bands -%}
                                when '{{ band }}' then {{ band }}_{{ feature }}
                            {% endfor -%}
                        end
                        - 0.5 * (low_{{ feature }} + mid_{{ feature }} + high_{{ feature }})
                    )
                {% endfor -%}
                , 9
            ) as {{ name }}_evidence,
        {% endfor -%}
        price_band
    from given

),

explained as (

    select
        *,
        case
            when
                band_lines > 0
                and own_evidence > 0
                and own_evidence >= elsewhere_evidence
                and own_evidence >= category_evidence
                then 'own_habit'
            when
                band_lines_elsewhere > 0
                and elsewhere_evidence > 0
                and elsewhere_evidence >= category_evidence
                then 'habit_elsewhere'
            else 'usual_in_category'
        end as reason_code
    from spoken

),

next_prices as (

    select
        price_rows.one_id,
        price_rows.category,
        price_rows.line_count,
        explained.price_band,
        explained.model_version,
        explained.method,
        explained.probability,
        {% for band in bands -%}
            explained.{{ band }}_probability,
        {% endfor -%}
        explained.expected_price,
        coalesce(explained.reason_code, price_rows.reason, unfitted.reason) as reason_code,
        cast(explained.band_lines as string) || ' / ' || cast(price_rows.line_count as string)
            as own_text,
        cast(explained.band_lines_elsewhere as string)
        || ' / ' || cast(price_rows.lines_elsewhere as string) as elsewhere_text
    from price_rows
    cross join unfitted
    left join explained
        on
            price_rows.one_id = explained.one_id
            and price_rows.category = explained.category

)

select
    cast(next_prices.one_id as string) as one_id,
    cast(next_prices.category as string) as category,
    cast(next_prices.price_band as string) as price_band,
    cast(next_prices.reason_code as string) as reason_code,
    cast(
        case next_prices.reason_code
            when 'own_habit' then next_prices.own_text || ' lines bought here were of this band'
            when 'habit_elsewhere'
                then next_prices.elsewhere_text || ' lines bought elsewhere were of this band'
            when 'usual_in_category' then 'what most customers of the category buy'
        end as string
    ) as reason_en,
    cast(
        case next_prices.reason_code
            when 'own_habit' then '在该品类购买的 ' || next_prices.own_text || ' 件属于该价位'
            when 'habit_elsewhere'
                then '在其他品类购买的 ' || next_prices.elsewhere_text || ' 件属于该价位'
            when 'usual_in_category' then '该品类多数顾客购买的价位'
        end as string
    ) as reason_zh,
    cast(next_prices.method as string) as method,
    cast(next_prices.model_version as string) as model_version,
    cast(next_prices.line_count as bigint) as line_count,
    cast(next_prices.probability as double) as probability,
    {% for band in bands -%}
        cast(next_prices.{{ band }}_probability as double) as {{ band }}_probability,
    {% endfor -%}
    {{ rounded("next_prices.expected_price", 18, 2) }} as expected_price,
    cast(as_of.as_of_date as date) as as_of_date
from next_prices
cross join as_of
