"""Four methods that tell labels apart; the work is in one360.predictions.learnt_tags."""


def model(dbt, session):
    """Fit on the labelled customers; set up in _learnt_tags_steps__python_models.yml."""
    import pyarrow as pa

    from one360.engines.python_models import deliver, select
    from one360.predictions.learnt_tags import PARAMETER_TYPES, fit_learnt_tags

    customers = select(
        dbt.ref("int_learnt_tags__customers"),
        ["label_code", "one_id", "outcome", "fold"],
        where="is_sampled",
    )
    features = select(
        dbt.ref("int_learnt_tags__sampled_features"), ["label_code", "one_id", "feature", "value"]
    )
    (date,) = select(dbt.ref("int_behaviour__as_of"), ["cast(as_of_date as string) as as_of_date"])[
        "as_of_date"
    ]
    leave_out = {
        code: label.get("leave_out", []) for code, label in dbt.config.get("labels").items()
    }
    fitted = fit_learnt_tags(
        customers, features, leave_out, int(dbt.config.get("min_customers")), date
    )
    arrow_types = {
        "str": pa.string(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "float64": pa.float64(),
    }
    schema = pa.schema([(name, arrow_types[kind]) for name, kind in PARAMETER_TYPES.items()])
    return deliver(session, pa.Table.from_pandas(fitted, schema=schema, preserve_index=False))
