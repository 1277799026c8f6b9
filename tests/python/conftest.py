"""Fixtures that every test of this folder may use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Tests import their helpers as tests.python.…, however pytest was started.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.python.project import Project  # noqa: E402


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project of the test's own."""
    one = Project(tmp_path)
    yield one
    one.close()


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """One project for all tests of a file, so that dbt starts once; each writes its raw files."""
    one = Project(tmp_path_factory.mktemp("project"))
    yield one
    one.close()
