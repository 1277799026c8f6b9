"""Cox's regression of leaving; the work is in one360.predictions.cox."""


def model(dbt, session):
    """Fit on the sampled lifetimes."""
    import pyarrow as pa

    from one360.engines.python_models import deliver, select
    from one360.predictions.cox import HAZARD_TYPES, hazard_table

    variables = ["log_order_days", "log_net_amount", "log_item_quantity"]
    lifetimes = select(
        dbt.ref("int_survival__lifetimes"),
        ["one_id", "days", "cast(has_left as integer) as has_left", *variables],
        where="is_sampled",
    ).sort_values("one_id")
    found = hazard_table(
        lifetimes[variables], lifetimes["days"].to_numpy(), lifetimes["has_left"].to_numpy()
    )
    arrow_types = {"str": pa.string(), "int64": pa.int64(), "float64": pa.float64()}
    schema = pa.schema([(name, arrow_types[kind]) for name, kind in HAZARD_TYPES.items()])
    return deliver(session, pa.Table.from_pandas(found, schema=schema, preserve_index=False))
