"""Conditional logits of the next price band; the work is in one360.predictions.next_prices."""


def model(dbt, session):
    """Fit on past dates; configured in _next_prices_steps__python_models.yml."""
    from one360.predictions.next_prices import fitted_table

    customers, dates = dbt.ref("int_next_prices__customers"), dbt.ref("int_predictions__dates")
    return fitted_table(session, customers, dates, int(dbt.config.get("min_customers")))
