"""Times a nightly run with 1 % new rows and an intraday run with 0.1 %, in a temporary home.

The raw rows of the demo that were loaded last are held back: the first build gets all but
1.1 %, then 1 % are delivered and built as in a night, then 0.1 % and brought up to date as
in the course of a day. A delivery is another file of each table. Among its rows are late
ones, new versions of old rows and new customers, as they came.

    make bench-increments SF=1
    python benchmarks/bench_increments.py --scale 10 --json results.json
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import os
import shutil
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
from bench_build import (
    BUILD,
    DATASET,
    environment_of,
    floor_seconds,
    layers_of,
    row_counts,
    run_step,
)

from one360.datasets.simulate.tables import TABLES, Table

#: Shares of all raw rows that come with the first build, the night and the day.
NIGHT, DAY = 0.01, 0.001
DELIVERIES = ("base", "night", "day")
#: A row was loaded on "2026-06-30 123": the day, and a part of it made of the row's key.
PARTS = 1000


def cut(raw: Path, into: Path) -> Counter[str]:
    """Cut the raw files into those of each delivery, ``into/<delivery>/<system>/<table>/``.

    Returns:
        Rows of each delivery.
    """
    loaded = {
        table: _loaded(raw / table.path, table)
        for table in TABLES.values()
        if table.system != "truth"
    }
    bounds = _bounds(sum(loaded.values(), Counter()))
    rows: Counter[str] = Counter()
    for table, counts in loaded.items():
        of_table: Counter[str] = Counter()
        for when, count in counts.items():
            of_table[DELIVERIES[_place(when, bounds)]] += count
        rows += of_table
        files = {
            delivery: into / delivery / table.system / table.name / f"{delivery}.{table.format}"
            for delivery in DELIVERIES
        }
        for file in files.values():
            file.parent.mkdir(parents=True, exist_ok=True)
        cut_table = _cut_parquet if table.format == "parquet" else _cut_text
        cut_table(raw / table.path, table, list(files.values()), bounds)
        for delivery in set(DELIVERIES) - set(of_table):
            files[delivery].unlink()
    return rows


def _bounds(loaded: Counter[str]) -> list[str]:
    """When the first row of each delivery was loaded."""
    total, later = loaded.total(), 0
    bounds: list[str] = []
    shares = [DAY, DAY + NIGHT]
    for when in sorted(loaded, reverse=True):
        later += loaded[when]
        if shares and later >= shares[0] * total:
            bounds.insert(0, when)
            shares.pop(0)
    return ["", *bounds]


def _place(when: str, bounds: list[str]) -> int:
    """The delivery of a row, as a place in DELIVERIES."""
    return sum(when >= bound for bound in bounds) - 1


def _loaded(path: Path, table: Table) -> Counter[str]:
    """Rows by when they were loaded."""
    if table.format != "parquet":
        return Counter(when for _, when in _text_rows(path, table))
    rows = duckdb.execute(f"select loaded, count(*) from ({_placed(path, table)}) group by 1")
    return Counter(dict(rows.fetchall()))


def _cut_parquet(path: Path, table: Table, files: list[Path], bounds: list[str]) -> None:
    ends: list[str] = [*bounds[1:], "9999"]
    for file, bound, end in zip(files, bounds, ends, strict=True):
        duckdb.execute(
            f"""
            copy (
                select * exclude (loaded) from ({_placed(path, table)})
                where loaded >= '{bound}' and loaded < '{end}'
            ) to '{file}' (format parquet)
            """
        )


def _placed(path: Path, table: Table) -> str:
    """Rows of a Parquet file and when they were loaded; lines go with their order."""
    key = table.columns[0][0]
    return f"""
        select *, printf('%s %03d', cast(loaded_at as date), hash({key}) % {PARTS}) as loaded
        from read_parquet('{path}')
    """


def _cut_text(path: Path, table: Table, files: list[Path], bounds: list[str]) -> None:
    with contextlib.ExitStack() as stack:
        opened = [
            stack.enter_context(file.open("w", encoding=table.encoding, newline=""))
            for file in files
        ]
        if table.format == "csv":
            for each in opened:
                csv.writer(each, lineterminator="\n").writerow(name for name, _ in table.columns)
        for text, when in _text_rows(path, table):
            opened[_place(when, bounds)].write(text)


def _text_rows(path: Path, table: Table) -> Iterator[tuple[str, str]]:
    """Each row of a CSV or JSONL file as text, and when it was loaded."""
    key = table.columns[0][0]
    with path.open(encoding=table.encoding, newline="") as file:
        if table.format == "jsonl":
            for line in file:
                yield line, _when(json.loads(line), key)
            return
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        rows = csv.reader(file)
        names = next(rows)
        for values in rows:
            text.seek(0)
            text.truncate()
            writer.writerow(values)
            yield text.getvalue(), _when(dict(zip(names, values, strict=True)), key)


def _when(row: dict[str, Any], key: str) -> str:
    return f"{row['loaded_at'][:10]} {zlib.crc32(str(row[key]).encode()) % PARTS:03d}"


def deliver(deliveries: Path, name: str, raw: Path) -> None:
    """Put the files of a delivery beside those that came before."""
    for file in (deliveries / name).rglob("*.*"):
        place = raw / file.relative_to(deliveries / name)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.rename(place)


def measure(home: Path, scale: float) -> dict[str, Any]:
    """Build, deliver and build, deliver and bring up to date; all figures."""
    folder = Path(sys.executable).parent
    one360, dbt = str(folder / "one360"), str(folder / "dbt")
    build = [dbt, "--log-level", "error", *BUILD]
    publish = [one360, "publish", "--dataset", DATASET]
    environment = environment_of(home)
    raw, deliveries = home / "raw" / DATASET, home / "deliveries"
    prepare = [one360, "prepare", "--dataset", DATASET, "--scale", str(scale)]
    run_step("prepare", prepare, environment)
    rows = cut(raw, deliveries)
    shutil.rmtree(raw)
    commands = {
        "base": [("full build", build), ("publish", publish)],
        "night": [("nightly build", build), ("publish the night", publish)],
        "day": [("intraday run", [one360, "intraday", "--dataset", DATASET])],
    }
    steps: list[dict[str, Any]] = []
    layers = {}
    for delivery in DELIVERIES:
        deliver(deliveries, delivery, raw)
        for name, command in commands[delivery]:
            step, samples = run_step(name, command, environment)
            steps.append(asdict(step) | {"new_rows": rows[delivery] if command != publish else 0})
            if command != publish:
                counts = dict(row_counts(home / "warehouse" / f"{DATASET}.duckdb"))
                found = layers_of(home / "target", samples, counts)
                layers[name] = {layer: asdict(what) for layer, what in found.items()}
    return {
        "scale": scale,
        "processors": os.cpu_count(),
        "steps": steps,
        "layers": layers,
        "floor": floor_seconds(home / "warehouse" / f"{DATASET}.duckdb"),
    }


def show(report: dict[str, Any]) -> None:
    """Print the figures as Markdown tables."""
    full = report["steps"][0]["seconds"]
    print(f"Scale {report['scale']:g}, {report['processors']} processors\n")
    print("| step | new raw rows | seconds | CPU seconds | of the full build | peak memory, MB |")
    print("|---|---:|---:|---:|---:|---:|")
    for step in report["steps"]:
        new = f"{step['new_rows']:,}" if step["new_rows"] else ""
        print(
            f"| {step['name']} | {new} | {step['seconds']:.1f} | {step['cpu_seconds']:.1f} "
            f"| {step['seconds'] / full:.1%} | {step['peak_megabytes']:,.0f} |"
        )
    floor = sum(report["floor"].values())
    print(f"\nfloor {floor:.2f} s: the full build takes {full / floor:.1f} times the floor")
    runs = report["layers"]
    print(f"\n| layer, models and tests, s | {' | '.join(runs)} |")
    print("|---|" + "---:|" * len(runs))
    for layer in next(iter(runs.values())):
        cells = [
            f"{found['model_seconds']:.1f} + {found['test_seconds']:.1f}" if found else ""
            for found in (run.get(layer) for run in runs.values())
        ]
        print(f"| {layer} | {' | '.join(cells)} |")


def main() -> int:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="1 = 10,000 people (default)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--keep", type=Path, help="use this folder as home and keep it")
    options = parser.parse_args()

    home = options.keep or Path(tempfile.mkdtemp(prefix="one360-bench-"))
    try:
        report = measure(home, options.scale)
    finally:
        if not options.keep:
            shutil.rmtree(home, ignore_errors=True)
    show(report)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
