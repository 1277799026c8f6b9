"""A warehouse knows its salt: with another one nothing is built or published; a rotation keeps ids.

One shop is built over two nights with a salt of its own file, and copied for each test.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from one360 import __version__
from one360.cli.program import run
from one360.errors import One360Error, UsageError
from one360.paths import DatasetPaths
from one360.publish.build import Build
from one360.publish.personal import Personal
from one360.publish.publication import _copy
from one360.runs import rotate as rotation
from one360.salt import check_salt, fingerprint, next_salt_path, salt_path
from tests.python.project import BEGUN, ROOT, UNCHECKED, Project

pytestmark = pytest.mark.build

#: Ids and history as people read them: a table, and what of it a salt may not change.
HISTORY = {
    "core.issued_one_ids": "one_id, current_one_id, is_current, issued_at",
    "core.one_id_ledger": "one_id, into_one_id, event, reason, profile_count, event_at",
    "core.customer_profiles": "one_id, source_system, profile_type, joined_at",
    "tags_internal.int_history__tag_changes": "*",
}
MODELS = (
    "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", "--select",
    "+issued_one_ids", "+one_id_ledger", "+int_history__tag_changes", "+customer_identifiers",
    *UNCHECKED,
)  # fmt: skip


def receipts(project: Project, *sold: tuple[str, str, str]) -> None:
    project.write(
        "pos.receipts",
        [
            {"receipt_id": number, "card_no": card, "sold_at": at, "total_amount": 10}
            for number, card, at in sold
        ],
    )
    project.write(
        "pos.receipt_lines",
        [{"receipt_id": number, "line_no": 1, "net_amount": 10} for number, *_ in sold],
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project(tmp_path_factory.mktemp("salt"))
    del project.environment["ONE360_SALT"]
    project.write_small_shop()
    first = [("n1", "C1", "2026-01-01 02:00"), ("n2", "C2", "2026-01-02 02:00")]
    receipts(project, *first)
    project.dbt(*MODELS).check()
    receipts(project, *first, ("n3", "C1", "2026-02-03 02:00"), ("n4", "C3", "2026-02-03 02:00"))
    project.dbt(*MODELS, *BEGUN).check()
    project.close()
    yield project


@pytest.fixture
def shop(built: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    project = Project(tmp_path)
    del project.environment["ONE360_SALT"]
    shutil.copytree(built.home, project.home, dirs_exist_ok=True)
    for name in ("ONE360_SALT", "ONE360_NEXT_SALT"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ONE360_HOME", "ONE360_DATASET"):
        monkeypatch.setenv(name, project.environment[name])
    monkeypatch.setenv("DBT_PROJECT_DIR", str(tmp_path / "seeds_alone"))
    yield project
    project.close()


def paths_of(shop: Project) -> DatasetPaths:
    return DatasetPaths(shop.home, shop.dataset)


def history(shop: Project) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: shop.query(f"select {columns} from {table} order by all")
        for table, columns in HISTORY.items()
    }


def test_the_fingerprint_is_that_of_the_salt_and_not_the_salt(shop: Project):
    salt = salt_path(shop.dataset).read_text().strip()
    expected = hashlib.sha256(f"{salt}|salt".encode()).hexdigest()[:32]
    assert shop.query("from main.warehouse_stamp") == [(expected, __version__)]
    assert fingerprint(salt) == expected


def test_another_salt_stops_a_build_before_anything_is_built(shop: Project):
    before = history(shop), shop.query("from main.last_build")
    shop.environment["ONE360_SALT"] = "another salt of enough letters"
    said = shop.dbt(*MODELS)
    assert not said.success
    assert "the salt is not the one" in said.output
    assert "restore it from your backup" in said.output
    assert "move" in said.output and str(shop.warehouse) in said.output
    assert (history(shop), shop.query("from main.last_build")) == before


def test_a_lost_salt_stops_a_build_and_none_is_made(shop: Project):
    salt_path(shop.dataset).unlink()
    said = shop.dbt("run", "--select", "customers")
    assert not said.success
    assert "is gone and ONE360_SALT is not set; restore it from your backup" in said.output
    assert not salt_path(shop.dataset).exists()


def test_moved_away_the_warehouse_begins_anew(shop: Project):
    salt_path(shop.dataset).unlink()
    shop.warehouse.rename(shop.home / "old.duckdb")
    shop.dbt("seed", "--select", "tag_catalogue").check()
    assert shop.query("select salt_fingerprint from main.warehouse_stamp") == [
        (fingerprint(salt_path(shop.dataset).read_text().strip()),)
    ]


@pytest.mark.parametrize("lost", [True, False])
def test_publishing_asks_for_the_salt_of_the_build(
    shop: Project, lost: bool, monkeypatch: pytest.MonkeyPatch
):
    if lost:
        salt_path(shop.dataset).unlink()
    else:
        monkeypatch.setenv("ONE360_SALT", "another salt of enough letters")
    publication = shop.home / "published" / "new.duckdb"
    invocation = str(shop.query("select invocation_id from main.last_build")[0][0])
    build = Build(invocation, "2026-01-01", frozenset({("core", "customers")}))
    with pytest.raises(One360Error, match="is gone and|is not the one"):
        _copy(paths_of(shop), shop.warehouse, build, Personal({}, {}), {}, publication, None)


def test_a_warehouse_without_a_stamp_takes_the_salt_that_is_given(shop: Project):
    shop.execute("drop table main.warehouse_stamp")
    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        assert check_salt(connection, shop.dataset, shop.warehouse)
    shop.dbt("seed", "--select", "tag_catalogue").check()
    assert len(shop.query("from main.warehouse_stamp")) == 1


def test_a_newer_one360_is_asked_for_and_an_older_warehouse_brought_up(shop: Project):
    shop.execute("update main.warehouse_stamp set one360_version = '99.1.0'")
    said = shop.dbt("seed", "--select", "tag_catalogue")
    assert not said.success
    assert f"was built by one360 99.1.0, this is {__version__}; install 99.1.0" in said.output
    shop.execute("update main.warehouse_stamp set one360_version = '0.0.9'")
    shop.dbt("seed", "--select", "tag_catalogue").check()
    assert shop.query("select one360_version from main.warehouse_stamp") == [(__version__,)]


def test_a_rotation_keeps_ids_and_history_and_rekeys_the_rest(
    shop: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    before, old_salt = history(shop), salt_path(shop.dataset).read_text()
    keys = set(shop.query("select profile_id from core.customer_profiles"))
    a_profile = min(keys)[0]
    decisions = Path(os.environ["DBT_PROJECT_DIR"]) / "seeds" / "identity" / "unmerge.csv"
    decisions.parent.mkdir(parents=True)
    decisions.write_text(f"profile_id,reason\n{a_profile},a wish\nby hand,another\n")
    logged = shop.query("select count(*) from identity.int_identity__profiles__changes")

    assert run(["salt", "rotate", "--dataset", shop.dataset]) == 0
    assert f"{len(keys)} profiles" in capsys.readouterr().out
    new_salt = salt_path(shop.dataset).read_text()
    assert new_salt != old_salt and not next_salt_path(shop.dataset).exists()
    assert salt_path(shop.dataset).stat().st_mode & 0o777 == 0o600
    assert shop.query("select count(*) from identity.int_identity__profiles__changes") == logged
    assert run(["salt", "rotate", "--dataset", shop.dataset]) == 2
    assert "not followed by a build" in capsys.readouterr().err
    assert not next_salt_path(shop.dataset).exists()

    shop.dbt(*MODELS).check()
    assert history(shop) == before
    new_keys = set(shop.query("select profile_id from core.customer_profiles"))
    assert not keys & new_keys and len(keys) == len(new_keys)
    ids = shop.query(
        "select profile_id, profile_type, natural_key from identity.int_identity__profiles"
    )
    told = {
        hashlib.sha256(f"{new_salt.strip()}|{kind}|{key}".encode()).hexdigest()[:32]: (kind, key)
        for _, kind, key in ids
    }
    assert set(told) == {key for key, *_ in ids}
    unmerged = decisions.read_text().splitlines()[1].split(",")[0]
    assert unmerged in told and unmerged != a_profile
    assert "by hand,another" in decisions.read_text()
    assert not shop.query(
        "select profile_id from identity.int_identity__assignments "
        f"where profile_id in {tuple(key for (key,) in keys)} "
        f"or founder_profile_id in {tuple(key for (key,) in keys)}"
    )


@pytest.mark.nightly
def test_a_rotation_that_was_killed_is_ended_by_the_next(
    shop: Project, monkeypatch: pytest.MonkeyPatch
):
    before = history(shop)

    def killed(*_: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rotation, "_rewrite_seeds", killed)
        with pytest.raises(KeyboardInterrupt):
            rotation.rotate(paths_of(shop), ROOT / "nowhere")
    said = shop.dbt("seed", "--select", "tag_catalogue")
    assert not said.success and "one360 salt rotate" in said.output
    wanted = next_salt_path(shop.dataset).read_text()
    rotation.rotate(paths_of(shop), ROOT / "nowhere")
    assert salt_path(shop.dataset).read_text() == wanted
    shop.close()
    shop.dbt(*MODELS).check()
    assert history(shop) == before


def test_a_salt_of_the_environment_is_followed_by_one_of_the_environment(
    shop: Project, monkeypatch: pytest.MonkeyPatch
):
    old = salt_path(shop.dataset).read_text().strip()
    salt_path(shop.dataset).unlink()
    monkeypatch.setenv("ONE360_SALT", old)
    with pytest.raises(UsageError, match="ONE360_NEXT_SALT"):
        rotation.rotate(paths_of(shop), ROOT / "nowhere")
    monkeypatch.setenv("ONE360_NEXT_SALT", "the next salt of the shop")
    done = rotation.rotate(paths_of(shop), ROOT / "nowhere")
    assert done.profiles and not done.unknown
    assert shop.query("select salt_fingerprint from main.warehouse_stamp") == [
        (fingerprint("the next salt of the shop"),)
    ]
    assert not salt_path(shop.dataset).exists() and not next_salt_path(shop.dataset).exists()


def test_a_warehouse_that_is_not_built_has_nothing_to_rotate(
    shop: Project, capsys: pytest.CaptureFixture[str]
):
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("drop table identity.int_identity__profiles cascade")
    assert run(["salt", "rotate", "--dataset", shop.dataset]) == 2
    assert "nothing is built yet" in capsys.readouterr().err
    assert not next_salt_path(shop.dataset).exists()
