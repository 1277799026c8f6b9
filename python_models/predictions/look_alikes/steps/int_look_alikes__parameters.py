"""Logistic regressions of seeds against others; the work is in one360.predictions.look_alikes."""


def model(dbt, session):
    """Fit on sampled customers of each crowd; set up in _look_alikes_steps__python_models.yml."""
    import pyarrow as pa

    from one360.engines.python_models import deliver, select
    from one360.predictions.look_alikes import PARAMETER_TYPES, fit_look_alikes

    customers = select(
        dbt.ref("int_look_alikes__customers"),
        ["crowd_code", "one_id", "is_seed", "fold", "is_spy"],
        where="is_sampled",
    )
    features = select(
        dbt.ref("int_look_alikes__sampled_features"), ["crowd_code", "one_id", "feature", "value"]
    )
    (date,) = select(dbt.ref("int_behaviour__as_of"), ["cast(as_of_date as string) as as_of_date"])[
        "as_of_date"
    ]
    leave_out = {
        code: crowd.get("leave_out", []) for code, crowd in dbt.config.get("crowds").items()
    }
    fitted = fit_look_alikes(
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
