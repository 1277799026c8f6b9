"""What a network names to each customer; the work is in one360.predictions.next_network."""


def model(dbt, session):
    """No rows unless asked for; configured in _next_products_steps__python_models.yml."""
    import pandas as pd
    import pyarrow as pa

    from one360.engines.python_models import deliver, select
    from one360.predictions.frame_fits import ARROW_TYPES
    from one360.predictions.next_network import SCORE_TYPES, network_scores

    purchases = dbt.ref("int_next_products__purchases")
    next_items = dbt.ref("int_next_products__next_items")
    scores = pd.DataFrame(columns=list(SCORE_TYPES))
    if dbt.config.get("is_asked"):
        scores = network_scores(
            select(purchases, ["split_code", "one_id", "item", "own_share"]),
            select(next_items, ["one_id", "item"], where="split_code = 'training'"),
            int(dbt.config.get("min_customers")),
        )
    schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in SCORE_TYPES.items()])
    return deliver(session, pa.Table.from_pandas(scores, schema=schema, preserve_index=False))
