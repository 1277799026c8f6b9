"""K-means centres on recency, frequency and spend; the work is in one360.tags.rfm_clusters."""


def model(dbt, session):
    """Fit on the customers of the window; configured in _rfm__models.yml."""
    import pyarrow as pa

    from one360.engines.python_models import deliver, row_count, sample, select
    from one360.tags.rfm_clusters import CENTROID_TYPES, fit_rfm_clusters

    arrow_types = {
        "str": pa.string(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "float64": pa.float64(),
    }
    rfm_values = dbt.ref("int_tags__rfm_values").filter("scope = 'overall'")
    customers = row_count(rfm_values)
    drawn = sample(rfm_values, ["one_id"], customers, int(dbt.config.get("cluster_sample_rows")))
    centroids = fit_rfm_clusters(
        select(drawn, ["recency_days", "frequency", "cast(monetary as double) as monetary"]),
        k=int(dbt.config.get("cluster_count")),
        seed=int(dbt.config.get("cluster_seed")),
        customers=customers,
    )
    schema = pa.schema([(name, arrow_types[kind]) for name, kind in CENTROID_TYPES.items()])
    return deliver(session, pa.Table.from_pandas(centroids, schema=schema, preserve_index=False))
