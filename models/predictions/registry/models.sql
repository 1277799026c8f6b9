{#- A line per model. -#}
{%- set rooms = [
    ref("int_churn__models"),
    ref("int_coupons__models"),
    ref("int_learnt__models"),
    ref("int_next_prices__models"),
    ref("int_next_products__models"),
    ref("int_repeat__models"),
] -%}
with

models as (

    {% for room in rooms -%}
        select
            purpose,
            model_version,
            method,
            library_versions,
            reason,
            horizon_days,
            rows_trained,
            seed,
            is_chosen,
            train_from_date,
            train_to_date,
            as_of_date
        from {{ room }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    cast(purpose as string) as purpose,
    cast(model_version as string) as model_version,
    cast(method as string) as method,
    cast(library_versions as string) as library_versions,
    cast(reason as string) as reason,
    cast(horizon_days as integer) as horizon_days,
    cast(rows_trained as bigint) as rows_trained,
    cast(seed as bigint) as seed,
    cast(is_chosen as boolean) as is_chosen,
    cast(train_from_date as date) as train_from_date,
    cast(train_to_date as date) as train_to_date,
    cast(as_of_date as date) as as_of_date
from models
