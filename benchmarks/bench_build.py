"""Times a build of the demo per layer, in a temporary home.

Generates raw files at a scale factor, runs ``dbt build`` and ``one360 publish``, and
prints per step and per layer time, rows, peak memory and bytes read; then dbt's own
overhead (a build of one person) and the floor: what DuckDB needs to read the same raw
columns once and to group the facts by customer. Nothing outside the temporary home is
touched.

    make bench SF=1
    python benchmarks/bench_build.py --scale 10 --json results.json
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from threading import Event, Thread
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[1]
DATASET = "demo"
LAYERS = ("staging", "identity", "behaviour", "core", "tags", "predictions", "campaigns", "quality")
TABLES_SHOWN = 12
#: Facts and what is summed of each.
FACTS = {
    "orders": "net_amount",
    "order_lines": "net_amount",
    "web_sessions": "engaged_seconds",
    "touches": "rating",
}
#: Scale of the build that shows dbt's own overhead: one person.
ALMOST_NOTHING = 0.0001
#: What `make dbt` gives to dbt.
BUILD = ("build", "--exclude-resource-type", "unit_test", "--target", "duckdb")
#: Steps that show dbt's own overhead; the second has the parse of the first, as a night has.
OVERHEAD, OVERHEAD_PARSED = "dbt build of one person", "dbt build of one person, parsed before"


@dataclass(frozen=True)
class Sample:
    """The process at one moment: resident memory and bytes read so far."""

    at: float  # seconds since the epoch
    resident: int
    read: int


@dataclass(frozen=True)
class Step:
    """What one command took."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_megabytes: float


@dataclass
class Layer:
    """What the nodes of one layer took, while they ran."""

    nodes: int = 0
    model_seconds: float = 0.0  # two threads may add up to more than the clock
    test_seconds: float = 0.0
    wall_seconds: float = 0.0  # during which at least one node of the layer ran
    rows: int = 0
    peak_megabytes: float = 0.0  # of the whole process while a node of the layer ran
    read_megabytes: float = 0.0  # shared evenly where nodes of two layers ran at once


class Sampler(Thread):
    """Looks at a process ten times a second (Linux only; elsewhere there are no samples)."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self._folder = Path("/proc") / str(process)
        self._ended = Event()
        self.samples: list[Sample] = []

    def run(self) -> None:
        """Take samples until told to stop or the process is gone."""
        page = resource.getpagesize()
        while not self._ended.wait(0.1):
            try:
                resident = int((self._folder / "statm").read_text().split()[1]) * page
                read = int((self._folder / "io").read_text().split()[1])
            except (OSError, IndexError, ValueError):
                return
            self.samples.append(Sample(time.time(), resident, read))

    def stop(self) -> list[Sample]:
        """End the sampling; all samples in order of time."""
        self._ended.set()
        self.join()
        return self.samples


def run_step(
    name: str, command: list[str], environment: dict[str, str]
) -> tuple[Step, list[Sample]]:
    """Run a command, showing its errors; stops the benchmark when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    sampler = Sampler(process.pid)
    sampler.start()
    assert process.stdout
    output = process.stdout.read()
    process.stdout.close()
    # wait4 tells what this process took, not the largest of all before it
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    samples = sampler.stop()
    if process.returncode:
        print(output, file=sys.stderr)
        raise SystemExit(f"{name} failed with exit code {process.returncode}")
    return Step(
        name,
        time.monotonic() - started,
        usage.ru_utime + usage.ru_stime,
        _megabytes(usage),
    ), samples


def _megabytes(usage: resource.struct_rusage) -> float:
    """Peak resident memory; macOS counts bytes, Linux kilobytes."""
    return usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def layers_of(target: Path, samples: list[Sample], rows: dict[str, int]) -> dict[str, Layer]:
    """What each layer took, from run_results.json and the samples of the build."""
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    nodes = nodes["nodes"] | nodes["unit_tests"]
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    layers: dict[str, Layer] = defaultdict(Layer)
    intervals: list[tuple[float, float, str]] = []
    for result in results:
        node = nodes.get(result["unique_id"])
        if node is None:
            continue
        name = _layer(node, nodes)
        layer = layers[name]
        layer.nodes += 1
        if node["resource_type"] in ("model", "seed"):
            layer.model_seconds += result["execution_time"]
            layer.rows += rows.get(f"{node['schema']}.{node['alias']}", 0)
        else:
            layer.test_seconds += result["execution_time"]
        times = [
            datetime.fromisoformat(timing[end].replace("Z", "+00:00")).timestamp()
            for timing in result["timing"]
            for end in ("started_at", "completed_at")
        ]
        if times:
            intervals.append((min(times), max(times), name))
    for name, layer in layers.items():
        layer.wall_seconds = _covered([(low, high) for low, high, of in intervals if of == name])
    for before, sample in zip(samples, samples[1:], strict=False):
        running = {of for low, high, of in intervals if low <= sample.at and before.at <= high}
        for name in running:
            layer = layers[name]
            layer.peak_megabytes = max(layer.peak_megabytes, sample.resident / 1e6)
            layer.read_megabytes += (sample.read - before.read) / 1e6 / len(running)
    return {name: layers[name] for name in (*LAYERS, *sorted(layers)) if name in layers}


def _covered(intervals: list[tuple[float, float]]) -> float:
    """Length of the union of intervals."""
    total, end = 0.0, float("-inf")
    for low, high in sorted(intervals):
        total += max(0.0, high - max(low, end))
        end = max(end, high)
    return total


def floor_seconds(warehouse: Path) -> dict[str, float]:
    """Seconds to read every raw column once, and to group the facts by customer."""
    with duckdb.connect(str(warehouse), read_only=True, config={"threads": 2}) as connection:
        raw = connection.execute(
            "select view_name from duckdb_views() where schema_name = 'raw' order by 1"
        ).fetchall()
        started = time.monotonic()
        for (name,) in raw:
            # the hash makes the engine look at every value, whatever the file's statistics say
            connection.execute(f"select bit_xor(hash(columns(*))) from raw.{name}").fetchall()
        read = time.monotonic() - started
        started = time.monotonic()
        for fact, amount in FACTS.items():
            connection.execute(
                f"select one_id, count(*), sum({amount}) from core.{fact} group by one_id"
            ).fetchall()
        return {"read raw columns": read, "group facts": time.monotonic() - started}


def _layer(node: dict[str, Any], nodes: dict[str, Any]) -> str:
    """Schema of a model; of a test, that of the model it is attached to."""
    if node["resource_type"] == "model":
        return str(node["schema"])
    if node["resource_type"] == "seed":
        return "seeds"
    attached = node.get("attached_node") or f"model.one360.{node.get('model', '')}"
    tested = nodes.get(attached)
    return _layer(tested, nodes) if tested else "assertions"


def row_counts(warehouse: Path) -> list[tuple[str, int]]:
    """Tables of the warehouse by number of rows, the largest first."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(
            "select schema_name || '.' || table_name, estimated_size from duckdb_tables() "
            "where database_name = current_database() order by estimated_size desc, 1"
        ).fetchall()


def measure(home: Path, scale: float, again: bool) -> dict[str, Any]:
    """Build the demo in ``home`` and in a home for one person beside it; all figures."""
    folder = Path(sys.executable).parent
    one360, dbt = str(folder / "one360"), str(folder / "dbt")
    build = [dbt, "--log-level", "error", *BUILD]
    commands = [
        ("prepare", [one360, "prepare", "--dataset", DATASET, "--scale", str(scale)]),
        ("dbt build", build),
        *([("dbt build again", build)] if again else []),
        ("publish", [one360, "publish", "--dataset", DATASET]),
    ]
    environment = environment_of(home)
    steps, built = [], []
    for name, command in commands:
        step, samples = run_step(name, command, environment)
        steps.append(step)
        if name == "dbt build":
            built = samples
            shutil.copytree(home / "target", home / "target_of_first", dirs_exist_ok=True)
    nearly_empty = home / "one_person"
    environment = environment_of(nearly_empty)
    prepare = [one360, "prepare", "--dataset", DATASET, "--scale", str(ALMOST_NOTHING)]
    run_step("prepare", prepare, environment)
    for name in (OVERHEAD, OVERHEAD_PARSED):
        shutil.rmtree(nearly_empty / "warehouse")
        step, _ = run_step(name, build, environment_of(nearly_empty))
        steps.append(step)
    warehouse = home / "warehouse" / f"{DATASET}.duckdb"
    rows = dict(row_counts(warehouse))
    layers = layers_of(home / "target_of_first", built, rows)
    return {
        "scale": scale,
        "processors": os.cpu_count(),
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("dbt-core", "dbt-duckdb", "duckdb")},
        "steps": [asdict(step) for step in steps],
        "layers": {name: asdict(layer) for name, layer in layers.items()},
        "floor": floor_seconds(warehouse),
        "rows": rows,
        "raw_megabytes": _folder_megabytes(home / "raw"),
        "warehouse_megabytes": warehouse.stat().st_size / 1e6,
        "published_megabytes": _folder_megabytes(home / "published"),
    }


def environment_of(home: Path) -> dict[str, str]:
    """Environment of a command whose home is this folder."""
    (home / "warehouse").mkdir(parents=True, exist_ok=True)
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "ONE360_HOME": str(home),
        "ONE360_DATASET": DATASET,
        "DBT_TARGET_PATH": str(home / "target"),
        "DBT_LOG_PATH": str(home / "logs"),
        "GX_ANALYTICS_ENABLED": "false",
    }


def main() -> int:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="1 = 10,000 people (default)")
    parser.add_argument("--again", action="store_true", help="time a second, incremental build too")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--keep", type=Path, help="use this folder as home and keep it")
    options = parser.parse_args()

    home = options.keep or Path(tempfile.mkdtemp(prefix="one360-bench-"))
    try:
        report = measure(home, options.scale, options.again)
    finally:
        if not options.keep:
            shutil.rmtree(home, ignore_errors=True)
    show(report)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _folder_megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def show(report: dict[str, Any]) -> None:
    """Print the figures as Markdown tables."""
    versions = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    print(f"Scale {report['scale']:g}, {report['processors']} processors, {versions}\n")
    print("| step | seconds | CPU seconds | peak memory, MB |")
    print("|---|---:|---:|---:|")
    for step in report["steps"]:
        print(
            f"| {step['name']} | {step['seconds']:.1f} | {step['cpu_seconds']:.1f} "
            f"| {step['peak_megabytes']:,.0f} |"
        )
    print(
        "\n| layer | wall, s | models, s | tests, s | nodes | rows | peak memory, MB | read, MB |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, layer in report["layers"].items():
        print(
            f"| {name} | {layer['wall_seconds']:.1f} | {layer['model_seconds']:.1f} "
            f"| {layer['test_seconds']:.1f} | {layer['nodes']} | {layer['rows']:,} "
            f"| {layer['peak_megabytes']:,.0f} | {layer['read_megabytes']:,.0f} |"
        )
    seconds = {step["name"]: step["seconds"] for step in report["steps"]}
    floor = sum(report["floor"].values())
    parts = ", ".join(f"{name} {value:.2f} s" for name, value in report["floor"].items())
    build, overhead, parsed = (seconds[name] for name in ("dbt build", OVERHEAD, OVERHEAD_PARSED))
    print(
        f"\nfloor {floor:.2f} s ({parts}): the build takes {build / floor:.1f} times the floor; "
        f"dbt's own overhead {overhead:.1f} s = {overhead / build:.0%} of it, of a build parsed "
        f"before {parsed:.1f} s = {parsed / (build - overhead + parsed):.0%}"
    )
    print("\n| largest tables | rows |")
    print("|---|---:|")
    for name, rows in list(report["rows"].items())[:TABLES_SHOWN]:
        print(f"| {name} | {rows:,} |")
    print(
        f"\nraw {report['raw_megabytes']:,.0f} MB, warehouse {report['warehouse_megabytes']:,.0f} "
        f"MB, published {report['published_megabytes']:,.0f} MB"
    )


if __name__ == "__main__":
    sys.exit(main())
