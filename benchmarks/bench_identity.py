"""Times who-is-who at scale: this project's contraction beside three other ways.

Makes source records with identifier values, then, each in a process of its own and
starting from the same staged identifiers (text):

- one360: candidates through one record per value, and clusters of all records by the
  materialization that the build uses (constrained_components, with nothing exclusive, so that
  all methods may agree), run by dbt with the project's own package;
- label propagation in SQL, the common way: the smallest label of the neighbours until
  nothing changes;
- scipy: edges fetched, connected_components, labels written back;
- networkx, at a size it can bear.

All end with the same table, record and one_id, the smallest record of its component.
Components must be identical. Then 1 % new records come, the same dbt project runs again as
a nightly run does, and scipy says whether the components are those of a full run. Last,
graphs that are hard: a path, a star, a grid and a power-law graph.

Other work on the machine slows everything down; ratios within one run bear it better, and
processor seconds (the start of dbt or of Python among them) bear it best. The load at the
beginning and at the end is printed.

    make bench-identity
    python benchmarks/bench_identity.py --records 1000000
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
THREADS = 2
#: Goals at 10 million records on two processors.
GOALS = {"label propagation": 6.0, "scipy": 2.0}
MEMORY_GOAL_GIGABYTES = 8.0
INCREMENT_GOAL = 0.10
#: networkx needs about 1 kB per record.
NETWORKX_RECORDS = 1_000_000

LINKS = """
select identifiers.record_id as node, first_holders.record_id as neighbour
from raw.identifiers as identifiers
inner join (
    select identifier_value, min(record_id) as record_id
    from raw.identifiers group by identifier_value having count(*) > 1
) as first_holders on identifiers.identifier_value = first_holders.identifier_value
where identifiers.record_id <> first_holders.record_id
"""
#: The chain of the build on these records: what each model of the dbt project holds.
CHAIN = {
    "tokens": """
select
    cast(null as varchar) as node,
    cast(null as varchar) as token_type,
    cast(null as varchar) as token_value,
    cast(null as integer) as level
where false
""",
    "profiles": """
{{ config(materialized="view") }}
select record_id as profile_id from raw.records
""",
    "candidates": """
{{ config(materialized="view") }}
select
    identifiers.record_id as node,
    first_holders.record_id as neighbour,
    4 as tier,
    2 as obeys,
    '0010' || identifiers.identifier_value as link_key
from raw.identifiers as identifiers
inner join (
    select identifier_value, min(record_id) as record_id
    from raw.identifiers group by identifier_value having count(*) > 1
) as first_holders on identifiers.identifier_value = first_holders.identifier_value
where identifiers.record_id <> first_holders.record_id
""",
    "one_ids": """
-- depends_on: {{ ref("tokens") }}
-- depends_on: {{ ref("profiles") }}
{{ config(
    materialized="constrained_components",
    cannot_link={"model": "tokens"},
    nodes={"model": "profiles", "node": "profile_id"},
) }}
select node, neighbour, tier, obeys, link_key from {{ ref("candidates") }}
""",
}


#: The same without a list of records: hard shapes are edges only.
NO_NODES = (
    CHAIN["one_ids"]
    .replace('    nodes={"model": "profiles", "node": "profile_id"},\n', "")
    .replace('ref("profiles")', 'ref("tokens")')
)


def connect(file: Path, **settings: object) -> duckdb.DuckDBPyConnection:
    """A connection with the processors and memory that every method gets."""
    connection = duckdb.connect(str(file), config={"threads": THREADS, "memory_limit": "7GB"})
    connection.execute(f"set temp_directory = '{file.parent / 'spill'}'")
    connection.execute("set preserve_insertion_order = false")
    return connection


def make_records(file: Path, records: int) -> None:
    """Records of people with about 2.5 each, and 1.6 identifier values per record.

    People change their numbers: in the order of time a person has a new value after
    every second record, and 60 of 100 records still carry the value before it (the old
    phone with the new e-mail). So some people hang together in chains and some fall
    apart. The number of records per person is heavy-tailed, from 1 to some hundreds, as
    cookies and receipts are; one record in 500 shows a value of another person.
    """
    people = max(1, records // 2)
    with connect(file) as connection:
        connection.execute("create schema if not exists raw")
        connection.execute(
            f"""
            create or replace table raw.drawn as
            select
                record_id,
                person,
                draw,
                row_number() over (partition by person order by draw) // 2 as era
            from (
                select
                    md5(cast(i as varchar)) as record_id,
                    cast({people} * pow(hash(i, 1) % 1000003 / 1000003.0, 1.4) as bigint)
                        // 1 as person,
                    hash(i, 2) as draw
                from range({records}) as t (i)
            ) as drawn
            """
        )
        connection.execute("create or replace table raw.records as select record_id from raw.drawn")
        connection.execute(
            f"""
            create or replace table raw.identifiers as
            select record_id, 'phone|' || person || '.' || era as identifier_value from raw.drawn
            union all
            select record_id, 'phone|' || person || '.' || (era - 1) from raw.drawn
            where draw % 10 < 6
            union all
            select record_id, 'phone|' || (hash(draw, 3) % {people}) || '.0' from raw.drawn
            where draw // 64 % 500 = 0
            """
        )
        connection.execute("drop table raw.drawn")


def run_dbt(folder: Path, file: Path, models: dict[str, str]) -> tuple[float, str]:
    """Run models with the package in a project of its own; seconds and the log."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "models").mkdir(parents=True)
    for name, sql in models.items():
        (folder / "models" / f"{name}.sql").write_text(sql)
    (folder / "dbt_project.yml").write_text(
        "name: one360\nversion: '1.0'\nprofile: bench\n"
        f"packages-install-path: {ROOT / 'dbt_packages'}\nmodels: {{+materialized: table}}\n"
        "flags: {send_anonymous_usage_stats: false}\n"
        "vars: {as_of: '', business_timezone: UTC}\n"
    )
    (folder / "profiles.yml").write_text(
        "bench:\n  target: duckdb\n  outputs:\n    duckdb:\n      type: duckdb\n"
        f"      path: {file}\n      threads: 1\n"
        f"      settings: {{threads: {THREADS}, memory_limit: 7GB, preserve_insertion_order: false,"
        f" temp_directory: '{folder / 'spill'}'}}\n"
    )
    started = time.monotonic()
    done = subprocess.run(
        [Path(sys.executable).parent / "dbt", "--log-level-file", "debug", "run"],
        cwd=folder,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("DBT_")},
            "DBT_PROFILES_DIR": ".",
        },
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stdout[-3000:])
    return time.monotonic() - started, (folder / "logs" / "dbt.log").read_text()


def model_seconds(folder: Path) -> dict[str, float]:
    """Seconds of each model, without the start of dbt."""
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    return {
        result["unique_id"].split(".")[-1]: result["execution_time"]
        for result in results
        if result["unique_id"].startswith("model.")
    }


def one360(file: Path) -> dict[str, float]:
    """Staged identifiers to one_id by dbt; leaves main.one_ids."""
    folder = file.parent / "project"
    run_dbt(folder, file, CHAIN)
    return model_seconds(folder)


def label_propagation(file: Path) -> float:
    """Each record takes the smallest label among those it shares a value with."""
    started = time.monotonic()
    with connect(file) as connection:
        connection.execute(
            "create or replace temp table labels as"
            " select record_id, row_number() over () as label from raw.records"
        )
        connection.execute(
            "create or replace temp table member as"
            " select labels.label as record, dense_value.value"
            " from raw.identifiers as i inner join labels using (record_id)"
            " inner join (select identifier_value, row_number() over () as value"
            "  from (select distinct identifier_value from raw.identifiers) as d)"
            "  as dense_value using (identifier_value)"
        )
        connection.execute(
            "create or replace temp table state as select label as record, label from labels"
        )
        changed = 1
        while changed:
            connection.execute(
                "create or replace temp table next_state as"
                " select s.record, least(s.label, coalesce(n.label, s.label)) as label"
                " from state as s left join ("
                "  select m.record, min(v.label) as label from member as m"
                "  inner join (select value, min(label) as label from member"
                "   inner join state using (record) group by value) as v using (value)"
                "  group by m.record) as n using (record)"
            )
            changed = connection.execute(
                "select count(*) from state inner join next_state as n using (record)"
                " where state.label <> n.label"
            ).fetchall()[0][0]
            connection.execute("drop table state; alter table next_state rename to state")
        connection.execute(
            "create or replace table by_label_propagation as"
            " select labels.record_id, ids.one_id as component"
            " from labels inner join state on labels.label = state.record"
            " inner join (select state.label, min(record_id) as one_id from state"
            "  inner join labels on labels.label = state.record group by state.label) as ids"
            " on state.label = ids.label"
        )
    return time.monotonic() - started


def scipy_components(file: Path) -> float:
    """Edges to numpy, scipy's connected_components, labels back into a table."""
    import numpy as np
    import pyarrow as pa
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    started = time.monotonic()
    with connect(file) as connection:
        connection.execute(
            "create or replace temp table numbered as"
            " select record_id, row_number() over () - 1 as number from raw.records"
        )
        edges = connection.execute(
            f"select a.number as one, b.number as other from ({LINKS}) as links"
            " inner join numbered as a on links.node = a.record_id"
            " inner join numbered as b on links.neighbour = b.record_id"
        ).fetchnumpy()
        count = connection.execute("select count(*) from numbered").fetchall()[0][0]
        weights = np.ones(len(edges["one"]), dtype=np.int8)
        graph = coo_matrix((weights, (edges["one"], edges["other"])), shape=(count, count))
        labels = connected_components(graph, directed=False)[1]
        found = pa.table({"number": np.arange(count), "component": labels})
        connection.register("found", found)
        connection.execute(
            "create or replace table by_scipy as select record_id, ids.one_id as component"
            " from numbered inner join found using (number)"
            " inner join (select component, min(record_id) as one_id"
            "  from numbered inner join found using (number) group by component) as ids"
            " using (component)"
        )
    return time.monotonic() - started


def networkx_components(file: Path) -> float:
    """Everything in Python objects."""
    import networkx

    started = time.monotonic()
    with connect(file) as connection:
        graph = networkx.Graph()
        graph.add_nodes_from(
            row[0] for row in connection.execute("select record_id from raw.records").fetchall()
        )
        graph.add_edges_from(connection.execute(LINKS).fetchall())
        rows = {
            node: number
            for number, nodes in enumerate(networkx.connected_components(graph))
            for node in nodes
        }
        import pyarrow as pa

        found = pa.table({"record_id": list(rows), "component": list(rows.values())})
        connection.register("found", found)
        connection.execute("create or replace table by_networkx as select * from found")
    return time.monotonic() - started


def increment(file: Path) -> dict[str, float]:
    """1 % new records join the staged ones, and the chain runs again as it does at night."""
    with connect(file) as connection:
        records = connection.execute("select count(*) from raw.records").fetchall()[0][0]
        people = max(1, records // 2)
        connection.execute(
            f"""
            create or replace temp table fresh as
            select
                md5('new' || i) as record_id,
                'phone|' || (hash(i, 5) % {people}) || '.' || (hash(i, 6) % 2) as one_value,
                'phone|' || (hash(i, 7) % {people}) || '.0' as other_value,
                i
            from range({max(1, records // 100)}) as t (i)
            """
        )
        connection.execute("insert into raw.records select record_id from fresh")
        connection.execute(
            "insert into raw.identifiers select record_id, one_value from fresh"
            " union all select record_id, other_value from fresh where i % 5 < 3"
        )
    return one360(file)


def hard_shapes(folder: Path, size: int) -> list[tuple[str, int, int, float]]:
    """Graphs on which rounds could grow: shape, nodes, rounds, seconds."""
    side = int(size**0.5)
    shapes = {
        "path": f"select i as a, i + 1 as b from range({size}) as t (i)",
        "path, shuffled": f"select hash(i) as a, hash(i + 1) as b from range({size}) as t (i)",
        "star": f"select 0 as a, i + 1 as b from range({size}) as t (i)",
        "grid": f"select i as a, i + 1 as b from range({side * side}) as t (i)"
        f" where i % {side} < {side - 1}"
        f" union all select i, i + {side} from range({side * (side - 1)}) as t (i)",
        # each node hangs on an earlier one, early ones on very many
        "power law": "select i as a,"
        " cast(floor(pow(hash(i) % 1000003 / 1000004.0, 3) * i) as bigint) as b"
        f" from range(1, {size}) as t (i)",
    }
    # all in one project: one start of dbt, and a model for each
    file = folder / "shapes.duckdb"
    file.unlink(missing_ok=True)
    models = {"tokens": CHAIN["tokens"]}
    with connect(file) as connection:
        connection.execute("create schema raw")
        for shape, sql in shapes.items():
            name = shape.replace(", ", "_").replace(" ", "_")
            connection.execute(
                f"create table raw.{name} as select lpad(cast(a as varchar), 20, '0') as node,"
                " lpad(cast(b as varchar), 20, '0') as neighbour, 1 as tier, 1 as obeys,"
                f" '' as link_key from ({sql}) as drawn"
            )
            models[name] = NO_NODES.replace('{{ ref("candidates") }}', f"raw.{name}")
    _, log = run_dbt(folder / "shapes", file, models)
    seconds = model_seconds(folder / "shapes")
    rows = []
    for shape in shapes:
        name = shape.replace(", ", "_").replace(" ", "_")
        rounds = [int(n) for n in re.findall(rf"\b{name}: round (\d+) leaves", log)]
        with connect(file) as connection:
            nodes, found = connection.execute(
                f"select count(*), count(distinct component) from {name}"
            ).fetchall()[0]
        if found != 1:
            raise SystemExit(f"{shape}: {found} components instead of 1")
        rows.append((shape, nodes, max(rounds, default=0), seconds[name]))
    return rows


METHODS: dict[str, tuple[Callable[[Path], float | dict[str, float]], str]] = {
    "one360": (one360, "select node as record_id, component from one_ids"),
    "label propagation": (label_propagation, "select * from by_label_propagation"),
    "scipy": (scipy_components, "select * from by_scipy"),
    "networkx": (networkx_components, "select * from by_networkx"),
    "increment": (increment, "select node as record_id, component from one_ids"),
}


@dataclass(frozen=True)
class Reading:
    """What a method took: seconds, of its steps where it has some; of processors; peak memory."""

    steps: dict[str, float]
    processor_seconds: float
    gigabytes: float

    @property
    def seconds(self) -> float:
        """Of all steps together."""
        return sum(self.steps.values())


def in_process(method: str, file: Path) -> Reading:
    """Run a method in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--method", method, "--file", str(file)],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{method}: {done.stdout[-2000:]}{done.stderr[-3000:]}")
    return Reading(**json.loads(done.stdout.splitlines()[-1]))


def same_components(file: Path, one: str, other: str) -> bool:
    """Whether two labellings group the records equally."""
    with connect(file) as connection:
        row = connection.execute(
            f"with a as ({METHODS[one][1]}), b as ({METHODS[other][1]}),"
            " both_labels as (select distinct a.component as x, b.component as y"
            "  from a inner join b using (record_id))"
            " select (select count(*) from both_labels), (select count(distinct component) from a),"
            " (select count(distinct component) from b),"
            " (select count(*) from a), (select count(*) from b)"
        ).fetchall()[0]
    return row[0] == row[1] == row[2] and row[3] == row[4]


def main() -> int:
    """Print the tables; exit code 1 where components differ."""
    parser = argparse.ArgumentParser(description="Times who-is-who at scale.")
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--shapes", type=int, default=1_000_000, help="nodes of the hard shapes")
    parser.add_argument("--folder", type=Path, help="where to work (removed otherwise)")
    parser.add_argument("--method", choices=METHODS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--only", nargs="*", choices=METHODS, help="some methods")
    options = parser.parse_args()
    if options.method:
        taken = METHODS[options.method][0](options.file)
        usages = [
            resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ]
        reading = Reading(
            steps=taken if isinstance(taken, dict) else {options.method: taken},
            processor_seconds=sum(usage.ru_utime + usage.ru_stime for usage in usages),
            gigabytes=max(usage.ru_maxrss for usage in usages) / 1024**2,
        )
        print(json.dumps(asdict(reading)))
        return 0

    folder = options.folder or Path(tempfile.mkdtemp(prefix="one360-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return compare(folder, options.records, options.shapes, options.only)
    finally:
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)


def compare(folder: Path, records: int, shapes: int, only: list[str] | None) -> int:
    """The timing table of one size, and the hard shapes."""
    file = folder / "bench.duckdb"
    file.unlink(missing_ok=True)
    make_records(file, records)
    with connect(file) as connection:
        values = connection.execute("select count(*) from raw.identifiers").fetchall()[0][0]
    print(f"{records:,} records, {values:,} identifier values, {THREADS} threads")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    print(f"{'':<20} {'s':>8} {'ratio':>6} {'CPU s':>8} {'GB':>6}  components")
    wrong = False
    ours: Reading | None = None
    for method in only or METHODS:
        target = file
        if method == "networkx" and records > NETWORKX_RECORDS:
            target = folder / "small.duckdb"
            target.unlink(missing_ok=True)
            make_records(target, NETWORKX_RECORDS)
            in_process("one360", target)
        reading = in_process(method, target)
        if method == "one360":
            ours, verdict = reading, ""
        else:
            # after the increment scipy judges the new records as well
            reference = "scipy" if method == "increment" else method
            if method == "increment":
                in_process("scipy", target)
            same = same_components(target, "one360", reference)
            verdict = "identical" if same else "DIFFERENT"
            wrong |= not same
            if target != file:
                verdict += f" (at {NETWORKX_RECORDS:,} records)"
        ratio = f"{reading.seconds / ours.seconds:6.2f}" if ours and target == file else " " * 6
        print(
            f"{method:<20} {reading.seconds:8.1f} {ratio} {reading.processor_seconds:8.1f}"
            f" {reading.gigabytes:6.1f}  {verdict}",
            flush=True,
        )
        for step, seconds in reading.steps.items() if len(reading.steps) > 1 else ():
            print(f"  {step:<18} {seconds:8.1f}")
    if shapes:
        print(f"\n{'shape':<20} {'nodes':>12} {'rounds':>7} {'s':>7}")
        # ten times the nodes may cost some rounds more, never ten times as many
        for size in (shapes // 100, shapes // 10, shapes):
            for shape, nodes, rounds, seconds in hard_shapes(folder, size):
                print(f"{shape:<20} {nodes:12,} {rounds:7} {seconds:7.1f}", flush=True)
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
