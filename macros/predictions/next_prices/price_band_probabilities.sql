{#-
    One row per version × row of int_next_prices__customers, with the probability of each band by
    the conditional logit (McFadden 1974), the named band and the price that is expected. `rows` and
    `versions` are relations; a version scores the rows for which `on_condition` holds.
-#}
{% macro price_band_probabilities(rows, parameters, on_condition) %}
    {%- set bands = price_bands() -%}
    with versions as (

        select
            purpose,
            model_version,
            method,
            step as version_step
            {%- for feature in price_features() %},
            coalesce(max(case when feature = '{{ feature }}' then coefficient end), 0)
                as {{ feature }}_coefficient
            {%- endfor %}
        from {{ parameters }}
        where reason is null
        group by purpose, model_version, method, step

    ),

    linear as (

        select
            price_rows.*,
            versions.*
            {%- for band in bands %},
            {% for feature in price_features() -%}
                {{ "+ " if not loop.first }}versions.{{ feature }}_coefficient * price_rows.{{ band }}_{{ feature }}
            {% endfor -%}
            as {{ band }}_linear
            {%- endfor %}
        from {{ rows }} as price_rows
        inner join versions on {{ on_condition }}

    ),

    -- shifted by the largest, so that nothing overflows
    raised as (

        select
            *
            {%- for band in bands %},
            exp({{ band }}_linear - greatest(low_linear, mid_linear, high_linear)) as {{ band }}_raised
            {%- endfor %}
        from linear

    ),

    given as (

        select
            *
            {%- for band in bands %},
            round({{ band }}_raised / (low_raised + mid_raised + high_raised), 12)
                as {{ band }}_probability
            {%- endfor %}
        from raised

    ),

    named as (

        select
            *,
            case
                when
                    mid_probability >= low_probability and mid_probability >= high_probability
                    then 'mid'
                when low_probability >= high_probability then 'low'
                else 'high'
            end as price_band,
            greatest(low_probability, mid_probability, high_probability) as probability,
            case method
                when 'base_rate' then category_price
                when 'last_band' then last_price
                else own_price
            end as expected_price
        from given

    )

    select * from named
{%- endmacro %}
