{#- A line per model. -#}
{%- set rooms = [
    ref("int_churn__back_tests"),
    ref("int_coupons__back_tests"),
    ref("int_learnt__back_tests"),
    ref("int_next_prices__back_tests"),
    ref("int_next_products__back_tests"),
    ref("int_repeat__back_tests"),
] -%}
with

back_tests as (

    {% for room in rooms -%}
        select
            purpose,
            model_version,
            method,
            metric,
            value,
            value_low,
            value_high,
            customers,
            is_baseline,
            tested_date
        from {{ room }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    cast(purpose as string) as purpose,
    cast(model_version as string) as model_version,
    cast(method as string) as method,
    cast(metric as string) as metric,
    cast(value as double) as value,
    cast(value_low as double) as value_low,
    cast(value_high as double) as value_high,
    cast(customers as bigint) as customers,
    cast(is_baseline as boolean) as is_baseline,
    cast(tested_date as date) as tested_date
from back_tests
