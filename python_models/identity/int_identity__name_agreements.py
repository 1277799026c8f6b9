"""What names that meet say of each other; the work is in one360.identity.agreement."""


def model(dbt, session):
    """Each pair once, whatever number of values it meets on."""
    import pyarrow as pa

    from one360.engines.python_models import deliver, select
    from one360.identity.agreement import agreement

    columns = ["full_name", "other_full_name"]
    pairs = select(dbt.ref("int_identity__name_meetings"), columns).drop_duplicates()
    one, other = (pairs[column].tolist() for column in columns)
    found = [agreement(*names) for names in zip(one, other, strict=True)]
    text = pa.string()
    return deliver(
        session,
        pa.table(
            {
                "full_name": pa.array(one, text),
                "other_full_name": pa.array(other, text),
                "agreement": pa.array(found, text),
            }
        ),
    )
