"""The declaration of personal data binds: values are followed through SQL to what is published."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot

from one360.errors import One360Error
from one360.paths import dataset_paths
from one360.publish.personal import TREATMENTS, follow
from one360.publish.publication import publish
from tests.python.every_kind import EveryKind
from tests.python.independent import shop
from tests.python.project import SALT, Project
from tests.python.test_publish import Built, manifest_of


def table(name: str, sql: str, folder: Path, **columns: str) -> dict[str, Any]:
    """A manifest of the raw tables and of one model that reads crm.members."""
    (folder / "models").mkdir(exist_ok=True)
    sql = sql.replace("MEMBERS", "RAW as m").replace("RAW", "shop.raw.crm_members")
    (folder / "models" / f"{name}.sql").write_text(sql)
    declared = {
        column: {"name": column, "config": {"meta": {"personal": kind}}}
        for column, kind in columns.items()
    }
    return manifest_of({name: ("core", name, declared, ["source.one360.crm.members"])})


def shown(sql: str, folder: Path, **columns: str) -> dict[str, list[str]]:
    """Columns of a query that hold something personal, and where that comes from."""
    found = follow(table("one", sql, folder, **columns), folder)
    return {
        name: sorted(origin.removeprefix("crm.members.") for origin in origins)
        for name, origins in found.columns["core", "one"].items()
        if origins
    }


@pytest.mark.parametrize(
    ("sql", "personal"),
    [
        ("select member_id, city from MEMBERS", "member_id: member_id"),
        ("select * exclude (mobile, card_no, unionid) from MEMBERS", "member_id: member_id"),
        ("select m.* exclude (member_id, card_no, unionid) from MEMBERS", "mobile: mobile"),
        ("select upper(trim(mobile)) as a, a || city as b from MEMBERS", "a: mobile, b: mobile"),
        ("with x as (select mobile as z from MEMBERS) select y.z as w from x as y", "w: mobile"),
        ("select city from MEMBERS union all select mobile from MEMBERS", "city: mobile"),
        ("select case when city = 'x' then mobile end as a from MEMBERS", "a: mobile"),
        ("select case when mobile = 'x' then city end as a from MEMBERS", ""),
        ("select mobile is null as a, count(mobile) as b, mobile like '1%' as c from MEMBERS", ""),
        ("select max_by(mobile, city) as a, max_by(city, mobile) as b from MEMBERS", "a: mobile"),
        ("select row_number() over (order by mobile) as a from MEMBERS", ""),
        ("select lag(mobile) over (order by city) as a from MEMBERS", "a: mobile"),
        ("select (select max(n.mobile) from RAW as n) as a from MEMBERS", "a: mobile"),
        ("select (select max(n.city || m.mobile) from RAW as n) as a from MEMBERS", "a: mobile"),
        ("select to_json(m) as a, m.city as b from MEMBERS", "a: card_no member_id mobile unionid"),
        ("select u.v from MEMBERS, unnest([m.mobile, m.city]) as u (v)", "v: mobile"),
        ("with recursive r as (select mobile, 1 as n from MEMBERS union all "
         "select mobile, n + 1 from r where n < 3) select mobile as a, n from r", "a: mobile"),
        ("select left(mobile, 3) || '****' || right(mobile, 2) as a from MEMBERS", ""),
        ("select left(mobile, 9) || '****' || right(mobile, 2) as a from MEMBERS", "a: mobile"),
        ("select left(mobile, 3) || '****' || right(unionid, 2) as a from MEMBERS",
         "a: mobile unionid"),
        ("select substr(sha256(getvariable('one360_salt') || '|' || ('m|' || mobile)), 1, 32) as a "
         "from MEMBERS", ""),
        ("select substr(sha256('|' || mobile), 1, 32) as a from MEMBERS", "a: mobile"),
        # what a later run has on top of the SQL of the table
        ("--<touched\nselect 1 where (\n--touched>\nselect mobile as a from MEMBERS", "a: mobile"),
    ],
)  # fmt: skip
def test_values_are_followed_through_a_query(tmp_path: Path, sql: str, personal: str) -> None:
    found = shown(sql, tmp_path)
    assert ", ".join(f"{name}: {' '.join(found[name])}" for name in sorted(found)) == personal


def test_a_declared_column_counts(tmp_path: Path) -> None:
    sql = "select mobile as a, mobile as b, mobile as c from MEMBERS"
    manifest = table("one", sql, tmp_path, a="none", b="hashed", c="phone")
    found = follow(manifest, tmp_path)
    assert found.kept_back(("core", "one")) == {"c"}
    assert found.hashed == {("core", "one"): {"b"}}
    assert list(found.leaks(("core", "one"))) == []
    assert ("core", "one", "c") in set(found.of_kind("phone"))


def test_sql_that_cannot_be_followed_stops_where_it_reads_something_personal(
    tmp_path: Path,
) -> None:
    pivoted = "pivot RAW on city using max(mobile)"
    manifest = table("one", pivoted, tmp_path)
    manifest["nodes"]["two"] = manifest["nodes"]["one"] | {
        "alias": "two", "original_file_path": "models/two.sql", "depends_on": {"nodes": ["one"]},
    }  # fmt: skip
    for name in ("one", "two"):
        [leak] = follow(manifest, tmp_path).leaks(("core", name))
        expected = f"core.{name} may show what is personal: the SQL of models/one.sql cannot be"
        assert leak.startswith(expected)
    manifest["nodes"]["one"]["depends_on"]["nodes"] = ["source.one360.pos.stores"]
    assert not list(follow(manifest, tmp_path).leaks(("core", "one")))


def test_what_python_makes_of_personal_values_must_be_declared(tmp_path: Path) -> None:
    manifest = table("one", "", tmp_path, a="none")
    node = manifest["nodes"]["one"]
    node["language"] = "python"
    node["columns"]["b"] = {"name": "b", "config": {"meta": {}}}
    assert [line.split()[0] for line in follow(manifest, tmp_path).leaks(("core", "one"))] == [
        "core.one.b"
    ]
    node["config"]["meta"]["personal"] = "none"
    assert not list(follow(manifest, tmp_path).leaks(("core", "one")))


# -- what publishing does of it ---------------------------------------------------------


def test_a_personal_column_that_is_passed_on_stops_publishing(tmp_path: Path) -> None:
    built = Built(tmp_path)
    built.build()
    built.publish()
    compiled = built.target / "compiled" / "one360"
    compiled.mkdir(parents=True)
    sql = "select city as one_id, mobile as gen from MEMBERS"
    manifest = table("customers", sql, compiled)
    (built.target / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(One360Error) as stopped:
        built.publish()
    message = str(stopped.value)
    assert message.count("\n") == 0
    assert message.startswith(
        "nothing is published: core.customers.gen shows crm.members.mobile, which is personal (key)"
    )
    assert all(name in message for name in TREATMENTS)
    assert built.read("select count(*) from core.customers") == [(1000,)]


def test_a_manifest_that_is_missing_stops_publishing(tmp_path: Path) -> None:
    built = Built(tmp_path)
    built.build()
    (built.target / "manifest.json").unlink()
    with pytest.raises(One360Error, match="which says what is personal, cannot be read"):
        built.publish()


# -- the project ------------------------------------------------------------------------


@pytest.mark.build
def test_nothing_of_the_project_shows_what_is_personal(every_kind: EveryKind) -> None:
    found = follow(every_kind.manifest, every_kind.compiled)
    assert found.kinds["crm.members.mobile"] == "phone"
    leaks = [
        leak
        for place in found.columns
        if place[0] in ("core", "tags", "predictions", "campaigns", "quality")
        for leak in found.leaks(place)
    ]
    assert not leaks, "\n".join(leaks)
    # what is compared with the published values
    held = {(*place[:2],) for kind in ("phone", "key", "name") for place in found.of_kind(kind)}
    assert {("identity", "int_identity__identifiers"), ("pii", "customer_contacts")} <= held


#: Parts of a text that could be a value by themselves.
WORDS = re.compile(r"[^0-9A-Za-z@._\\-\u4e00-\u9fff]+")


def written_forms(kind: str, value: Any) -> Iterator[str]:
    """A raw value as it may be written; none of what is too short to tell of anybody."""
    text = str(value).strip().lower()
    digits = re.sub("[^0-9]", "", text)
    if kind == "phone" and len(digits) >= 8:
        yield digits
        yield digits.removeprefix("86")
        yield f"+{digits}"
    is_name = kind == "name" and re.fullmatch("[\u4e00-\u9fff]{3,}|[a-z]+( [a-z]+)+", text)
    if is_name or (len(text) >= 6 and re.search("[0-9@]", text) and kind != "name"):
        yield text


@pytest.mark.build
def test_no_raw_personal_value_is_published(
    every_kind: EveryKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = every_kind.folder / "night2"
    paths = dataset_paths(shop.DATASET, tmp_path)
    paths.warehouse.parent.mkdir(mode=0o700)
    shutil.copy(night / paths.warehouse.name, paths.warehouse)
    target = tmp_path / "target"
    shutil.copytree(every_kind.compiled, target / "compiled" / "one360")
    for name in ("manifest.json", "run_results.json"):
        shutil.copy(night / name, target)
    monkeypatch.setenv("ONE360_SALT", SALT)
    publish(paths, target)
    kinds = {
        (source["source_name"] + "." + source["name"], column["name"]): kind
        for source in every_kind.manifest["sources"].values()
        for column in source["columns"].values()
        if (kind := column["config"].get("meta", {}).get("personal"))
        and kind not in ("other", "birth_date")
    }
    raw = {
        form: f"{table}.{column}"
        for tables in shop.nights()
        for table, rows in tables.items()
        for row in rows
        for column, value in row.items()
        if (table, column) in kinds and value is not None
        for form in written_forms(kinds[table, column], value)
    }
    assert len(raw) > 500
    found = set()
    with duckdb.connect(str(paths.published), read_only=True) as connection:
        born = connection.execute("from duckdb_columns() where column_name = 'birth_date'")
        assert born.fetchall() == []
        for schema, table, column in connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where data_type like '%VARCHAR%'"
        ).fetchall():
            for (text,) in connection.execute(
                f'select distinct cast("{column}" as varchar) from {schema}."{table}"'
            ).fetchall():
                for part in {text or "", *WORDS.split(text or "")}:
                    if part.lower() in raw:
                        found.add((f"{schema}.{table}.{column}", raw[part.lower()], part))
    assert not found


@pytest.mark.build
def test_a_column_newly_declared_needs_no_line_elsewhere(every_kind: EveryKind) -> None:
    manifest = json.loads(json.dumps(every_kind.manifest))
    columns = manifest["sources"]["source.one360.pos.stores"]["columns"]
    columns["city"]["config"]["meta"] = {"personal": "other"}
    leaks = list(follow(manifest, every_kind.compiled).leaks(("core", "stores")))
    assert [leak.partition(",")[0] for leak in leaks] == ["core.stores.city shows pos.stores.city"]


@pytest.mark.build
def test_treatments_are_what_the_macros_compile_to(shared_project: Project) -> None:
    calls = {
        "keyed_hash": "keyed_hash('VALUE')", "mask_phone": "mask_phone('VALUE')",
        "mask_email": "mask_email('VALUE')", "mask_identifier": "mask_identifier('VALUE', 'OTHER')",
    }  # fmt: skip
    assert calls.keys() == TREATMENTS.keys()
    inline = "select " + ", ".join(f"{{{{ {call} }}}} as {name}" for name, call in calls.items())
    output = shared_project.cli("--quiet", "compile", "--inline", inline).check().output
    compiled = sqlglot.parse_one(output[output.index("select ") :], dialect="duckdb")
    for column in compiled.selects:
        expected = sqlglot.parse_one(TREATMENTS[column.alias], dialect="duckdb")
        assert column.this == expected, column.alias
