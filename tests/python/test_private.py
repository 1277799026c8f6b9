"""Who may read what: the warehouse and raw files that one360 makes are their owner's alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from one360.cli.program import run
from one360.engines import lock
from one360.errors import FAILURE, One360Error
from one360.paths import DatasetPaths
from one360.private import check_private, make_private
from one360.publish.publication import _taking_its_place
from tests.python.project import Project


@pytest.fixture(autouse=True)
def plain_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
def paths(tmp_path: Path) -> DatasetPaths:
    return DatasetPaths(tmp_path, "shop")


def test_the_folder_of_the_warehouse_is_made_for_its_owner(paths: DatasetPaths) -> None:
    folder = paths.warehouse.parent
    make_private(folder)
    assert mode(folder) == 0o700
    # an empty one of the repository is taken over, one with a warehouse is told of
    folder.chmod(0o755)
    (folder / ".gitignore").touch()
    make_private(folder)
    assert mode(folder) == 0o700
    folder.chmod(0o755)
    paths.warehouse.touch()
    make_private(folder)
    assert mode(folder) == 0o755


@pytest.mark.parametrize("others", [0o750, 0o705, 0o701])
@pytest.mark.parametrize("built", ["shop.duckdb", "shop.spark"])
def test_a_warehouse_that_others_may_read_is_refused(
    paths: DatasetPaths, others: int, built: str
) -> None:
    folder = paths.warehouse.parent
    folder.mkdir()
    (folder / built).touch()
    folder.chmod(others)
    with pytest.raises(One360Error, match=f"{built} holds personal data.*run: chmod 700"):
        check_private(paths)
    folder.chmod(0o700)
    check_private(paths)
    # or the file itself is closed
    folder.chmod(others)
    (folder / built).chmod(0o600)
    check_private(paths)


def test_raw_files_that_one360_makes_are_private_and_refused_when_wider(
    paths: DatasetPaths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONE360_HOME", str(paths.home))
    assert run(["simulate", "--dataset", "shop", "--scale", "0.01"]) == 0
    assert mode(paths.raw) == 0o700
    paths.raw.chmod(0o755)
    with pytest.raises(One360Error, match="raw/shop holds personal data.*chmod 700"):
        check_private(paths)
    # files of a retailer's own are the retailer's to guard
    paths.prepared.unlink()
    check_private(paths)
    assert run(["publish", "--dataset", "shop"]) == FAILURE


def test_what_is_published_keeps_the_umask(paths: DatasetPaths) -> None:
    os.umask(0o027)
    with _taking_its_place(paths) as unfinished:
        duckdb.connect(str(unfinished)).close()
    assert mode(paths.published) == 0o640


def test_locks_do_not_open_what_is_private(paths: DatasetPaths, tmp_path: Path) -> None:
    with lock.held(paths, tmp_path / "target"):
        assert mode(paths.warehouse.parent) == 0o700


@pytest.mark.build
def test_a_build_makes_its_warehouse_private(tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert mode(project.warehouse.parent) == 0o755
    project.write_small_shop()
    project.dbt("run", "--select", "arrivals").check()
    assert mode(project.warehouse.parent) == 0o700
    project.warehouse.parent.chmod(0o755)
    project.warehouse.chmod(0o644)
    said = project.dbt("run", "--select", "arrivals")
    assert not said.success
    assert "holds personal data and can be read by others; run: chmod 700" in said.output
    project.close()
