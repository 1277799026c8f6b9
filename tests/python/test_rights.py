"""Rights of a person, through the command line, on one small shop that is built twice."""

from __future__ import annotations

import contextlib
import copy
import csv
import gzip
import hashlib
import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from one360 import tombstones
from one360.cli.program import run
from one360.datasets.simulate import simulate
from one360.errors import One360Error
from one360.paths import DatasetPaths, dataset_paths
from one360.publish.build import Build, read_settings
from one360.publish.personal import read_personal
from one360.publish.publication import _copy
from one360.raw_files.declared import declared_tables
from one360.rights import erase, objection, restrict, spark
from one360.rights import traces as traces_of
from one360.rights.built import check_all_is_read
from one360.rights.certificate import Certificate, Scanned
from one360.rights.forms import all_forms, forms, spellings
from one360.rights.person import Email, Identifier, Person, Profile, gathered
from one360.rights.purge import KEPT, Work, purge_raw_files
from one360.rights.raw import rewrite
from one360.rights.traces import Traces, is_telling, without_lines
from tests.python.project import ROOT, SALT, SMALL_SHOP, UNCHECKED, Project

pytestmark = pytest.mark.build

#: The person of the small shop under names that are found in any file.
NAMES = {
    "m1": "MEMBER-770011",
    "C1": "CARD8811223",
    "c-1": "card-8811223",
    "k1": "lover-of-tea-9",
    "w1": "web-login-5521",
    "a1": "cookie-77aa88bb",
    "oid1": "oAbC-openid-123",
    "李梅": "Mei Annabel Li",
    "Li Mei": "Mei Annabel Li",
    "Mei@Example.com": "Mei.Annabel+Shop@Example.com",
    # the city of another customer
    "茶友": "Beijing",
    "mei@example.com": "mei.annabel@example.com",
}
#: What of her must be nowhere, in lower case.
PERSONAL = (
    "member-770011", "card8811223", "card-8811223", "lover-of-tea-9", "web-login-5521",
    "cookie-77aa88bb", "oabc-openid-123", "mei annabel li", "mei.annabel@example.com",
    "mei.annabel+shop@example.com", "mei.annabel+news@example.com",
    "13800138001", "138 0013 8001", "138-0013-8001", "1.3800138001e10",
    *(
        method(value.encode()).hexdigest()
        for value in (
            "+8613800138001", "mei.annabel@example.com", "mei.annabel+shop@example.com"
        )
        for method in (hashlib.sha256, hashlib.md5)
    ),
)  # fmt: skip
VANISHED = "f" * 32
UNIONID = "oUnion-6f5e4d"
EVERYTHING = (
    "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test",
)  # fmt: skip

#: Later deliveries of her, each by another identifier and in another spelling.
LATE = {
    "crm.members": {
        "member_id": "m9", "full_name": "M. A. Li", "mobile": "０１３８ ００１３ ８００１",
        "joined_at": "2026-03-03 02:00", "updated_at": "2026-03-03 02:00",
    },
    "web.accounts": {
        "user_id": "w9", "email": "<MEI.Annabel+news@example.com>",
        "registered_at": "2026-03-03 02:00", "updated_at": "2026-03-03 02:00",
    },
    "community.members": {
        "user_id": "k9", "nickname": "M. A. Li", "mobile": "13911119999 / +86 (0) 138 0013 8001",
        "joined_at": "2026-03-03 02:00", "updated_at": "2026-03-03 02:00",
    },
    "pos.receipts": {
        "receipt_id": "r9", "store_id": "S1", "mobile": "0086-138-0013-8001",
        "sold_at": "2026-03-03 04:00", "payment_method": "cash", "total_amount": 7,
    },
    "web.events": {
        "event_id": "e9", "anonymous_id": "another", "user_id": " web-login-5521 ",
        "event": "page_viewed", "occurred_at": "2026-03-03 02:00",
        "received_at": "2026-03-03 02:01",
    },
    "call_centre.calls": {
        "call_id": "c9", "phone_number": "1.3800138001E10", "direction": "inbound",
        "started_at": "2026-03-03 04:00", "duration_seconds": 1, "outcome": "answered",
    },
    "crm.contacts": {
        "contact_id": "t9", "campaign_id": "k1", "member_id": "'MEMBER-770011", "channel": "sms",
        "sent_at": "2026-03-03 02:00", "status": "delivered",
    },
}  # fmt: skip


def named() -> dict[str, list[dict[str, Any]]]:
    """The small shop with the person's telling names."""
    shop = copy.deepcopy(SMALL_SHOP)
    for table, records in shop.items():
        for record in records:
            for column, value in record.items():
                if column == "unionid" and value == "u1":
                    record[column] = UNIONID
                elif column != "campaign_id" and not table.startswith("crm.campaigns"):
                    record[column] = NAMES.get(value, value)
    return shop


@dataclass
class Shop:
    """The shop before its person is erased, right after, and a night later."""

    before: Project
    erased: Project
    later: Project
    hashes: set[str]
    one_id: str
    codes: dict[str, int] = field(default_factory=dict)
    dry_run: str = ""
    certificate: str = ""

    def paths(self, project: Project) -> DatasetPaths:
        return DatasetPaths(project.home, project.dataset)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    before = Project(tmp_path_factory.mktemp("before"))
    rows = named()
    for table, records in rows.items():
        before.write(table, records)
    packed = before.path("crm.member_identifiers")
    with gzip.open(f"{packed}.gz", "wb") as file:
        file.write(packed.read_bytes())
    packed.unlink()
    before.dbt(*EVERYTHING).check()
    before.close()
    publish(before)
    (one_id,) = before.query(
        "select one_id from identity.int_identity__one_ids inner join "
        "identity.int_identity__profiles using (profile_id) where natural_key = 'MEMBER-770011'"
    )[0]
    hashes = {
        each
        for (each,) in before.query(
            f"""
            with hers as (
                select profile_id from identity.int_identity__one_ids where one_id = '{one_id}'
            )
            select profile_id from hers
            union
            select identifier_hash from identity.int_identity__identifiers
            where profile_id in (from hers)
            union
            select natural_key_hash from identity.int_identity__profiles
            where profile_id in (from hers)
            """
        )
    }
    erased, later = (copied(before, tmp_path_factory.mktemp(n)) for n in ("erased", "later"))
    # a record of hers that was in no source any more when the others were read last
    erased.execute(
        "insert into identity.int_identity__assignments by name "
        f"select '{VANISHED}' as profile_id, one_id, founder_profile_id, "
        "'joined' as change_reason, build_number, assigned_at "
        "from identity.int_identity__assignments "
        f"where one_id = '{one_id}' limit 1"
    )
    hashes.add(VANISHED)
    found = Shop(before, erased, later, hashes, one_id)
    untouched = contents(erased.home)
    found.codes["dry run"], found.dry_run, _ = cli(erased, "erase", "+86 138 0013 8001")
    found.codes["dry run writes"] = int(contents(erased.home) != untouched)
    found.codes["erase"], found.certificate, _ = cli(erased, "erase", "138-0013-8001", "--yes")
    later = copied(erased, later.home.parent)
    for table, record in LATE.items():
        later.write(table, [*rows[table], record])
    later.write("pos.receipt_lines", [*rows["pos.receipt_lines"], {
        "receipt_id": "r9", "line_no": 1, "product_id": "p1", "quantity": 1, "list_amount": 7,
        "net_amount": 7, "loaded_at": "2026-03-03 05:00",
    }])  # fmt: skip
    later.dbt(*EVERYTHING).check()
    later.close()
    publish(later)
    yield found


def copied(project: Project, folder: Path) -> Project:
    copy_of = Project(folder)
    shutil.rmtree(copy_of.home)
    shutil.copytree(project.home, copy_of.home)
    shutil.copytree(project.target, copy_of.target, dirs_exist_ok=True)
    return copy_of


def publish(project: Project) -> None:
    (invocation,) = project.query("select invocation_id from main.last_build")[0]
    relations = project.query(
        "select schema_name, table_name from duckdb_tables() union all "
        "select schema_name, view_name from duckdb_views()"
    )
    unfinished = project.published.with_name("unfinished.duckdb")
    os.environ["ONE360_SALT"] = SALT
    _copy(
        DatasetPaths(project.home, project.dataset),
        project.warehouse,
        Build(str(invocation), "2026-01-01", frozenset(relations)),
        read_personal(project.target),
        read_settings(project.target),
        unfinished,
        None,
    )
    unfinished.rename(project.published)


def cli(project: Project, *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command on the data set of a project."""
    kept = dict(os.environ)
    os.environ.update(project.environment)
    said, wrong = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(wrong):
            code = run([*words, "--dataset", project.dataset])
    finally:
        os.environ.clear()
        os.environ.update(kept)
    return code, said.getvalue(), wrong.getvalue()


def contents(folder: Path) -> dict[str, str]:
    """Every file with a checksum, locks apart."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock")
    }


def traces(project: Project, wanted: set[str]) -> dict[str, set[str]]:
    """File → what of `wanted` is in its bytes, unpacked, and in the rows of its tables."""
    found: dict[str, set[str]] = {}
    for path in sorted(project.home.rglob("*")):
        if not path.is_file() or path.is_relative_to(project.raw):
            continue
        texts = [path.read_bytes().decode("latin-1").lower()]
        if path.suffix == ".gz":
            texts.append(gzip.decompress(path.read_bytes()).decode("latin-1").lower())
        if path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as connection:
                for schema, table in connection.execute(
                    "select schema_name, table_name from duckdb_tables()"
                ).fetchall():
                    rows = connection.execute(f'from "{schema}"."{table}"').fetchall()
                    texts.append(repr(rows).lower())
        held = {each for each in wanted if any(each in text for text in texts)}
        if held:
            found[str(path.relative_to(project.home))] = held
    return found


def test_what_is_looked_for_is_there_before(shop: Shop):
    held = traces(shop.before, {*PERSONAL, UNIONID.lower(), *shop.hashes})
    warehouse = held[f"warehouse/{shop.before.dataset}.duckdb"]
    assert {"member-770011", "mei.annabel@example.com", "mei annabel li"} <= warehouse
    assert held[f"published/{shop.before.dataset}.duckdb"] & shop.hashes
    assert any(name.startswith("warehouse/.raw/") for name in held), "no copy of a raw file"


def test_a_dry_run_says_what_would_go_and_writes_nothing(shop: Shop):
    assert shop.codes["dry run"] == 0 and shop.codes["dry run writes"] == 0
    assert f"1 to erase: {shop.one_id}; nothing is written without --yes" in shop.dry_run
    assert "raw crm.members: 1 rows are kept out" in shop.dry_run
    assert re.search(r"identity\.int_identity__profiles: [5-9]", shop.dry_run)
    assert "orders stay without the person" in shop.dry_run


def test_no_trace_is_left_right_after(shop: Shop):
    assert shop.codes["erase"] == 0
    assert traces(shop.erased, {*PERSONAL, UNIONID.lower(), *shop.hashes}) == {}


def test_a_later_night_with_the_same_raw_files_and_new_rows_does_not_bring_her_back(shop: Shop):
    assert traces(shop.later, {*PERSONAL, UNIONID.lower(), *shop.hashes, "m. a. li"}) == {}
    assert shop.later.query(
        "select distinct contact_value from pii.customer_contacts order by all"
    ) == [("+8613900139002",), ("bob@example.com",)]


def test_rows_of_others_stay_whatever_texts_they_share_with_her(shop: Shop):
    """Her nickname is the city of another customer."""

    def others(path: Path, names: set[str]) -> dict[str, set[str]]:
        with duckdb.connect(str(path), read_only=True) as connection:
            return {
                name: {
                    text
                    for row in connection.execute(f"from {name}").fetchall()
                    if not any(each in (text := repr(row)) for each in names)
                }
                for (name,) in connection.execute(
                    "select schema_name || '.' || table_name from duckdb_tables()"
                ).fetchall()
            }

    hers = {shop.one_id, *shop.hashes}
    before, after = (others(each.published, hers) for each in (shop.before, shop.erased))
    assert any("'Beijing'" in text for rows in before.values() for text in rows)
    assert {name: rows - after[name] for name, rows in before.items() if rows - after[name]} == {}
    before, after = (others(each.warehouse, hers) for each in (shop.before, shop.erased))
    for name in KEPT:
        assert before[name] <= after[name], name


def test_orders_stay_without_the_person(shop: Shop):
    def takings(project: Project) -> tuple[Any, ...]:
        return project.query(
            "select count(*), sum(net_amount), count(one_id) from core.orders "
            "where order_id not like '%r9%' and source_order_id <> 'r9'"
        )[0]

    before, later = takings(shop.before), takings(shop.later)
    assert later[:2] == before[:2] and before[2] - later[2] >= 3
    assert shop.later.query(
        "select one_id, net_amount from core.orders where source_order_id = 'r9'"
    ) == [(None, Decimal(7))]


def test_what_came_of_her_is_counted_and_nothing_more(shop: Shop):
    counted = {
        f"{system}.{table}": (withheld, blanked)
        for system, table, withheld, blanked in shop.later.query(
            "select source_system, source_table, sum(withheld_rows), sum(blanked_rows) "
            "from quality.erased_records where reason_code = 'erased' group by all"
        )
    }
    assert counted["crm.members"] == (2, 0)
    assert counted["pos.receipts"] == (0, 3)
    assert counted["call_centre.calls"] == (2, 0)
    assert "pos.stores" not in counted


def test_the_ledger_says_that_she_was_erased(shop: Shop):
    for project in (shop.erased, shop.later):
        with duckdb.connect(str(project.published), read_only=True) as connection:
            events = connection.execute(
                "select event, one_id, into_one_id, profile_count from core.one_id_ledger "
                "where one_id = ?",
                [shop.one_id],
            ).fetchall()
            ids = connection.execute(
                "select current_one_id, is_current from core.issued_one_ids where one_id = ?",
                [shop.one_id],
            ).fetchall()
            key = connection.execute(
                "select ledger_event_id from core.one_id_ledger where event = 'erased'"
            ).fetchone()
        assert [event[:3] for event in events] == [("erased", shop.one_id, None)]
        assert events[0][3] >= 5
        assert ids == [(None, False)]
        expected = hashlib.sha256(f"{SALT}||erased|{shop.one_id}|".encode()).hexdigest()[:32]
        assert key == (expected,)
        code, _, wrong = cli(project, "customer", shop.one_id)
        assert code == 2 and "was erased" in wrong


def test_the_certificate_names_files_and_counts_and_no_person(shop: Shop):
    folder = shop.erased.warehouse.parent / "erasures"
    (path,) = folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    filed = json.loads(path.read_text())
    assert filed["traces_left"] == 0 and filed["one_ids"] == [shop.one_id]
    assert filed["rows_before"] and all(
        sum(tables.values()) > 0 for tables in filed["rows_before"].values()
    )
    assert filed["rows_of_your_raw_tables"]["web.events"] == 2
    own = "\n".join(filed["your_raw_files_that_hold_the_person"])
    assert "crm/members.csv" in own and "web/accounts.jsonl" in own and "stores" not in own
    assert "crm/member_identifiers.csv.gz" in own
    for each in PERSONAL:
        assert each not in path.read_text().lower() + shop.certificate.lower()
    assert "traces left" in shop.certificate and "crm/members.csv" in shop.certificate


def test_who_is_unknown_ambiguous_or_gone_is_one_line(shop: Shop):
    code, _, wrong = cli(shop.before, "erase", "nobody@nowhere.com")
    assert code == 2 and wrong.count("\n") == 1 and "nobody is known by" in wrong
    code, _, wrong = cli(shop.before, "erase", "")
    assert code == 2 and wrong.count("\n") == 1
    code, _, wrong = cli(shop.before, "erase")
    assert code == 2 and "whom?" in wrong
    code, _, wrong = cli(shop.later, "erase", "MEMBER-770011")
    assert code == 2 and "was erased" in wrong


@pytest.mark.nightly
def test_an_erasure_that_was_killed_is_ended_and_no_build_runs_before(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from one360.rights import purge

    project, other = (copied(shop.before, tmp_path / name) for name in ("one", "two"))

    bobs = {
        one_id
        for (one_id,) in other.query(
            "select one_id from identity.int_identity__one_ids inner join "
            "identity.int_identity__identifiers using (profile_id) "
            "where identifier_value = 'bob@example.com'"
        )
    }
    assert len(bobs) == 2, "two customers who share an address"
    with monkeypatch.context() as patched:
        patched.setattr(purge, "purge_warehouse", killed)
        for each in (project, other):
            assert cli(each, "erase", "card:CARD8811223", "--yes")[0] == 130
    said = project.dbt("run", "--select", "int_identity__erasures")
    project.close()
    assert not said.success and "an erasure did not end" in said.output
    assert cli(project, "erase", "--yes")[0] == 0
    assert traces(project, {*PERSONAL, UNIONID.lower(), *shop.hashes}) == {}
    # whoever is named beside goes as well
    code, said, wrong = cli(other, "erase", "CARD-8811223", *bobs, "--yes")
    assert code == 0, said + wrong
    assert said.count("certificate ") == 2
    wanted = {*PERSONAL, UNIONID.lower(), *shop.hashes, "bob@example.com", "13900139002"}
    assert traces(other, wanted) == {}


def test_an_erasure_says_which_raw_tables_it_could_not_read(shop: Shop, tmp_path: Path):
    project = copied(shop.before, tmp_path)
    project.execute("drop view raw.call_centre_calls")
    code, said, wrong = cli(project, "erase", "138 0013 8001", "--yes")
    assert code == 3 and "could not be read" in wrong
    assert "raw call_centre.calls: could not be read" in said
    (path,) = (project.warehouse.parent / "erasures").iterdir()
    assert json.loads(path.read_text())["raw_tables_that_could_not_be_read"] == [
        "call_centre.calls"
    ]


def test_a_lost_file_of_erasures_stops_a_build(shop: Shop, tmp_path: Path):
    project = copied(shop.later, tmp_path)
    tombstones.path_of(shop.paths(project)).unlink()
    said = project.dbt("run", "--select", "int_identity__erasures")
    project.close()
    assert not said.success and "restore it from your backup" in said.output


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_export_holds_all_of_one_person_and_nothing_of_another(
    shop: Shop, tmp_path: Path, language: str
):
    words = ("export-person", "138 0013 8001", "--out", str(tmp_path), "--lang", language)
    code, said, _ = cli(shop.before, *words)
    assert code == 0 and str(tmp_path) in said
    (content,), (page,) = (list(tmp_path.glob(f"*.{kind}")) for kind in ("json", "html"))
    assert content.stat().st_mode & 0o777 == page.stat().st_mode & 0o777 == 0o600
    held = json.loads(content.read_text(encoding="utf-8"))
    tables = {table["table"]: table["rows"] for table in held["tables"]}
    assert {each["key"] for each in held["records"]} >= {"MEMBER-770011", "cookie-77aa88bb"}
    assert len(tables["core.orders"]) == 5 and len(tables["raw.web.events"]) == 2
    assert tables["raw.crm.members"][0]["full_name"] == "Mei Annabel Li"
    assert tables["raw.crm.members"][0]["email"] == "Mei.Annabel+Shop@Example.com"
    assert len(tables["raw.pos.receipt_lines"]) == 2
    assert {"core.one_id_ledger", "tags.customer_tag_history", "predictions.scores"} <= set(tables)
    for each in ("m2", "bob@example.com", "13900139002", "Bob Stone", "oid2"):
        for path in (content, page):
            assert not re.search(rf'[">]{re.escape(each)}["<]', path.read_text(encoding="utf-8"))
    text = page.read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in text and "src=" not in text and "href=" not in text
    assert ("你" in text or "您" in text) == (language == "zh")
    assert text.count("<table>") == text.count("</table>") > 20


def test_an_export_of_nobody_or_in_no_language_is_one_line(shop: Shop, tmp_path: Path):
    for words, told in (
        (["x@y.z"], "nobody is known by"),
        (["138 0013 8001", "--lang", "fr"], "there are: en, zh"),
    ):
        code, _, wrong = cli(shop.before, "export-person", *words, "--out", str(tmp_path))
        assert code == 2 and told in wrong and wrong.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
    code, _, wrong = cli(shop.later, "export-person", "13800138001", "--out", str(tmp_path))
    assert code == 2 and "was erased" in wrong


def test_raw_files_that_one360_made_are_written_without_the_person(tmp_path: Path):
    """Every format and encoding of the simulator; rows of others stay as they are."""
    paths = DatasetPaths(tmp_path, "demo")
    simulate(paths.raw, scale=0.02, seed=360)
    paths.prepared.touch()
    before = raw_rows(paths)
    people = [row["natural_key"] for row in before["truth/profiles.parquet"]]
    member = next(
        row
        for row in before["crm/members.csv"]
        if row["mobile"] and row["email"] and row["card_no"] and row["unionid"]
        and any(row["card_no"] in key for key in people)
    )  # fmt: skip
    phone = "+86" + re.sub(r"\D", "", member["mobile"])[-11:]
    hers = {"member_id": member["member_id"], "card": member["card_no"].upper()}
    with duckdb.connect() as connection:
        hers_by_space = {
            "phone": [*spellings("phone", phone)],
            "email": [member["email"]],
            "card": [hers["card"]],
            "unionid": [member["unionid"]],
            "crm": [hers["member_id"]],
        }
        wanted = {
            space: sorted(forms(connection, space, values).values())
            for space, values in hers_by_space.items()
        }
    values = tuple(value for each in hers_by_space.values() for value in each)
    work = Work("1", (), (), wanted, Traces((), values, ()), True, {}, {}, {})
    counts = purge_raw_files(paths, declared_tables(ROOT), work)
    after = raw_rows(paths)
    assert {"crm/members.csv", "pos/receipts.parquet", "truth/profiles.parquet"} <= set(counts)
    national = phone[3:]
    for file, rows in after.items():
        text = json.dumps(rows, default=str, ensure_ascii=False).lower()
        for each in (national, member["email"].lower(), hers["card"].lower(), hers["member_id"]):
            assert each.lower() not in re.sub(r"[ ()-]", "", text), (file, each)
        gone = [row for row in before[file] if row not in rows]
        keeps = file in ("pos/receipts.parquet", "web/orders.parquet", "wechat/orders.parquet",
                         "marketplace/orders.csv")  # fmt: skip
        assert len(gone) == counts.get(file, 0), file
        assert len(before[file]) - len(rows) == (0 if keeps else len(gone)), file
    assert sum(row["total_amount"] for row in after["pos/receipts.parquet"]) == sum(
        row["total_amount"] for row in before["pos/receipts.parquet"]
    )


def raw_rows(paths: DatasetPaths) -> dict[str, list[dict[str, Any]]]:
    """Every row of every raw file."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(paths.raw.rglob("*.*")):
        name = str(path.relative_to(paths.raw))
        if path.suffix == ".parquet":
            with duckdb.connect() as connection:
                result = connection.execute(f"from read_parquet('{path}')")
                names = [column[0] for column in result.description]
                found[name] = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        elif path.suffix == ".csv":
            encoding = "gb18030" if path.stem == "service_tickets" else "utf-8"
            with path.open(encoding=encoding, newline="") as file:
                found[name] = list(csv.DictReader(file))
        elif path.suffix == ".jsonl":
            lines = path.read_text(encoding="utf-8").splitlines()
            found[name] = [json.loads(line) for line in lines]
    return found


VARIANTS = st.one_of(
    st.text(alphabet="0123456789 -()+.０１２ＡａZz_·@<>\u200b\u3000'=\"/,", max_size=24),
    st.from_regex(r"\+?(86)?1[3-9][0-9]{9}(\.0)?", fullmatch=True),
    st.from_regex(r"'?-?[1-9](\.[0-9]{1,12})?[eE]\+?[0-9]{1,2}", fullmatch=True),
    st.from_regex(r"1[3-9][0-9]{9}( ?[/,;和] ?|  )(\+86 )?1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(
        r"[ab.]{1,5}(\+[a-z.]{1,3}){0,2}@(gmail|googlemail|web)\.(com|de)", fullmatch=True
    ),
)


def plain_forms(space: str, value: str) -> set[str]:
    """The forms of a value, in plain Python."""
    folded = "".join(
        chr(ord(letter) - 0xFEE0) if 0xFF01 <= ord(letter) <= 0xFF5E else letter for letter in value
    )
    text = "".join(letter for letter in folded if letter not in " \u200b\u3000")
    if space == "email":
        local, at, domain = text.lower().translate({60: None, 62: None}).partition("@")
        if at and local.find("+") > 0:
            local = local[: local.index("+")]
        if domain in ("gmail.com", "googlemail.com"):
            local, domain = local.replace(".", ""), "gmail.com"
        return {local + at + domain} - {""}
    if text.startswith("'") and len(text) > 1 and "'" not in text[1:]:
        text = text[1:]
    elif text.startswith('="') and text.endswith('"') and '"' not in text[2:-1] and len(text) > 2:
        text = text[2:-1]
    power = re.fullmatch(r"(-?[0-9])(?:\.([0-9]+)[eE]\+?|[eE]\+)([0-9]{1,3})", text)
    if power and len(power[2] or "") >= int(power[3]):
        number = Decimal(text).quantize(Decimal(1), ROUND_HALF_UP)
        text = str(number) if number else "0"
    else:
        text = re.sub(r"\.0+$", "", text)
    if space == "phone":
        listed = re.split(
            r"[/,;|&、和]|(?<=[0-9]{8})[ \u3000]+(?=[+0-9]{8})", folded.strip(" \u3000")
        )
        is_list = len(listed) == 2 and all(
            len(re.sub(r"[^0-9]", "", each)) >= 8
            and re.fullmatch(r"[+]?[ (]{0,2}([0-9][ ().-]{0,2})+", each.strip())
            for each in listed
        )
        return {
            re.sub(r"[^0-9]", "", each).lstrip("0") for each in (listed if is_list else [text])
        } - {""}
    if space == "card":
        text = text.translate(dict.fromkeys(map(ord, "-_.·"))).upper()
    return {text} - {""}


@given(value=VARIANTS)
def test_the_form_of_a_value_is_computed_as_plain_python_does(value: str):
    with duckdb.connect() as connection:
        for space in ("email", "card", "crm"):
            assert all_forms(connection, space, [value])[value] == plain_forms(space, value), space


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("138 0013 8001", {"13800138001"}),
        ("0086-138-0013-8001", {"8613800138001"}),
        ("１３８００１３８００１", {"13800138001"}),
        ("13800138001.0", {"13800138001"}),
        ("1.3800138001E10", {"13800138001"}),
        ("1.38E10", {"13810"}),
        ("'13800138001", {"13800138001"}),
        ('="13800138001"', {"13800138001"}),
        ("13800138001/13900139002", {"13800138001", "13900139002"}),
        ("13800138001 或 +86 139 0013 9002", {"13800138001", "8613900139002"}),
        ("13800138001 13900139002", {"13800138001", "13900139002"}),
        ("", set()),
    ],
)
def test_the_forms_of_a_phone_are_the_digits_of_all_numbers_in_it(value: str, expected: set[str]):
    with duckdb.connect() as connection:
        assert all_forms(connection, "phone", [value])[value] == expected


@pytest.fixture(scope="module")
def macro_forms(shared_project: Project) -> dict[str, list[str]]:
    """The SQL of the macro for each space, of a column ``value``."""
    inline = "".join(
        f"--part {space}\n{{{{ erased_forms('{space}', 'value') | join('\n--and\n') }}}}\n"
        for space in SPACES
    )
    said = shared_project.dbt("-q", "compile", "--inline", inline, parse=False).check().output
    found = re.split(r"--part (\w+)\n", said)
    return {space: sql.split("--and") for space, sql in zip(found[1::2], found[2::2], strict=True)}


SPACES = ("phone", "email", "card", "contact_hash", "crm")
SPELLED = (
    "138 0013 8001", "0086-138-0013-8001", "１３８００１３８００１", "13800138001.0",
    "1.3800138001E10", "1.38E10", "'13800138001", '="C-100"', "13800138001/13900139002",
    "13800138001 或 +86 139 0013 9002", "13800138001 13900139002", "c_1·00", "Ｃ－１００",
    "<Anna+shop@Web.de>", "a.smith+x@GoogleMail.com", "mailto:a.b@gmail.com", "+x@y.z",
    "Anna Li <Anna+shop@Web.de>", "李梅 <mailto:mei@web.de> ", "a@b.de <c@d.de>", "x <y> <z@z.de>",
    "ABCDEF0123", "", " ",
)  # fmt: skip


def test_the_macro_computes_the_forms_of_the_module(macro_forms: dict[str, list[str]]):
    """What keeps her out of raw views compares the same forms as what erased her."""
    with duckdb.connect() as connection:
        for space in SPACES:
            columns = ", ".join(macro_forms[space])
            rows = connection.execute(
                f"select value, {columns} from (select unnest(?::varchar[]) as value)",
                [list(SPELLED)],
            ).fetchall()
            computed = {value: {form for form in found if form} for value, *found in rows}
            assert computed == all_forms(connection, space, SPELLED), space


def test_a_warehouse_on_spark_is_purged_as_files(shop: Shop, tmp_path: Path):
    project = copied(shop.before, tmp_path)
    folder = project.warehouse.with_suffix(".spark") / "tables"
    assignments = "identity.int_identity__assignments"
    for table in (
        assignments, "identity.int_identity__profiles", "identity.int_identity__one_ids",
        "identity.int_identity__identifiers", "identity.int_identity__lent_cards",
        "core.issued_one_ids", "core.customers",
        "tags_internal.int_history__tag_changes",
    ):  # fmt: skip
        schema, name = table.split(".")
        to = folder / f"{schema}.db" / name
        to.mkdir(parents=True)
        project.query(f"copy {table} to '{to}/part-0.parquet' (format parquet)")
        (to / ".part-0.parquet.crc").write_text("checksum")
    others = project.query(f"select count(*) from {assignments} where one_id <> '{shop.one_id}'")[
        0
    ][0]
    project.warehouse.unlink()
    project.published.unlink()
    code, said, wrong = cli(project, "erase", "oAbC-openid-123", "--yes")
    assert code == 0, said + wrong
    kept = sorted(path for path in folder.rglob("*") if path.is_file())
    assert {path.parent.name for path in kept} == {
        "int_identity__assignments", "int_history__tag_changes"
    }  # fmt: skip
    with duckdb.connect() as connection:
        rows = connection.execute(f"from read_parquet({[str(p) for p in kept[:1]]})").fetchall()
        names = [column[0] for column in connection.description or ()]
        kinds = dict(zip(names, (c[1] for c in connection.description or ()), strict=True))
    assert len(rows) == others > 0 and not shop.hashes & {cell for row in rows for cell in row}
    assert str(kinds["assigned_at"]) == "TIMESTAMP WITH TIME ZONE"
    assert tombstones.read(shop.paths(project)).erasures[0].one_id == shop.one_id


def test_orders_go_with_their_lines_where_a_variable_says_so(shop: Shop, tmp_path: Path):
    project = copied(shop.later, tmp_path)
    models = ("stg_pos__receipts", "stg_pos__receipt_lines", "stg_web__order_lines")
    project.dbt("run", "--select", *models, parse=False, erased_orders="remove").check()
    project.close()
    assert project.query("select receipt_id from staging.stg_pos__receipts order by all") == [
        ("r2",), ("r3",),
    ]  # fmt: skip
    assert project.query(
        "select receipt_id, reject_reason from staging.stg_pos__receipt_lines order by all"
    ) == [("r2", None), ("r3", None)]
    assert project.query("select count(*) from staging.stg_web__order_lines") == [(0,)]
    assert project.query(
        "select source_table, sum(withheld_rows), sum(blanked_rows) from main.erased_rows "
        "where source_system = 'pos' and build_id = (select invocation_id from main.last_build) "
        "group by all order by all"
    ) == [("receipt_lines", 3, 0), ("receipts", 3, 0)]


def test_what_another_customer_has_too_is_not_hers():
    """A family's phone, and the id of an app within its users' keys."""
    person = Person(
        "x",
        {"x": "2026-01-01 00:00:00"},
        (
            Profile("p1", "pos", "pos_shopper", "C100200|+8613800138001", "h1"),
            Profile("p2", "wechat", "wechat_user", "shop|open-id-1", "h2"),
            Profile("p3", "call_centre", "call_centre_guest", "+8613800138001|", "h3"),
        ),
        (
            Identifier("phone", "", "+8613800138001", "i1", True),
            Identifier("email", "", "mei@example.com", "i2", False),
            Identifier("card", "", "C100200", "i3", False),
            Identifier("openid", "wechat", "shop|open-id-1", "i4", False),
        ),
        frozenset({"shop"}),
    )
    assert set(person.values()) == {
        ("email", "mei@example.com"),
        ("contact_hash", hashlib.sha256(b"mei@example.com").hexdigest()),
        ("card", "C100200"),
        ("wechat", "open-id-1"),
    }
    assert person.hashes() == {"p1", "p2", "p3", "h1", "h2", "h3", "i2", "i3", "i4"}


@pytest.mark.parametrize(
    ("value", "told"),
    [("13800138001", True), ("1234567", False), ("member-1", True), ("m1", False)],
)
def test_short_keys_are_not_looked_for_in_texts(value: str, told: bool):
    traces = Traces((), (value,), ())
    assert is_telling(value) == told
    assert bool(re.search(traces.pattern(), f"a {value} b")) == told
    assert traces.short == (() if told else (value,))


def test_a_phone_is_found_with_signs_between_its_digits_and_not_within_a_longer_number():
    pattern = re.compile(Traces((), ("13800138001",), ()).pattern())
    for text in ("138-0013-8001", "x138 0013 8001y", "(138)00138001", "+86 13800138001"):
        assert pattern.search(text), text
    for text in ("138001380012", "9913800138001", "1380013800"):
        assert not pattern.search(text), text


def test_a_restricted_person_is_stored_and_not_processed_until_it_is_lifted(
    shop: Shop, tmp_path: Path
):
    project = copied(shop.before, tmp_path)

    def read() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        models = ("stg_crm__members", "stg_pos__receipts")
        project.dbt("run", "--select", *models, parse=False).check()
        project.close()
        return (
            project.query("select member_id from staging.stg_crm__members order by all"),
            project.query("select receipt_id, phone from staging.stg_pos__receipts order by all"),
        )

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(restrict, "_compute_whole", killed)
        assert cli(project, "restrict", "Mei.Annabel@example.com")[0] == 130
    assert cli(project, "restrict", "Mei.Annabel@example.com")[0] == 0
    code, _, wrong = cli(project, "salt", "rotate")
    assert code == 2 and "1 people are restricted" in wrong and wrong.count("\n") == 1
    code, _, wrong = cli(project, "restrict", "138 0013 8001")
    assert code == 2 and "restricted already" in wrong
    assert read() == (
        [("m2",)], [("r1", None), ("r2", "+8613900139002"), ("r3", None), ("r4", None)]
    )  # fmt: skip
    code, _, wrong = cli(project, "restrict", "--lift", "bob@example.com")
    assert code == 2 and "nobody who is restricted" in wrong
    assert cli(project, "restrict", "--lift", "card-8811223")[0] == 0
    members, receipts = read()
    assert members == [("MEMBER-770011",), ("m2",)]
    assert receipts[0] == ("r1", "+8613800138001")
    assert cli(project, "restrict", "--lift", "card-8811223")[0] == 2


def killed(*words: Any) -> None:
    raise KeyboardInterrupt


def test_an_objection_holds_for_what_is_delivered_later_until_it_is_lifted(
    shop: Shop, tmp_path: Path
):
    """A later membership of hers allows messages and is profiled: neither lifts the objections."""
    project = copied(shop.before, tmp_path)

    def read() -> dict[str, Any]:
        models = "+customer_consents", "+customer_exclusions", "+int_predictions__order_days"
        words = "--select", *models, "+customer_purpose_consents", *UNCHECKED
        project.dbt("run", *words, parse=False).check()
        project.close()
        hers = f"where one_id = '{shop.one_id}'"
        return {
            "channels": project.query(
                f"select channel, basis, is_granted from core.customer_consents {hers} order by all"
            ),
            "purposes": project.query(
                "select channel, purpose_code, consent_state, source_system "
                f"from core.customer_purpose_consents {hers} order by all"
            ),
            "exclusions": project.query(
                "select one_id, covers, exclusion_reason from core.customer_exclusions"
            ),
            "order_days": project.query(
                f"select count(*) filter (where one_id = '{shop.one_id}') > 0, count(*) > 0 "
                "from predictions_internal.int_predictions__order_days"
            ),
        }

    before = read()
    assert before["channels"] == [("sms", "consent", True)] and before["exclusions"] == []
    assert before["order_days"] == [(True, True)]
    code, _, wrong = cli(project, "object", "card-8811223", "--purpose", "profilin")
    assert code == 2 and "did you mean profiling?" in wrong and wrong.count("\n") == 1
    code, said, _ = cli(project, "object", "Mei.Annabel@example.com", "--purpose", "profiling")
    assert code == 0 and f"{shop.one_id} objects to profiling" in said
    assert cli(project, "object", "card-8811223")[0] == 0
    code, _, wrong = cli(project, "object", "138 0013 8001", "--purpose", "profiling")
    assert code == 2 and "objects to profiling already" in wrong
    code, _, wrong = cli(project, "object", "member_id:m2", "--lift")
    assert code == 2 and "nobody who objects to marketing" in wrong
    noted = tombstones.path_of(shop.paths(project)).read_text(encoding="utf-8").lower()
    assert not [value for value in PERSONAL if value in noted]
    rows = named()
    project.write("crm.members", [*rows["crm.members"], {
        **LATE["crm.members"], "joined_at": "2026-02-20 02:00", "updated_at": "2026-02-20 02:00",
    }])  # fmt: skip
    project.write("crm.member_consents", [*rows["crm.member_consents"], {
        "member_id": "m9", "channel": "all", "is_granted": True, "changed_at": "2026-02-20 03:00",
    }])  # fmt: skip
    during = read()
    assert during["channels"] == [
        (channel, "objection", False) for channel in ("app_push", "email", "phone", "sms", "wechat")
    ]
    assert during["purposes"] == [
        ("all", "profiling", "objected", "request"),
        *((row[0], "marketing", "objected", "request") for row in during["channels"]),
    ]
    # of another name, the later membership is a customer of its own, with her phone
    assert (shop.one_id, "predictions", "objected") in during["exclusions"]
    assert len(during["exclusions"]) == 2
    assert during["order_days"] == [(False, True)]
    for words in (("--purpose", "profiling"), ()):
        assert cli(project, "object", "card-8811223", *words, "--lift")[0] == 0
    after = read()
    assert after["exclusions"] == [] and after["order_days"] == [(True, True)]
    assert after["channels"] == before["channels"]


def test_a_build_without_the_file_that_notes_an_objection_stops(shop: Shop, tmp_path: Path):
    project = copied(shop.before, tmp_path)
    assert cli(project, "object", "card-8811223")[0] == 0
    project.dbt("run", "--select", "int_identity__objections", parse=False).check()
    tombstones.path_of(shop.paths(project)).unlink()
    ended = project.dbt("run", "--select", "int_identity__objections", parse=False)
    assert "is gone or not the one this warehouse was built with" in ended.output


def test_an_older_file_that_lacks_an_objection_or_a_restriction_stops_a_build(
    shop: Shop, tmp_path: Path
):
    """What was lifted is missing in the file, too, and stops nothing."""
    project = copied(shop.before, tmp_path)
    file = tombstones.path_of(shop.paths(project))

    def build() -> str:
        return project.dbt("run", "--select", "int_identity__objections", parse=False).output

    said = "is gone or not the one this warehouse was built with"
    for *words, who in (("object", "card-8811223"), ("restrict", "Mei.Annabel@example.com")):
        assert cli(project, "object", "member_id:m2", "--purpose", "profiling")[0] == 0
        older = file.read_bytes()
        assert cli(project, *words, who)[0] == 0
        assert said not in build()
        newer = file.read_bytes()
        file.write_bytes(older)
        assert said in build()
        file.write_bytes(newer)
        assert cli(project, *words, who, "--lift")[0] == 0
        assert cli(project, "object", "member_id:m2", "--purpose", "profiling", "--lift")[0] == 0
        assert said not in build()


def test_what_no_build_makes_anew_is_kept_when_the_warehouse_is_replaced(
    manifest: dict[str, Any],
):
    kept = {
        f"{node['schema']}.{node['alias']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"].get("full_refresh") is False
    }
    # what macros append to at the start of a run
    logs = {"main.arrivals", "main.warehouse_stamp", "main.erased_rows", "main.retention_rows"}
    assert kept and kept | logs == set(KEPT)


def test_raw_files_in_another_encoding_are_read_again_after_an_erasure(shop: Shop, tmp_path: Path):
    """No run leaves a copy of them, and neither does the command."""
    code, said, wrong = cli(shop.later, "export-person", "member_id:m2", "--out", str(tmp_path))
    assert code == 0, said + wrong
    copies = shop.later.warehouse.parent / ".raw" / shop.later.dataset
    assert [path.name for path in copies.iterdir()] == ["checked.json"]


def test_a_file_is_whole_whenever_lines_are_taken_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "never_link.csv"
    path.write_text("left,right\nmember-1,member-2\n")
    wanted = Traces((), ("member-1",), ())
    with monkeypatch.context() as patched:
        patched.setattr(traces_of.os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            without_lines(path, wanted)
    assert path.read_text() == "left,right\nmember-1,member-2\n"
    assert without_lines(path, wanted) == 1 and path.read_text() == "left,right\n"


def test_raw_files_are_written_anew_whatever_they_are_packed_in(tmp_path: Path):
    """Packed, with a byte order mark, fields beyond the header, and line separators in texts."""
    tables = declared_tables(ROOT)
    wanted = {"crm": ["m1"], "community": ["k1"]}
    packed = tmp_path / "members.csv.gz"
    text = "\ufeffmember_id,full_name\r\nm1,Mei\r\nm2,Bob,more\r\n"
    packed.write_bytes(gzip.compress(text.encode()))
    assert rewrite(packed, tables["crm.members"], wanted, True) == 1
    assert gzip.decompress(packed.read_bytes()).decode() == (
        "\ufeffmember_id,full_name\nm2,Bob,more\n"
    )
    lines = tmp_path / "posts.jsonl"
    kept = '{"post_id": "b2", "user_id": "k2", "body": "one\u2028two\u0085"}\n'
    lines.write_text('{"post_id": "b1", "user_id": "k1"}\n' + kept, encoding="utf-8")
    assert rewrite(lines, tables["community.posts"], wanted, True) == 1
    assert lines.read_text(encoding="utf-8") == kept


def test_a_table_of_spark_whose_purge_was_killed_has_its_rows_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with duckdb.connect() as connection:
        connection.execute(f"copy (select 1 as a) to '{tmp_path}/part-0.parquet' (format parquet)")
        finish = spark.finish

        def killed_later(folder: Path) -> None:
            monkeypatch.setattr(spark, "finish", killed)

        monkeypatch.setattr(spark, "finish", killed_later)
        with pytest.raises(KeyboardInterrupt):
            spark.replace_files(connection, tmp_path, f"from {spark.source(tmp_path)}")
        assert len(spark.files(tmp_path)) == 2
        monkeypatch.setattr(spark, "finish", finish)
        spark.finish(tmp_path)
        spark.replace_files(connection, tmp_path, f"from {spark.source(tmp_path)}")
        assert connection.execute(f"from {spark.source(tmp_path)}").fetchall() == [(1,)]
        assert len(list(tmp_path.iterdir())) == 1


@pytest.fixture
def family() -> Iterator[duckdb.DuckDBPyConnection]:
    """Anna and Ben share a phone; a till record of Ben's carries Anna's card, which was lent."""
    with duckdb.connect() as connection:
        connection.execute("""
            create schema identity;
            create schema core;
            create table identity.int_identity__profiles as from (values
                ('p1', 'crm', 'crm_member', 'M1', 'k1', 'anna+shop@web.de'),
                ('p2', 'crm', 'crm_member', 'M2', 'k2', null),
                ('p3', 'pos', 'pos_shopper', 'C100|+491711', 'k3', null)
            ) as t (profile_id, source_system, profile_type, natural_key, natural_key_hash, email);
            create table identity.int_identity__one_ids as from (values
                ('p1', 'anna'), ('p2', 'ben'), ('p3', 'ben')
            ) as t (profile_id, one_id);
            create table identity.int_identity__identifiers as from (values
                ('p1', 'phone', '', '+491711', 'h1'), ('p2', 'phone', '', '+491711', 'h1'),
                ('p1', 'card', '', 'C100', 'h2'), ('p3', 'card', '', 'C100', 'h2'),
                ('p1', 'email', '', 'anna@web.de', 'h3')
            ) as t (profile_id, identifier_type, namespace, identifier_value, identifier_hash);
            create table identity.int_identity__lent_cards as
                select 'p3' as profile_id, 'h2' as identifier_hash;
            create table identity.int_identity__assignments as from (values
                ('p1', 'anna', timestamp '2026-01-01', 1),
                ('p2', 'ben', timestamp '2026-01-01', 1),
                ('old', 'ben', timestamp '2026-01-01', 1),
                ('old', 'anna', timestamp '2026-01-02', 2)
            ) as t (profile_id, one_id, assigned_at, build_number);
            create table core.issued_one_ids as from (values
                ('anna', 'anna', timestamp '2026-01-01'), ('ben', 'ben', timestamp '2026-01-01')
            ) as t (one_id, current_one_id, issued_at)
        """)
        yield connection


def test_a_card_that_was_lent_stays_that_of_its_holder(family: duckdb.DuckDBPyConnection):
    anna, ben = gathered(family, "anna"), gathered(family, "ben")
    assert {each.value: each.is_shared for each in anna.identifiers} == {
        "+491711": True, "C100": False, "anna@web.de": False,
    }  # fmt: skip
    assert {each.value for each in ben.identifiers} == {"+491711"}
    assert anna.emails == (Email("anna+shop@web.de", False),)
    assert ("email", "anna+shop@web.de") in set(anna.values())
    assert anna.former == ("old",) and "old" in anna.hashes() and ben.former == ()


def test_an_objection_names_what_nobody_else_has(family: duckdb.DuckDBPyConnection):
    assert set(objection._names(gathered(family, "anna"))) == {
        ("record", "crm|crm_member|M1"),
        ("identifier", "card||C100"),
        ("identifier", "email||anna@web.de"),
    }


def test_what_people_erased_together_have_together_is_theirs(family: duckdb.DuckDBPyConnection):
    alone, together = gathered(family, "ben"), gathered(family, "ben", ["anna", "ben"])
    assert ("phone", "+491711") not in set(alone.values())
    assert ("phone", "+491711") in set(together.values())
    assert ("phone", "+491711") in set(alone.values(with_shared=True))


@pytest.mark.parametrize(("mode", "refused"), [(0o600, False), (0o640, True), (0o604, True)])
def test_a_file_of_erasures_that_others_may_read_is_refused(
    tmp_path: Path, mode: int, refused: bool
):
    paths = DatasetPaths(tmp_path, "shop")
    tombstones.write(paths, tombstones.Tombstones())
    tombstones.path_of(paths).chmod(mode)
    expected = (
        pytest.raises(One360Error, match=r"can be read by others; run: chmod 600")
        if refused
        else contextlib.nullcontext()
    )
    with expected:
        tombstones.read(paths)


@pytest.mark.parametrize("text", ["", '{"key": "k', '{"key": "k"}', "[]"])
def test_a_file_of_erasures_that_is_not_whole_is_refused(tmp_path: Path, text: str):
    paths = DatasetPaths(tmp_path, "shop")
    tombstones.write_private(tombstones.path_of(paths), {})
    tombstones.path_of(paths).write_text(text)
    with pytest.raises(One360Error, match="is not whole; restore it from your backup"):
        tombstones.read(paths)


@pytest.mark.parametrize(
    ("found", "is_own", "code"), [({}, False, 0), ({"t": 1}, True, 0), ({"t": 1}, False, 3)]
)
def test_an_erasure_that_leaves_traces_exits_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: dict[str, int], is_own: bool, code: int
):
    """Raw files of the retailer's own are not changed, so what they hold is no failure."""
    work = Work("n", (), (), {}, Traces((), (), ()), True, {}, {}, {})
    done = Certificate("shop", work, None, 0, (Scanned("some.csv", 1, found, is_own),))
    monkeypatch.setattr(erase, "erase", lambda *_: [done])
    ended, said, wrong = cli(Project(tmp_path), "erase", "MEMBER-770011", "--yes")
    assert (ended, "traces are left" in wrong, "some.csv" in said) == (code, code == 3, bool(found))


@pytest.mark.parametrize(("is_bounded", "refused"), [("true", True), ("false", False)])
def test_after_a_build_of_the_past_nobody_is_looked_for(is_bounded: str, refused: bool) -> None:
    """What arrived later was not read, so it could be neither shown nor erased."""
    with duckdb.connect() as connection:
        connection.execute(
            f"create table last_build as select {is_bounded} as is_bounded_by_arrival"
        )
        expected = (
            pytest.raises(One360Error, match="known_by: now")
            if refused
            else contextlib.nullcontext()
        )
        with expected:
            check_all_is_read(connection)


def test_a_purpose_that_somebody_objects_to_cannot_leave_the_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The objection would cover nothing from then on; the build stops and names the purpose."""
    monkeypatch.setenv("ONE360_HOME", str(tmp_path))
    monkeypatch.setenv("ONE360_DATASET", "shop")
    monkeypatch.setenv("DBT_PROJECT_DIR", str(ROOT))
    noted = tombstones.Tombstones()
    noted.object_to("a", "profiling", "2026-01-01 00:00:00", [("identifier|phone", "1")])
    tombstones.write(dataset_paths(), noted)
    assert json.loads(tombstones.report(""))["objections"][0]["purpose_code"] == "profiling"
    for one_id in ("a", "b"):
        noted.object_to(one_id, "newsletters", "2026-01-01 00:00:00", [("identifier|phone", "1")])
    tombstones.write(dataset_paths(), noted)
    with pytest.raises(One360Error, match=r"no purpose 'newsletters', to which 2 people object;"):
        tombstones.report("")
    assert tombstones.report("key") == noted.key
