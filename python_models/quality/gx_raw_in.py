def model(dbt, session):
    """Great Expectations on the raw tables, before anything is built from them."""
    from one360.quality.checkpoints import check_raw_in

    # every declared raw table is a source of this model: see its pre-hook
    return check_raw_in(
        session,
        dbt.source,
        most_rows=int(dbt.config.meta_get("gx_sample_rows")),
        largest_multiple=float(dbt.config.meta_get("largest_multiple")),
    )
