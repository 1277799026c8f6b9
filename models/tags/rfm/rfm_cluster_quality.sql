with

centroids as (

    select * from {{ ref("rfm_centroids") }}

),

quality as (

    select
        model_version,
        cluster_count,
        chosen_by,
        silhouette,
        inertia,
        sample_rows,
        customer_count
    from centroids
    where cluster_id = 1

)

select
    cast(model_version as string) as model_version,
    cast(chosen_by as string) as chosen_by,
    cast(cluster_count as integer) as cluster_count,
    cast(silhouette as double) as silhouette,
    cast(inertia as double) as inertia,
    cast(sample_rows as bigint) as sample_rows,
    cast(customer_count as bigint) as customer_count
from quality
