"""What people of dbt do with any project works on this one, and with it as a package.

One shop serves all: it is built once, whoever writes to it has a copy.
"""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.python.project import ROOT, DbtProcess, Project, made_once, raw_tables

pytestmark = [pytest.mark.build, pytest.mark.nightly]

#: What of the project is built: enough for customers, their orders and a family of tags.
PART = ("+tag_rfm", "+orders", "+customers", "+row_conservation")
WITHOUT_TESTS = ("--exclude-resource-type", "test", "unit_test")

#: A project that has this one as a package, as docs/as_a_package.md has it.
OUTSIDE = "my_shop"


def _build(folder: Path) -> None:
    project = Project(folder)
    project.write_small_shop()
    project.dbt("build", *WITHOUT_TESTS, "--select", *PART).check()
    project.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A copy of the built shop for this file."""
    built = Project(made_once("idioms", _build))
    project = Project(tmp_path_factory.mktemp("idioms"))
    shutil.copy(built.warehouse, project.warehouse)
    shutil.copytree(built.raw, project.raw, dirs_exist_ok=True)
    yield project
    project.close()


def orders(project: Project) -> list[tuple[Any, ...]]:
    return project.query("select order_id, one_id, net_amount from core.orders order by 1")


# -- commands ---------------------------------------------------------------------


def test_freshness_of_every_source_is_known_text_or_not(shop: Project) -> None:
    unreadable = {"store_id": "S1", "loaded_at": "soon"}
    shop.write("pos.stores", [unreadable], types={"loaded_at": "string"})
    result = shop.dbt("source", "freshness").check()
    found = json.loads((shop.target / "sources.json").read_text())["results"]
    # third parties deliver when they like
    assert len(found) == sum(not name.startswith("third_party.") for name in raw_tables())
    assert {each["status"] for each in found} == {"warn"}, result.output
    newest = {each["unique_id"]: each["max_loaded_at"] for each in found}
    # a CSV file, and one whose only time cannot be read
    assert newest["source.one360.crm.members"] == "2025-06-01T01:00:00+00:00"
    assert newest["source.one360.pos.stores"].startswith("0001-01-01")
    shop.write("pos.stores", [{"store_id": "S1", "loaded_at": "2025-01-01 00:00"}])


def test_an_empty_build_makes_every_table_without_a_row(project: Project) -> None:
    project.write_small_shop()
    project.dbt("build", "--empty", *WITHOUT_TESTS, "--select", *PART).check()
    assert orders(project) == []
    assert project.query("select count(*) from tags.tag_rfm") == [(0,)]


def test_a_full_refresh_gives_the_same_customers(shop: Project) -> None:
    before = orders(shop)
    shop.dbt("run", "--full-refresh", "--select", "+orders").check()
    assert orders(shop) == before


def test_nothing_is_modified_for_another_shop_and_one_model_that_is(
    shop: Project, tmp_path: Path
) -> None:
    """A state is of the project, not of the data set that it was made with."""
    words = (
        "-q",
        "ls",
        "--resource-type",
        "model",
        "--select",
        "state:modified",
        "--state",
        str(tmp_path),
    )
    text = shop.parsed().with_suffix(".json").read_text(encoding="utf-8")
    text = text.replace(f'"{shop.dataset}"', '"production"')
    text = text.replace(f'\\"{shop.dataset}\\".', '\\"production\\".')
    (tmp_path / "manifest.json").write_text(text)
    assert shop.dbt(*words).check().output.split() == []
    manifest = json.loads(text)
    manifest["nodes"]["model.one360.tag_rfm"]["raw_code"] = "select 1 as one_id"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert shop.dbt(*words).check().output.split() == ["one360.tags.rfm.tag_rfm"]


def test_what_failed_is_retried_alone(shop: Project) -> None:
    shop.execute("alter table core.customer_profiles rename to kept")
    assert not shop.dbt("run", "--select", "stg_pos__stores", "orders").success
    shop.execute("alter table core.kept rename to customer_profiles")
    shop.dbt("retry").check()
    results = json.loads((shop.target / "run_results.json").read_text())["results"]
    assert [each["unique_id"] for each in results if each["unique_id"].startswith("model")] == [
        "model.one360.orders"
    ]


def test_docs_know_the_columns_of_what_was_built(shop: Project) -> None:
    shop.dbt("docs", "generate").check()
    catalog = json.loads((shop.target / "catalog.json").read_text())
    assert catalog["errors"] is None
    assert "segment_code" in catalog["nodes"]["model.one360.tag_rfm"]["columns"]
    assert "loaded_at" in catalog["sources"]["source.one360.crm.members"]["columns"]


# -- as a package -----------------------------------------------------------------


def blocks(language: str) -> list[str]:
    """The blocks of the guide in a language."""
    text = (ROOT / "docs" / "as_a_package.md").read_text(encoding="utf-8")
    found = re.findall(rf" *```{language}\n(.*?)```", text, re.DOTALL)
    return [textwrap.dedent(block) for block in found]


def test_a_project_with_this_one_as_a_package_builds_a_tag_of_its_own(
    shop: Project, tmp_path: Path
) -> None:
    folder = tmp_path / OUTSIDE
    (folder / "models").mkdir(parents=True)
    (tmp_path / "one360").symlink_to(ROOT)
    settings, packages, profile = blocks("yaml")
    (folder / "dbt_project.yml").write_text(settings)
    (folder / "packages.yml").write_text(packages)
    (folder / "profiles.yml").write_text(profile)
    (sql,) = blocks("sql")
    (folder / "models" / "tag_big_spender.sql").write_text(sql)
    environment = {
        **shop.environment,
        "DBT_PROJECT_DIR": str(folder),
        "DBT_PROFILES_DIR": str(folder),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
    }
    dbt = DbtProcess(environment, folder)
    try:
        dbt.run(["-q", "deps"], given=None).check()
        selected = ("+customer_profiles", "rfm_clusters+1", "tag_big_spender")
        dbt.run(["build", *WITHOUT_TESTS, "--select", *selected], given=None).check()
        assert shop.query("select is_big_spender, count(*) from main.tag_big_spender group by 1")
        # its own nodes alone need no raw data
        raw = shop.raw.rename(tmp_path / "away")
        shop.execute("drop table main.tag_big_spender")
        dbt.run(["build", "--select", OUTSIDE], given={}).check()
        refused = dbt.run(["run", "--select", "stg_pos__stores"], given={})
        raw.rename(shop.raw)
        assert "has no row in any raw table" in refused.output
        assert shop.query("select count(*) from main.tag_big_spender") == shop.query(
            "select count(*) from tags.tag_rfm"
        )
        wrong = dbt.run(["parse", "--vars", "{rfm_window_days: -5, colour: red}"], given=None)
        assert not wrong.success
        assert "rfm_window_days" in wrong.output and "colour" not in wrong.output
    finally:
        dbt.close()
