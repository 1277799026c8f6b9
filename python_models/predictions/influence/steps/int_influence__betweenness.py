"""Betweenness from a sample of customers; the work is in one360.predictions.betweenness."""


def model(dbt, session):
    """The graph is read whole: a million edges take some 50 MB."""
    import pyarrow as pa

    from one360.engines.python_models import deliver, select
    from one360.predictions.betweenness import betweenness

    edges = select(dbt.ref("int_influence__edges"), ["from_one_id", "to_one_id"])
    schema = pa.schema([("one_id", pa.string()), ("betweenness", pa.float64())])
    found = betweenness(edges)
    return deliver(session, pa.Table.from_pandas(found, schema=schema, preserve_index=False))
