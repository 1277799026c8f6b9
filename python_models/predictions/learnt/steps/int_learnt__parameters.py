"""Methods that tell labelled customers apart; the work is in one360.predictions.learnt."""


def model(dbt, session):
    """Fit on the sampled customers; set up in _learnt_steps__python_models.yml."""
    import pyarrow as pa

    from one360.engines.python_models import deliver, select
    from one360.predictions.learnt import PARAMETER_TYPES, fit_learnt

    purposes = select(
        dbt.ref("int_learnt__purposes"), ["purpose", "scope", "leave_out", "folds", "tree_depth"]
    )
    customers = select(
        dbt.ref("int_learnt__customers"),
        ["purpose", "one_id", "outcome", "fold", "is_spy"],
        where="is_sampled",
    )
    features = select(
        dbt.ref("int_learnt__sampled_features"), ["purpose", "one_id", "feature", "value"]
    )
    (date,) = select(dbt.ref("int_behaviour__as_of"), ["cast(as_of_date as string) as as_of_date"])[
        "as_of_date"
    ]
    fitted = fit_learnt(purposes, customers, features, int(dbt.config.get("min_customers")), date)
    arrow_types = {
        "str": pa.string(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "float64": pa.float64(),
    }
    schema = pa.schema([(name, arrow_types[kind]) for name, kind in PARAMETER_TYPES.items()])
    return deliver(session, pa.Table.from_pandas(fitted, schema=schema, preserve_index=False))
