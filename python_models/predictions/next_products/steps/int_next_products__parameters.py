"""The logistic re-ranker of next products; the work is in one360.predictions.next_products."""


def model(dbt, session):
    """Fit on the training date; configured in _next_products_steps__python_models.yml."""
    import pyarrow as pa

    from one360.engines.python_models import deliver, select
    from one360.predictions.next_products import FEATURES, PARAMETER_TYPES, fit_next_products

    arrow_types = {"str": pa.string(), "int64": pa.int64(), "float64": pa.float64()}
    candidates = select(
        dbt.ref("int_next_products__candidates"),
        ["one_id", "item", "is_bought", *FEATURES],
        where="split_code = 'training'",
    )
    fitted = fit_next_products(candidates, int(dbt.config.get("min_customers")))
    schema = pa.schema([(name, arrow_types[kind]) for name, kind in PARAMETER_TYPES.items()])
    return deliver(session, pa.Table.from_pandas(fitted, schema=schema, preserve_index=False))
