{%- set values = {
    "recency": "greatest(rfm_values.recency_days, 0)",
    "frequency": "rfm_values.frequency",
    "monetary": "cast(greatest(rfm_values.monetary, 0) as double)",
} -%}

with

rfm_values as (

    select * from {{ ref("int_tags__rfm_values") }}
    where scope = 'overall'

),

centroids as (

    select * from {{ ref("rfm_centroids") }}

),

distances as (

    select
        rfm_values.one_id,
        rfm_values.as_of_date,
        centroids.model_version,
        centroids.cluster_id,
        {% for measure, value in values.items() -%}
            power(
                (ln(1 + {{ value }}) - centroids.{{ measure }}_mean) / centroids.{{ measure }}_scale
                - centroids.{{ measure }}_centre,
                2
            ) {{ "+" if not loop.last }}
        {% endfor -%}
            as squared_distance
    from rfm_values
    cross join centroids

),

nearest as (

    select
        *,
        row_number() over (
            partition by one_id
            order by squared_distance, cluster_id
        ) as nearness
    from distances

)

select
    cast(one_id as string) as one_id,
    cast(model_version as string) as model_version,
    cast(cluster_id as integer) as cluster_id,
    cast(sqrt(squared_distance) as double) as distance,
    cast(as_of_date as date) as as_of_date
from nearest
where nearness = 1
