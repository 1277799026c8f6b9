with

centroids as (

    select * from {{ ref("rfm_centroids") }}

),

-- zero on the scaled axes is the customers' average
compared as (

    select
        *,
        recency_centre <= 0 as is_recent,
        frequency_centre >= 0 as is_frequent,
        monetary_centre >= 0 as is_high_spend
    from centroids

),

named as (

    select
        *,
        case
            when is_high_spend and is_recent and is_frequent then 'important_value'
            when is_high_spend and is_recent then 'important_development'
            when is_high_spend and is_frequent then 'important_retention'
            when is_high_spend then 'important_win_back'
            when is_recent and is_frequent then 'general_value'
            when is_recent then 'general_development'
            when is_frequent then 'general_retention'
            else 'general_win_back'
        end as segment_code
    from compared

)

select
    cast(model_version as string) as model_version,
    cast(segment_code as string) as segment_code,
    cast(cluster_id as integer) as cluster_id,
    cast(exp(recency_centre * recency_scale + recency_mean) - 1 as double)
        as typical_recency_days,
    cast(exp(frequency_centre * frequency_scale + frequency_mean) - 1 as double)
        as typical_frequency,
    cast(exp(monetary_centre * monetary_scale + monetary_mean) - 1 as double)
        as typical_monetary,
    cast(is_recent as boolean) as is_recent,
    cast(is_frequent as boolean) as is_frequent,
    cast(is_high_spend as boolean) as is_high_spend
from named
