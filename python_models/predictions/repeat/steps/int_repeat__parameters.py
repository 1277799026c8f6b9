"""Poisson regressions of orders and spend; the work is in one360.predictions.frame_fits."""


def model(dbt, session):
    """Fit on sampled customers of past dates; configured in _repeat_steps__python_models.yml."""
    from one360.predictions.frame_fits import REPEAT, fitted_table

    frame, dates = dbt.ref("int_predictions__frame"), dbt.ref("int_predictions__dates")
    return fitted_table(session, frame, dates, REPEAT, int(dbt.config.get("min_customers")))
