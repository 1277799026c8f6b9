"""Fixtures that every test of this folder may use."""

from __future__ import annotations

import gc
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from one360.datasets.simulate import simulate
from tests.python.every_kind import EveryKind, built_every_kind
from tests.python.project import ROOT, SALT, SHARED, Project, kept_parse, made_once

# a test does not fail for being slow on a busy machine
settings.register_profile("one360", deadline=None)
settings.load_profile("one360")


def pytest_configure(config: pytest.Config) -> None:
    """A folder for what is parsed and built once, which all processes of a run of pytest share."""
    if SHARED not in os.environ:
        os.environ[SHARED] = tempfile.mkdtemp(prefix="one360-tests-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(SHARED), ignore_errors=True))
    # warehouses that tests make by hand are private, as those of one360, and of one salt
    os.umask(0o077)
    os.environ.setdefault("ONE360_SALT", SALT)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their argument: packed ones may differ from process to process."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish() -> None:
    """Nobody looks again for cycles in what there is now, and seldom in what tests make."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_unconfigure() -> None:
    """DuckDB says at the end what of it was not let go of."""
    gc.unfreeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Which files begin first.

    The build that most files wait for comes first, then other builds, then the rest, so that both
    workers end at about the same time; of each, what waits for that build is last.
    """
    of_file: dict[str, set[str]] = {}
    for item in items:
        names = {mark.name for mark in item.iter_markers()} | {*getattr(item, "fixturenames", ())}
        of_file.setdefault(item.path.name, set()).update(names)

    def rank(item: pytest.Item) -> tuple[bool, bool, bool]:
        name = item.path.name
        known = of_file[name]
        return name != "test_independent.py", "build" not in known, "every_kind" in known

    items.sort(key=rank)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project of the test's own."""
    one = Project(tmp_path)
    yield one
    one.close()


@pytest.fixture
def begun(project: Project) -> None:
    """The project of the test's own has seeds and functions."""
    project.begin()


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """One project for all tests of a file, so that dbt starts once; each writes its raw files."""
    one = Project(tmp_path_factory.mktemp("project"))
    yield one
    one.close()


@pytest.fixture(scope="session")
def quick_dbt() -> None:
    """Make dbt quick in this process, too, for commands that run it within their own."""
    from tests.python.dbt_process import leave_out_debug_events, make_dbt_quick, parse_once

    make_dbt_quick()
    leave_out_debug_events()

    def kept_for(words: list[str]) -> str | None:
        variables = json.loads(words[words.index("--vars") + 1]) if "--vars" in words else {}
        kept = kept_parse(os.environ["ONE360_DATASET"], variables)
        is_ours = Path(os.environ["DBT_PROJECT_DIR"]) == ROOT
        return str(kept) if is_ours and kept.exists() else None

    parse_once(kept_for)


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The project as dbt parses it, without a warning."""
    project = Project(tmp_path_factory.mktemp("parsed"))
    project.dbt("parse").check()
    project.close()
    return json.loads(project.parsed().with_suffix(".json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def every_kind() -> EveryKind:
    """The shop of every kind of row, built over two nights; nobody writes to it."""
    return built_every_kind()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The demo retailer at scale factor 1, built as far as its customers are known.

    A copy for each file that measures against its truth: who needs more builds it, without what
    stands upstream of customer_profiles.
    """
    built = Project(made_once("demo", build_demo))
    project = Project(tmp_path_factory.mktemp("demo"))
    shutil.copy(built.warehouse, project.warehouse)
    project.raw.rmdir()
    project.raw.symlink_to(built.raw)
    yield project
    project.close()


def build_demo(folder: Path) -> None:
    """Simulate and build the demo in a folder, and see that its customers hang together."""
    project = Project(folder)
    project.raw.rmdir()
    simulate(project.raw, scale=1.0, seed=360)
    models = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    project.dbt("build", *models, "--select", "+customer_profiles").check()
    project.dbt("test", "--select", "assert_no_link_crosses_two_one_ids").check()
    project.close()
