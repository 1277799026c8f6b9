"""Times a build of the demo per layer, in a temporary home.

Generates raw files at a scale factor, runs ``dbt build`` and ``one360 publish``, and
prints seconds per step and per layer (from run_results.json), rows of the largest
tables, and the peak memory of each step. Nothing outside the temporary home is
touched.

    make bench SF=1
    python benchmarks/bench_build.py --scale 10 --json results.json
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[1]
DATASET = "demo"
LAYERS = ("staging", "identity", "behaviour", "core", "tags", "campaigns", "quality", "ml")
TABLES_SHOWN = 12


@dataclass(frozen=True)
class Step:
    """What one command took."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_megabytes: float


def run_step(name: str, command: list[str], environment: dict[str, str]) -> Step:
    """Run a command, showing its errors; stops the benchmark when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    output = process.stdout.read()
    process.stdout.close()
    # wait4 tells what this process took, not the largest of all before it
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        print(output, file=sys.stderr)
        raise SystemExit(f"{name} failed with exit code {process.returncode}")
    return Step(
        name,
        time.monotonic() - started,
        usage.ru_utime + usage.ru_stime,
        _megabytes(usage),
    )


def _megabytes(usage: resource.struct_rusage) -> float:
    """Peak resident memory; macOS counts bytes, Linux kilobytes."""
    return usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def seconds_per_layer(target: Path) -> dict[str, dict[str, float]]:
    """Seconds of models and of tests per layer; two threads may add up to more than the clock."""
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    nodes = nodes["nodes"] | nodes["unit_tests"]
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    layers: dict[str, dict[str, float]] = defaultdict(lambda: {"models": 0.0, "tests": 0.0, "n": 0})
    for result in results:
        node = nodes.get(result["unique_id"])
        if node is None:
            continue
        kind = "models" if node["resource_type"] in ("model", "seed") else "tests"
        layer = layers[_layer(node, nodes)]
        layer[kind] += result["execution_time"]
        layer["n"] += 1
    return {name: layers[name] for name in (*LAYERS, *sorted(layers)) if name in layers}


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


def main() -> int:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="1 = 10,000 people (default)")
    parser.add_argument("--again", action="store_true", help="time a second, incremental build too")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--keep", type=Path, help="use this folder as home and keep it")
    options = parser.parse_args()

    home = options.keep or Path(tempfile.mkdtemp(prefix="one360-bench-"))
    (home / "warehouse").mkdir(parents=True, exist_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "ONE360_HOME": str(home),
        "ONE360_DATASET": DATASET,
        "DBT_TARGET_PATH": str(home / "target"),
        "DBT_LOG_PATH": str(home / "logs"),
        "GX_ANALYTICS_ENABLED": "false",
    }
    folder = Path(sys.executable).parent
    one360, dbt = str(folder / "one360"), str(folder / "dbt")
    build = [dbt, "--log-level", "error", "build"]
    commands = [
        ("prepare", [one360, "prepare", "--dataset", DATASET, "--scale", str(options.scale)]),
        ("dbt build", build),
        *([("dbt build again", build)] if options.again else []),
        ("publish", [one360, "publish", "--dataset", DATASET]),
    ]
    try:
        steps, layers = [], {}
        for name, command in commands:
            steps.append(run_step(name, command, environment))
            if name == "dbt build":
                layers = seconds_per_layer(home / "target")
        warehouse = home / "warehouse" / f"{DATASET}.duckdb"
        counts = row_counts(warehouse)
        report = {
            "scale": options.scale,
            "processors": os.cpu_count(),
            "steps": [vars(step) for step in steps],
            "layers": layers,
            "rows": dict(counts),
            "raw_megabytes": _folder_megabytes(home / "raw"),
            "warehouse_megabytes": warehouse.stat().st_size / 1e6,
            "published_megabytes": _folder_megabytes(home / "published"),
        }
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
    print(f"Scale {report['scale']:g}, {report['processors']} processors\n")
    print("| step | seconds | CPU seconds | peak memory, MB |")
    print("|---|---:|---:|---:|")
    for step in report["steps"]:
        print(
            f"| {step['name']} | {step['seconds']:.1f} | {step['cpu_seconds']:.1f} "
            f"| {step['peak_megabytes']:,.0f} |"
        )
    print("\n| layer | models, s | tests, s | nodes |")
    print("|---|---:|---:|---:|")
    for name, layer in report["layers"].items():
        print(f"| {name} | {layer['models']:.1f} | {layer['tests']:.1f} | {layer['n']:.0f} |")
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
