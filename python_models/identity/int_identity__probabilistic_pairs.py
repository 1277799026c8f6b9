"""Pairs of profiles that are likely one person; the work is in one360.identity.probabilistic."""


def model(dbt, session):
    """Empty while the variable probabilistic_links is off; configured in the YAML beside it."""
    import pyarrow as pa
    from dbt.adapters.events.logging import AdapterLogger

    from one360.engines.python_models import deliver, select
    from one360.identity.model import LinkOptions
    from one360.identity.probabilistic import DECIDED_TYPES, NothingToCompare, decide, link_records

    arrow_types = {"str": pa.string(), "float64": pa.float64()}
    names = {"record_id": "profile_id", "other_id": "linked_profile_id"}
    schema = pa.schema(
        [(names.get(name, name), arrow_types[kind]) for name, kind in DECIDED_TYPES.items()]
    )
    profiles = dbt.ref("int_identity__profiles")
    meta = dbt.config.get("meta")
    if not meta["probabilistic_links"]:
        return deliver(session, schema.empty_table())
    options = LinkOptions(
        sure_probability=float(meta["probabilistic_sure"]),
        review_probability=float(meta["probabilistic_review"]),
    )
    # a name or a birth date is what two profiles without an identifier in common can share
    records = select(
        profiles,
        [
            "profile_id as record_id",
            "full_name",
            "gender",
            "replace(cast(birth_date as string), '-', '') as birth_date",
            "phone",
            "email",
            "city",
            "province as state",
        ],
        where="full_name is not null or birth_date is not null",
    )
    try:
        decided = decide(link_records(records, options).pairs, options)
    except NothingToCompare as reason:
        AdapterLogger("one360").warning(f"probabilistic_links is on, but {reason}")
        return deliver(session, schema.empty_table())
    decided = decided.rename(columns=names)
    return deliver(session, pa.Table.from_pandas(decided, schema=schema, preserve_index=False))
