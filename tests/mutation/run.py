"""Puts each mutant into a copy of the project and runs the cheapest test that should notice.

    python -m tests.mutation.run [--area core] [--sample 40] [--workers 2]

Mutants that cannot meet are tried together: of unit tests those of different models, of the
fixed shop those that each have a published table of their own. One that survives the nearest
of these is tried again by itself, on all that it reaches. Prints the survivors by area; exit
code 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import duckdb

from one360.publish.tables import PUBLISHED_SCHEMAS
from tests.mutation.mutants import ROOT, Mutant, read_mutants
from tests.python.independent import shop
from tests.python.independent.compare import RUN_TIME_COLUMNS, differences
from tests.python.project import SALT

#: How many published tables of a mutant's own are built and compared at first.
MOST_TARGETS = 3

#: A mutant that makes a run last longer than this has been noticed.
SECONDS = 1800


# --- the project ---------------------------------------------------------------------------


@dataclass
class Graph:
    """What depends on what, from dbt's manifest."""

    manifest: dict[str, Any]
    children: dict[str, list[str]] = field(init=False)
    reached: dict[str, set[str]] = field(init=False)  # file → models that it is part of
    unit_tested: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Follow macros and functions to the models that call them."""
        nodes = {
            key: node
            for key, node in self.manifest["nodes"].items()
            if node["resource_type"] in ("model", "seed")
        }
        self.children = {
            key: [child for child in self.manifest["child_map"].get(key, []) if child in nodes]
            for key in nodes
        }
        callers = defaultdict(set)
        for key, macro in self.manifest["macros"].items():
            for called in macro["depends_on"]["macros"]:
                callers[called].add(key)
        direct = defaultdict(set)
        for key, node in nodes.items():
            for called in node["depends_on"].get("macros", []):
                direct[called].add(key)
        self.reached = defaultdict(set)
        for key, node in nodes.items():
            self.reached[node["original_file_path"]].add(key)
        for key, source in self.manifest["sources"].items():
            self.reached[source["original_file_path"]] |= {
                child for child in self.manifest["child_map"].get(key, []) if child in nodes
            }
        for key, macro in self.manifest["macros"].items():
            if macro["package_name"] == "one360":
                for one in _closure([key], lambda name: callers[name]):
                    self.reached[macro["original_file_path"]] |= direct[one]
        functions, children = self.manifest["functions"], self.manifest["child_map"]
        for key, function in functions.items():
            for one in _closure([key], lambda name: functions.keys() & children[name]):
                self.reached[function["original_file_path"]] |= nodes.keys() & children[one]
        self.unit_tested = {
            node
            for test in self.manifest["unit_tests"].values()
            for node in test["depends_on"]["nodes"]
        }

    def node(self, key: str) -> dict[str, Any]:
        """A model or seed."""
        return self.manifest["nodes"][key]

    def relation(self, key: str) -> str:
        """Schema and name of what a node builds."""
        node = self.node(key)
        return f"{node['schema']}.{node['alias']}"

    def below(self, keys: Iterable[str]) -> set[str]:
        """The nodes and all that is built from them."""
        return _closure(keys, lambda key: self.children[key])

    def published_below(self, mutant: Mutant) -> list[str]:
        """Published tables that a fault can reach, the nearest first."""
        found, seen, ring = [], set(), sorted(self.reached[mutant.file])
        while ring:
            seen.update(ring)
            found += [key for key in ring if self.node(key)["schema"] in PUBLISHED_SCHEMAS]
            ring = sorted({child for key in ring for child in self.children[key]} - seen)
        return found

    def between(self, mutant: Mutant, targets: Iterable[str]) -> set[str]:
        """Models that a fault runs through to reach the targets, both ends included."""
        below = self.below(self.reached[mutant.file])
        parents = self.manifest["parent_map"]
        return below & _closure(targets, lambda key: parents.get(key, []))


def _closure(keys: Iterable[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += following(key)
    return seen


class Tree:
    """A copy of the project's files that a worker spoils and mends again."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.target = folder / "target"
        self.logs = folder / "logs"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in filter(None, listed.split("\0")):
            path = ROOT / name
            if path.is_file() or path.is_symlink():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                # of a package what is linked is the folder
                shutil.copy(path, self.root / name, follow_symlinks=path.is_file())
        # a clean checkout has these folders
        for name in ("raw", "warehouse", "published"):
            (self.root / name).mkdir(exist_ok=True)
        kept = ("PATH", "HOME", "LANG", "TMPDIR", "JAVA_HOME", "ONE360_REFERENCE_DATA")
        self.environment = {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PYTHONPATH": f"{self.root / 'src'}{os.pathsep}{self.root}",
            "DO_NOT_TRACK": "1",
            "GX_ANALYTICS_ENABLED": "false",
        }

    def spoil(self, mutants: Iterable[Mutant]) -> None:
        """Put faults into the files."""
        for mutant in mutants:
            path = self.root / mutant.file
            path.write_text(mutant.applied(path.read_text(encoding="utf-8")), encoding="utf-8")

    def mend(self, mutants: Iterable[Mutant]) -> None:
        """Take them out again."""
        for mutant in mutants:
            shutil.copy(ROOT / mutant.file, self.root / mutant.file)

    def dbt(self, home: Path, *words: str) -> tuple[int, str]:
        """Exit code and output of a dbt command on a home with the fixed shop."""
        return self._run(
            [str(Path(sys.executable).with_name("dbt")), "--log-level", "warn", *words],
            {
                "ONE360_HOME": str(home),
                "ONE360_DATASET": shop.DATASET,
                "ONE360_SALT": SALT,
                "DBT_PROFILES_DIR": str(self.root),
                "DBT_TARGET_PATH": str(self.target),
                "DBT_LOG_PATH": str(self.logs),
                "DBT_USE_COLORS": "false",
            },
        )

    def pytest(self, test: str) -> tuple[int, str]:
        """Exit code and output of one pytest file or test."""
        words = [sys.executable, "-m", "pytest", "--quiet", "--exitfirst", "-p", "no:cacheprovider"]
        return self._run([*words, *test.split()], {})

    def _run(self, words: list[str], environment: dict[str, str]) -> tuple[int, str]:
        try:
            done = subprocess.run(
                words,
                cwd=self.root,
                env={**self.environment, **environment},
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            return -1, f"took more than {SECONDS} s"
        return done.returncode, done.stdout + done.stderr

    def results(self) -> dict[str, str]:
        """Status of each node of the last dbt command."""
        path = self.target / "run_results.json"
        if not path.exists():
            return {}
        results = json.loads(path.read_text(encoding="utf-8"))["results"]
        return {result["unique_id"]: result["status"] for result in results}


# --- the fixed shop ------------------------------------------------------------------------


class Shop:
    """The fixed shop after both nights, built without a fault."""

    def __init__(self, folder: Path, tree: Tree) -> None:
        self.home = folder / "shop"
        code, output = self.build(self.home, tree)
        if code:
            raise SystemExit(f"the fixed shop does not build without a fault:\n{output[-3000:]}")
        with self._open(self.home) as connection:
            tables = connection.execute(
                "select table_schema || '.' || table_name from information_schema.tables"
            ).fetchall()
        self.tables = {name for (name,) in tables}
        self._rows: dict[str, list[dict[str, Any]]] = {}

    @staticmethod
    def build(home: Path, tree: Tree) -> tuple[int, str]:
        """Both nights from nothing; stops at the first that fails."""
        shutil.rmtree(home, ignore_errors=True)
        (home / "warehouse").mkdir(parents=True)
        for night in (1, 2):
            shop.write(home / "raw" / shop.DATASET, night)
            code, output = tree.dbt(home, *MODELS, *VARS)
            if code:
                return code, output
        return 0, ""

    def copy(self, folder: Path) -> Path:
        """A home with the same data, to build in."""
        home = folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.home, home)
        return home

    def differs(self, home: Path, relation: str) -> bool:
        """Whether a table of another build has other rows than here, or is not there."""
        if relation not in self._rows:
            self._rows[relation] = self._read(self.home, relation)
        try:
            rows = self._read(home, relation)
        except duckdb.Error:
            return True
        return bool(differences(self._rows[relation], rows))

    def _open(self, home: Path) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(home / "warehouse" / f"{shop.DATASET}.duckdb"), read_only=True)

    def _read(self, home: Path, relation: str) -> list[dict[str, Any]]:
        with self._open(home) as connection:
            connection.execute("set timezone = 'UTC'")
            cursor = connection.execute(f"select * from {relation}")
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for row in rows:
            for name in RUN_TIME_COLUMNS & row.keys():
                del row[name]
        return sorted(rows, key=str)


VARS = ("--vars", json.dumps(shop.VARIABLES))
MODELS = ("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


# --- batches -------------------------------------------------------------------------------


@dataclass
class Batch:
    """Mutants tried together, with what each is judged by (models or tables of its own)."""

    kind: str
    mutants: list[Mutant] = field(default_factory=list)
    own: list[set[str]] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    is_last_try: bool = False

    @property
    def has_function(self) -> bool:
        """Whether functions have to be built anew, too."""
        return any(mutant.file.startswith("functions/") for mutant in self.mutants)


def batches(mutants: Sequence[Mutant], graph: Graph, together: bool = True) -> Iterator[Batch]:
    """Distribute mutants over batches, as many in one as cannot meet."""
    for kind in ("unit", "rebuild"):
        open_batches: list[Batch] = []
        for mutant in mutants:
            if mutant.caught_by != kind:
                continue
            if not any(together and _joins(batch, mutant, graph) for batch in open_batches):
                batch = Batch(kind, is_last_try=not together)
                if not _joins(batch, mutant, graph):
                    raise SystemExit(f"{mutant.label}: {kind} tests nothing that the file reaches")
                open_batches.append(batch)
        yield from open_batches
    for mutant in mutants:
        if mutant.caught_by not in ("unit", "rebuild"):
            yield Batch(mutant.caught_by, [mutant], [set()], {mutant.file})


def _joins(batch: Batch, mutant: Mutant, graph: Graph) -> bool:
    """Add a mutant to a batch if each then still has something of its own."""
    if mutant.file in batch.files:
        return False
    if batch.kind == "unit":
        models = graph.reached[mutant.file] & graph.unit_tested
        if not models or any(models & other for other in batch.own):
            return False
        own = [*batch.own, models]
    else:
        reached = [graph.published_below(one) for one in (*batch.mutants, mutant)]
        counts = Counter(key for keys in reached for key in keys)
        own = [{key for key in keys if counts[key] == 1} for keys in reached]
        # what a fault reaches first must be among them
        if not all(keys and keys[0] in alone for keys, alone in zip(reached, own, strict=True)):
            return False
    batch.mutants.append(mutant)
    batch.files.add(mutant.file)
    batch.own[:] = own
    return True


class Runner:
    """Runs batches, each on a tree that is free."""

    def __init__(self, folder: Path, graph: Graph, golden: Shop | None, trees: list[Tree]) -> None:
        self.folder = folder
        self.graph = graph
        self.golden = golden
        self.trees: SimpleQueue[Tree] = SimpleQueue()
        for tree in trees:
            self.trees.put(tree)

    def killed(self, batch: Batch) -> list[bool]:
        """Of each mutant whether a test noticed."""
        tree = self.trees.get()
        try:
            tree.spoil(batch.mutants)
            if batch.kind == "unit":
                return self._unit(batch, tree)
            if batch.kind == "rebuild":
                return self._rebuild(batch, tree)
            if batch.kind == "nights":
                return [self._nights(tree)]
            code, output = tree.pytest(batch.kind)
            if code not in (-1, 0, 1, 2, 3):
                raise SystemExit(f"pytest {batch.kind} ended with {code}:\n{output[-2000:]}")
            return [code != 0]
        finally:
            tree.mend(batch.mutants)
            self.trees.put(tree)

    def _unit(self, batch: Batch, tree: Tree) -> list[bool]:
        assert self.golden
        names = {self.graph.node(key)["name"] for models in batch.own for key in models}
        home = self.golden.copy(tree.root.parent)
        chosen = [f"{name},test_type:unit" for name in sorted(names)]
        if batch.has_function:
            tree.dbt(home, *MODELS, *VARS, "--select", "resource_type:function")
        (tree.target / "run_results.json").unlink(missing_ok=True)
        code, output = tree.dbt(home, "test", *VARS, "--select", *chosen)
        results = tree.results()
        if code == 0 and not results.keys() & self.graph.manifest["unit_tests"].keys():
            raise SystemExit(f"no unit test of {sorted(names)} was run:\n{output[-2000:]}")
        if not results:  # the project does not even parse
            return [True] if len(batch.mutants) == 1 else [False] * len(batch.mutants)
        bad: set[str] = set()
        for key, status in results.items():
            if status != "pass" and (test := self.graph.manifest["unit_tests"].get(key)):
                bad.update(test["depends_on"]["nodes"])
        return [bool(models & bad) for models in batch.own]

    def _rebuild(self, batch: Batch, tree: Tree) -> list[bool]:
        assert self.golden
        home = self.golden.copy(tree.root.parent)
        targets, models = [], set()
        for mutant, own in zip(batch.mutants, batch.own, strict=True):
            reached = [key for key in self.graph.published_below(mutant) if key in own]
            wanted = reached if batch.is_last_try else reached[:MOST_TARGETS]
            targets.append([self.graph.relation(key) for key in wanted])
            models |= self.graph.between(mutant, wanted)
        names = sorted(self.graph.node(key)["name"] for key in models)
        if batch.has_function:
            names.append("resource_type:function")
        (tree.target / "run_results.json").unlink(missing_ok=True)
        tree.dbt(home, *MODELS, *VARS, "--select", *names)
        if not tree.results():  # the project does not even parse
            return [True] if len(batch.mutants) == 1 else [False] * len(batch.mutants)
        failed = {key for key, status in tree.results().items() if status != "success"}
        killed = []
        for mutant, tables in zip(batch.mutants, targets, strict=True):
            stopped = failed & self.graph.reached[mutant.file]
            killed.append(
                bool(stopped) or any(self.golden.differs(home, table) for table in tables)
            )
        return killed

    def _nights(self, tree: Tree) -> bool:
        assert self.golden
        home = tree.root.parent / "home"
        code, _ = self.golden.build(home, tree)
        tables = [name for name in self.golden.tables if name.split(".")[0] in PUBLISHED_SCHEMAS]
        return code != 0 or any(self.golden.differs(home, name) for name in sorted(tables))


# --- the command ---------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Try the mutants and print what survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--area", action="append", help="an area of mutants/, may be repeated")
    parser.add_argument("--kind", action="append", help="only mutants caught by this")
    parser.add_argument("--name", help="only mutants whose label holds this text")
    parser.add_argument("--sample", type=int, help="so many by chance, over all areas")
    parser.add_argument("--seed", type=int, default=None, help="of the sample")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--mutants", type=Path, help="another folder with lists of mutants")
    options = parser.parse_args(arguments)

    mutants = read_mutants(options.mutants) if options.mutants else read_mutants()
    known = {mutant.area for mutant in mutants}
    if unknown := set(options.area or ()) - known:
        parser.error(f"no area {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    mutants = [
        mutant
        for mutant in mutants
        if (not options.area or mutant.area in options.area)
        and (not options.kind or mutant.caught_by in options.kind)
        and (not options.name or options.name in mutant.label)
    ]
    for mutant in mutants:
        mutant.applied((ROOT / mutant.file).read_text(encoding="utf-8"))
    if options.sample and options.sample < len(mutants):
        seed = random.randrange(10**6) if options.seed is None else options.seed
        print(f"· {options.sample} of {len(mutants)} mutants, --seed {seed}", flush=True)
        mutants = random.Random(seed).sample(mutants, options.sample)

    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="one360-mutants-") as name:
        folder = Path(name)
        survivors = _try_all(mutants, folder, options.workers)
    _report(mutants, survivors, time.perf_counter() - started)
    return int(bool(survivors))


def _try_all(mutants: list[Mutant], folder: Path, workers: int) -> list[Mutant]:
    trees = [Tree(folder / f"worker{number}") for number in range(workers)]
    tests = sorted({m.caught_by for m in mutants if m.caught_by.startswith("tests/")})
    golden = None
    if any(not mutant.caught_by.startswith("tests/") for mutant in mutants):
        print("· the fixed shop, two nights without a fault", flush=True)
        golden = Shop(folder, trees[0])
    else:
        (folder / "shop" / "warehouse").mkdir(parents=True)
        trees[0].dbt(folder / "shop", "parse", *VARS)
    manifest = json.loads((trees[0].target / "manifest.json").read_text(encoding="utf-8"))
    for tree in trees[1:]:  # spares each a parse
        shutil.copytree(trees[0].target, tree.target, dirs_exist_ok=True)
    graph = Graph(manifest)
    runner = Runner(folder, graph, golden, trees)
    if tests:
        print(f"· {len(tests)} tests of Python without a fault", flush=True)
        code, output = trees[0].pytest(" ".join(tests))
        if code:
            raise SystemExit(f"they do not pass without a fault:\n{output[-3000:]}")
    left = _run_batches(mutants, runner, workers)
    alone = [mutant for mutant in left if mutant.caught_by in ("unit", "rebuild")]
    if alone:
        print(f"· {len(alone)} survivors once more, each by itself", flush=True)
        again = _run_batches(alone, runner, workers, together=False)
        left = [mutant for mutant in left if mutant not in alone or mutant in again]
    return left


def _run_batches(
    mutants: list[Mutant], runner: Runner, workers: int, together: bool = True
) -> list[Mutant]:
    planned = list(batches(mutants, runner.graph, together))
    print(f"· {len(mutants)} mutants in {len(planned)} batches", flush=True)
    survivors: list[Mutant] = []
    with ThreadPoolExecutor(workers) as pool:
        for number, (batch, killed) in enumerate(
            zip(planned, pool.map(runner.killed, planned), strict=True), 1
        ):
            left = [m for m, dead in zip(batch.mutants, killed, strict=True) if not dead]
            survivors += left
            verdict = f"{len(killed) - len(left)} of {len(killed)} caught"
            print(f"  {number:3} {batch.kind[:60]}: {verdict}", flush=True)
    return survivors


def _report(mutants: list[Mutant], survivors: list[Mutant], seconds: float) -> None:
    counts = Counter(mutant.area for mutant in mutants)
    left = Counter(mutant.area for mutant in survivors)
    print(f"\n{'area':<14} {'mutants':>7} {'caught':>7} {'share':>6}")
    for area, count in sorted(counts.items()):
        caught = count - left[area]
        print(f"{area:<14} {count:>7} {caught:>7} {caught / count:>6.0%}")
    total = len(mutants)
    caught = total - len(survivors)
    print(f"{'all':<14} {total:>7} {caught:>7} {caught / max(total, 1):>6.0%}")
    for mutant in survivors:
        print(f"survived  {mutant.label}, {mutant.caught_by}\n    {mutant.old!r} → {mutant.new!r}")
    print(f"{seconds:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
