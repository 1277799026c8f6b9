{% macro rates_of_days() %}
    select
        currency,
        from_date,
        lead(from_date) over (partition by currency order by from_date) as until_date,
        rate
    from {{ ref("exchange_rates") }}
    where currency <> '{{ var("reporting_currency") }}'
    union all
    select
        '{{ var("reporting_currency") }}' as currency,
        cast('0001-01-01' as date) as from_date,
        cast(null as date) as until_date,
        1 as rate
{%- endmacro %}
