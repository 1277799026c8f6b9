"""Logistic regressions of churn; the work is in one360.predictions.churn."""


def model(dbt, session):
    """Fit on the sampled customers of past dates; configured in _churn__models.yml."""
    import pandas as pd
    import pyarrow as pa

    from one360.engines.python_models import deliver, select
    from one360.predictions.churn import FEATURES, PARAMETER_TYPES, fit_churn

    arrow_types = {
        "str": pa.string(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "date": pa.date32(),
    }
    frame = select(
        dbt.ref("int_predictions__frame"),
        [
            "one_id", "horizon_days", "step", "snapshot_date", "order_days_after_known",
            *FEATURES,
        ],
        where="step > 0",
    )  # fmt: skip
    dates = select(
        dbt.ref("int_predictions__dates"),
        ["horizon_days", "step", "last_step", "snapshot_date", "fit_date"],
    )
    for each in (frame, dates):
        for name in set(each.columns) & {"snapshot_date", "fit_date"}:
            each[name] = pd.to_datetime(each[name])
    fitted = fit_churn(frame, dates, int(dbt.config.get("min_customers")))
    for name, kind in PARAMETER_TYPES.items():
        if kind == "date":
            fitted[name] = [None if pd.isna(day) else day.date() for day in fitted[name]]
    schema = pa.schema([(name, arrow_types[kind]) for name, kind in PARAMETER_TYPES.items()])
    return deliver(session, pa.Table.from_pandas(fitted, schema=schema, preserve_index=False))
