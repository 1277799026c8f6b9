"""A system that gives its customers new ids ends in a line, not in twice the customers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from one360.errors import One360Error
from one360.publish.nights import compare_nights, let_through, write_nights
from one360.publish.renumbered import Renumbering, find_renumbered
from tests.python.project import Project

#: profile_id, one_id, source_system, record_type, phone, email, name_key
Record = tuple[str, str, str, str, str | None, str | None, str | None]


def member(number: int, one_id: str | None = None, **given: Any) -> Record:
    """Member m<number>, of customer c<number> where no other is named."""
    record = {"system": "crm", "record_type": "member", "profile_id": f"m{number}", **given}
    return (
        record["profile_id"], one_id or f"c{number}", record["system"], record["record_type"],
        record.get("phone"), record.get("email"), record.get("name"),
    )  # fmt: skip


class Nights:
    """Builds and publications of records."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'")
        self.count = 0

    def built(self, records: Iterable[Record]) -> str:
        self.count += 1
        name = f"built{self.count}"
        run = self.connection.execute
        run(f"attach ':memory:' as {name}")
        for schema in ("core", "quality", "identity"):
            run(f"create schema {name}.{schema}")
        run(f"create table {name}.core.orders as select 'pos' as source_system, 1.5 as net_amount")
        for table in ("customers", "issued_one_ids"):
            run(f"create table {name}.core.{table} as from range(20)")
        run(f"create table {name}.quality.arrivals as select 'x' as made_by, now() as recorded_at")
        run(
            f"create table {name}.identity.records (profile_id text, one_id text, "
            "source_system text, record_type text, phone text, email text, name_key text)"
        )
        for record in records:
            run(f"insert into {name}.identity.records values (?, ?, ?, ?, ?, ?, ?)", record)
        run(
            f"create table {name}.core.customer_profiles as "
            f"select * exclude (phone, email, name_key) from {name}.identity.records"
        )
        run(
            f"create table {name}.identity.int_identity__profiles as "
            f"select * exclude (one_id) from {name}.identity.records"
        )
        return name

    def publish(
        self, source: str, before: str | None, day: str, *accepted: str
    ) -> tuple[str, list[Renumbering]]:
        night, found = compare_nights(self.connection, source, before, day, accepted)
        copied = f"{source}_out"
        self.connection.execute(f"attach ':memory:' as {copied}")
        write_nights(self.connection, source, copied, before, day, night, found)
        self.connection.execute(f"create schema {copied}.core")
        self.connection.execute(
            f"create table {copied}.core.customer_profiles as from {source}.core.customer_profiles"
        )
        return copied, found

    def compare(
        self, before: Iterable[Record], now: Iterable[Record], *accepted: str
    ) -> list[Renumbering]:
        published, _ = self.publish(self.built(before), None, "2026-06-01")
        return find_renumbered(self.connection, self.built(now), published, accepted)


OLD = [member(number, phone=f"+86{number}") for number in range(40)]
NOBODY = [member(number) for number in range(300, 310)]
NEWCOMERS = [member(number) for number in range(400, 440)]
REPLACED = [member(number, phone=f"+86{number - 100}") for number in range(100, 140)]


def test_ids_that_are_gone_while_others_came_are_not_published() -> None:
    with pytest.raises(One360Error) as stopped:
        Nights().compare(OLD, REPLACED)
    assert str(stopped.value) == (
        "nothing is published: crm gave its customers new ids: of 40 published (member) 40 are "
        "gone and 40 others came, 0 of which are the same customers. Deliver the ids of before, or "
        "say with both which is whose (crm.member_identifiers, seed force_link); if they are other "
        "people, build with --vars 'accept_arrivals: [crm]' and publish again"
    )
    (told,) = Nights().compare(OLD, REPLACED, "crm.members")
    assert (told.gone, told.new, told.is_fault) == (40, 40, True)


def test_new_ids_beside_the_old_ones_are_not_published() -> None:
    with pytest.raises(One360Error, match="40 of 40 new ones .member. have phone"):
        Nights().compare(OLD, [*OLD, *REPLACED])
    # of half of the new ones it is told, of fewer not
    strangers = [member(number, phone=f"+1{number}") for number in range(200, 241)]
    assert not Nights().compare(OLD, [*OLD, *REPLACED, *strangers])
    with pytest.raises(One360Error, match="40 of 80 new ones"):
        Nights().compare(OLD, [*OLD, *REPLACED, *strangers[1:]])


@pytest.mark.parametrize("value", ["email", "name"])
def test_an_email_address_or_a_name_tells_them_too(value: str) -> None:
    old = [member(number, **{value: f"v{number}"}) for number in range(20)]
    new = [member(number, **{value: f"v{number - 100}"}) for number in range(100, 120)]
    with pytest.raises(One360Error, match="20 of 20 new ones"):
        Nights().compare(old, [*old, *new])
    assert not Nights().compare(old[1:], [*old[1:], *new])


def test_ids_that_identity_joins_are_told_and_published() -> None:
    joined = [(*record[:1], f"c{number}", *record[2:]) for number, record in enumerate(REPLACED)]
    # an account of the web shop holds each customer together
    web = [
        member(n, profile_id=f"w{n}", system="web", record_type="account", phone=f"+86{n}")
        for n in range(40)
    ]
    old, joined = [*OLD, *web], [*joined, *web]
    (told,) = Nights().compare(old, joined)
    assert not told.is_fault
    assert str(told).endswith("40 others came, 40 of which are the same customers")
    (told,) = Nights().compare(old, [*OLD, *joined])
    assert (told.alike, told.alike_joined, told.is_fault) == (40, 40, False)
    # a tenth may be others, more may not
    apart = [*joined[:36], *REPLACED[36:], *web]
    assert not Nights().compare(old, apart)[0].is_fault
    with pytest.raises(One360Error, match="35 of which are the same customers"):
        Nights().compare(old, [*joined[:35], *REPLACED[35:], *web])


def test_a_shop_that_grows_or_loses_members_has_not_renumbered() -> None:
    grown = [*OLD, *[member(number, phone=f"+1{number}") for number in range(100, 500)]]
    assert not Nights().compare(OLD, grown)
    assert not Nights().compare(OLD, OLD[:5])
    assert not Nights().compare([*OLD, *NOBODY], [*OLD[19:], *NOBODY, *NEWCOMERS])
    assert not Nights().compare([], REPLACED)
    assert not Nights().compare(OLD[:19], REPLACED)


def test_a_value_that_many_have_tells_nobody() -> None:
    shared = [member(number, phone="+86", name="guest") for number in range(100, 140)]
    assert not Nights().compare(OLD, [*OLD, *shared])
    assert not Nights().compare([*OLD, *shared], [*OLD, *shared, *REPLACED[:19]])
    default = [member(number, phone="+860") for number in range(100, 140)]
    assert not Nights().compare(OLD, [*OLD, *default])
    # of a family of three another one joins
    families = [member(number, phone=f"+86{number // 3}") for number in range(60)]
    joining = [member(number, phone=f"+86{number - 100}") for number in range(100, 120)]
    assert not Nights().compare(families, [*families, *joining])


def test_people_with_two_ids_are_usual_in_some_systems() -> None:
    twice = [member(number, phone=f"+86{number // 2}") for number in range(80)]
    new = [member(number, phone=f"+1{number - 100}") for number in range(100, 140)]
    kept = [member(number, phone=f"+1{number - 200}") for number in range(200, 240)]
    assert not Nights().compare([*twice, *kept], [*twice, *kept, *new])
    with pytest.raises(One360Error, match="40 of 40 new ones"):
        Nights().compare([*twice[:20], *kept], [*twice[:20], *kept, *new])


def test_browsers_are_replaced_all_the_time() -> None:
    of = {"system": "web", "record_type": "cookie"}
    old = [member(number, phone=f"+86{number}", **of) for number in range(40)]
    new = [member(number, phone=f"+86{number - 100}", **of) for number in range(100, 140)]
    assert not Nights().compare(old, new)
    assert not Nights().compare(old, [*old, *new])


def test_systems_and_kinds_of_records_are_told_apart() -> None:
    erp = [member(number, profile_id=f"e{number}", system="erp") for number in range(40)]
    with pytest.raises(One360Error, match=r"^nothing is published: crm gave [^;]*; if they"):
        Nights().compare([*OLD, *erp], [*REPLACED, *erp])
    # the same people in another system are no new ids
    also = [member(n, profile_id=f"e{n}", system="erp", phone=f"+86{n}") for n in range(40)]
    assert not Nights().compare(OLD, [*OLD, *also])


def test_keys_of_another_salt_are_no_new_ids() -> None:
    rekeyed = [("x" + profile, *rest) for profile, *rest in OLD]
    assert not Nights().compare(OLD, rekeyed)


def test_what_was_let_through_is_kept_among_the_nights_and_not_expected() -> None:
    nights = Nights()
    before, _ = nights.publish(nights.built(OLD), None, "2026-06-01")
    now = nights.built(REPLACED)
    with pytest.raises(One360Error, match="crm gave its customers new ids"):
        nights.publish(now, before, "2026-06-02")
    after, _ = nights.publish(now, before, "2026-06-02", "crm")
    assert let_through(nights.connection, after) == ["renumbered ids of crm 40 instead of 19"]
    again, found = nights.publish(nights.built(REPLACED), after, "2026-06-03")
    assert not found
    assert let_through(nights.connection, again) == []
    kept = f"from {again}.main.nights where measure = 'renumbered_ids'"
    assert nights.connection.execute(f"select source_system, value, most {kept}").fetchall() == [
        ("crm", 40, 19)
    ]
    # a past date, and raw files made in another way, are not held against it
    assert not nights.publish(nights.built(OLD), again, "2026-05-01")[1]


@pytest.mark.build
@pytest.mark.nightly
def test_a_crm_that_renumbers_its_members(project: Project, tmp_path: Path) -> None:
    """The members keep phone and name; the file of the second night has new numbers alone."""

    def write(*firsts: int) -> None:
        project.write(
            "crm.members",
            [
                {
                    "member_id": f"M{first + number}", "card_no": f"C{first + number:06d}",
                    "full_name": f"Anna Smith{'abcdefghijklmnopqrstuvwxyz'[number]}son",
                    "mobile": f"1391234{number:02d}37", "joined_at": "2026-01-01 10:00",
                    "updated_at": "2026-01-02 10:00",
                }
                for first in firsts
                for number in range(26)
            ],
        )  # fmt: skip
        project.dbt(
            *("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
            *("--select", "arrivals", "+customer_profiles", "+customers", "+orders"),
            "issued_one_ids",
        ).check()

    def customers() -> list[tuple[Any, ...]]:
        return project.query("select one_id from core.customers order by all")

    def compare(*accepted: str) -> list[Renumbering]:
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(f"attach '{project.warehouse}' as {project.dataset} (read_only)")
            if not project.published.exists():
                connection.execute(f"attach '{project.published}' as out")
                night, _ = compare_nights(connection, project.dataset, None, "2026-01-03", ())
                write_nights(connection, project.dataset, "out", None, "2026-01-03", night)
                connection.execute("create schema out.core")
                connection.execute(
                    f"create table out.core.customer_profiles as "
                    f"from {project.dataset}.core.customer_profiles"
                )
                return []
            connection.execute(f"attach '{project.published}' as before (read_only)")
            found = compare_nights(connection, project.dataset, "before", "2026-01-04", accepted)
            return found[1]

    write(100)
    first = customers()
    compare()
    write(500)
    assert not set(first) & set(customers())
    with pytest.raises(One360Error, match="crm gave its customers new ids: of 26 published"):
        compare()
    assert compare("crm")[0].changed == 26
    # the ids of before are delivered again: they are the customers they were
    write(100)
    assert customers() == first
    assert not compare()
    # phone and name join the new numbers to the old ones beside them: told, and no fault
    write(100, 500)
    (told,) = compare("crm")
    assert (told.new, told.alike, told.alike_joined, told.is_fault) == (26, 26, 26, False)
