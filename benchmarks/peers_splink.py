"""Splink on its own, with the settings that its documentation shows for FEBRL 3 and 4."""

from __future__ import annotations

import contextlib
import io
import logging
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

#: Where Splink's own examples count a pair as found.
THRESHOLD = 0.5


def splink_alone(records: pd.DataFrame, is_link: bool) -> list[str]:
    """Customers as Splink makes them: predict, then connected components at THRESHOLD.

    Args:
        records: as :func:`one360.identity.records.prepare` gives them, and ``source``.
        is_link: two files are linked (settings of the FEBRL 4 example) instead of one
            being freed of duplicates (FEBRL 3 example). Fields which those examples do
            not have get the comparison that Splink's library has for them.

    Returns:
        A customer per record.
    """
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    present = {c for c in records.columns if records[c].notna().any()}
    frequent = {"term_frequency_adjustments": True}

    def names(column: str) -> Any:
        comparison = cl.NameComparison(column)
        return comparison.configure(**frequent) if is_link else comparison

    def birth_date() -> Any:
        return cl.DateOfBirthComparison(
            "birth_date", input_is_string=True, datetime_format="%Y%m%d"
        )

    comparisons = {
        "given_name": lambda: names("given_name"),
        "surname": lambda: names("surname"),
        "birth_date": birth_date,
        "id_1": lambda: cl.DamerauLevenshteinAtThresholds("id_1", [1, 2] if is_link else [2]),
        "street_number": lambda: cl.ExactMatch("street_number").configure(**frequent),
        "postcode": lambda: (
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2])
            if is_link
            else cl.ExactMatch("postcode")
        ).configure(**frequent),
        "phone": lambda: cl.ExactMatch("phone"),
        "email": lambda: cl.EmailComparison("email"),
    }
    if not is_link and "id_1" not in present and "address_1" in present:
        comparisons["address_1"] = lambda: cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7])
    if "postcode" not in present:
        comparisons["city"] = lambda: cl.ExactMatch("city").configure(**frequent)
    wanted = (
        [
            ("given_name", "surname"),
            ("birth_date",),
            ("id_1",),
            ("state", "address_1"),
            ("street_number", "address_1"),
            ("postcode",),
        ]
        if is_link
        else [("id_1",), ("surname", "given_name"), ("birth_date",), ("phone",), ("email",)]
        if "phone" in present
        else [("id_1",), ("given_name",), ("surname",), ("birth_date",), ("postcode",)]
    )
    if not is_link and not {"birth_date", "email", "phone", "id_1"} & present:
        wanted += [("given_name",), ("address_1",)]
    rules: list[Any] = [block_on(*columns) for columns in wanted if present.issuperset(columns)]
    swapped = "l.given_name = r.surname and l.surname = r.given_name"
    # without a pair that is surely true Splink's own prior stays: from none it would learn zero
    sure = [
        columns
        for columns in (
            ("id_1",),
            ("given_name", "surname", "birth_date"),
            ("given_name", "surname", "address_1"),
            ("email",),
        )
        if present.issuperset(columns)
        and records.dropna(subset=list(columns)).duplicated(list(columns)).any()
    ][:2]
    certain: list[Any] = [block_on(*columns) for columns in sure]
    if is_link:
        rules.append(swapped)
    elif {"birth_date", "surname", "given_name"} <= present and certain:
        certain.append(f"{swapped} and l.birth_date = r.birth_date")
    settings = SettingsCreator(
        link_type="link_only" if is_link else "dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[make() for column, make in comparisons.items() if column in present],
        blocking_rules_to_generate_predictions=rules,
    )
    connection = duckdb.connect()
    api = DuckDBAPI(connection=connection)
    columns = [c for c in records.columns if c in present and c != "source"]
    logging.getLogger("splink").setLevel(logging.ERROR)
    with contextlib.redirect_stderr(io.StringIO()):
        tables = [
            api.register(pa.table({c: pa.array(list(part[c]), pa.string()) for c in columns}))
            for _, part in records.groupby("source", sort=True)
        ]
        linker = Linker(tables if is_link else tables[0], settings)
        if certain:
            linker.training.estimate_probability_two_random_records_match(
                certain, recall=0.8 if is_link else 0.9
            )
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
        blocks = ("birth_date", "postcode", "phone", "surname", "address_1", "city")
        for column in [column for column in blocks if column in present][:2]:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(column), estimate_without_term_frequencies=is_link
            )
        pairs = linker.inference.predict(threshold_match_probability=0.2)
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=THRESHOLD
        ).as_duckdbpyrelation()
        labels = dict(found.project("record_id, cluster_id").fetchall())
    connection.close()
    return [str(labels[record]) for record in records["record_id"]]
