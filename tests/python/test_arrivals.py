"""What should have arrived by a night: the rhythm of each table, its rows, and what is let through.

The verdicts are pure; nights here are made of counts by load day. What a build and a publication
make of them is in test_arrival_nights.py.
"""

from __future__ import annotations

import datetime as dt
import random

import pytest

from one360.publish.nights import Measure, judge_measures
from one360.raw_files.arrival_gate import stop_line, told, unknown_names
from one360.raw_files.arrivals import Delivery, Verdict, judge, newest_day

MONDAY = dt.date(2026, 6, 1)
Counts = dict[str, dict[dt.date, int]]
Nights = list[dict[str, Verdict]]


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(number)


def delivered(counts: Counts, night: int, last_days: int = 400) -> dict[str, Delivery]:
    """What lies there on a night: all that was loaded up to it."""
    found = {}
    for table, rows in counts.items():
        days = {each: rows[each] for each in sorted(rows) if each <= day(night)}
        found[table] = Delivery(sum(days.values()), dict(list(days.items())[-last_days:]))
    return found


def run_nights(counts: Counts, first: int, last: int, **options: object) -> Nights:
    nights: Nights = []
    for night in range(first, last + 1):
        found = judge(delivered(counts, night), nights, **options)  # type: ignore[arg-type]
        nights.append({each.table: each for each in found})
    return nights


def every(step: int, first: int = 0, last: int = 120, rows: int = 100) -> dict[dt.date, int]:
    return {day(number): rows for number in range(first, last + 1, step)}


def faults(nights: Nights) -> list[tuple[int, str, str]]:
    return [
        (number, table, found.verdict)
        for number, night in enumerate(nights)
        for table, found in night.items()
        if found.is_fault and not table.endswith("*")
    ]


def without(counts: Counts, table: str, *numbers: int) -> Counts:
    gone = {day(number) for number in numbers}
    return {
        name: {d: r for d, r in rows.items() if name != table or d not in gone}
        for name, rows in counts.items()
    }


SHOP: Counts = {"pos.receipts": every(1), "web.events": every(1, rows=300)}


def test_nothing_is_expected_of_the_first_night_nor_of_a_table_that_never_delivered():
    first = judge({"a.x": Delivery(5, {day(0): 5}), "a.y": Delivery(0, {})}, [])
    assert [found.verdict for found in first] == ["first", "absent", "first"]
    nights = [{found.table: found for found in first}]
    again = judge({"a.x": Delivery(5, {day(0): 5}), "a.y": Delivery(0, {})}, nights)
    assert [found.verdict for found in again] == ["arrived", "absent", "arrived"]


def test_the_same_files_are_never_late():
    night = delivered(SHOP, 60)
    nights: Nights = []
    for _ in range(5):
        nights.append({found.table: found for found in judge(night, nights)})
    assert not faults(nights)


def test_a_daily_table_that_skips_a_day_is_late_that_night():
    nights = run_nights(without(SHOP, "pos.receipts", 41), 40, 42)
    assert faults(nights) == [(1, "pos.receipts", "late")]
    found = nights[1]["pos.receipts"]
    assert found.expected == "at most 0 days behind the other sources"
    assert found.found == "nothing since 2026-07-11, 1 day"
    assert nights[1]["pos.*"].verdict == "late"
    assert nights[2]["pos.receipts"].verdict == "arrived"


def test_a_table_that_is_always_a_day_behind_is_late_after_two():
    behind = {"pos.receipts": every(1), "web.events": every(1, last=121, rows=300)}
    shop = {**behind, "web.events": {d + dt.timedelta(1): r for d, r in SHOP["web.events"].items()}}
    assert not faults(run_nights(shop, 40, 60))
    gone = without(shop, "web.events", 51)
    assert faults(run_nights(gone, 40, 52)) == [(11, "web.events", "late")]


def test_a_weekly_file_is_not_late_on_the_days_between_and_is_on_its_day():
    shop = {"pos.receipts": every(1), "crm.members": every(7)}
    assert not faults(run_nights(shop, 56, 80))
    gone = without(shop, "crm.members", 70)
    assert faults(run_nights(gone, 64, 72)) == [
        (6, "crm.members", "late"), (7, "crm.members", "late"), (8, "crm.members", "late"),
    ]  # fmt: skip


def test_a_shop_closed_on_sundays_is_not_late_on_sundays_and_is_on_mondays():
    open_days = {d: r for d, r in every(1).items() if d.weekday() != 6}
    shop = {"pos.receipts": open_days, "web.events": every(1, rows=300)}
    assert not faults(run_nights(shop, 56, 77))
    gone = without(shop, "pos.receipts", 70)
    assert day(70).weekday() == 0
    assert faults(run_nights(gone, 66, 70)) == [(4, "pos.receipts", "late")]


def test_one_outage_is_not_the_rhythm():
    shop = without(SHOP, "pos.receipts", *range(20, 25), 50)
    nights = run_nights(shop, 48, 50)
    assert faults(nights) == [(2, "pos.receipts", "late")]


def test_an_outage_is_left_out_of_ten_gaps_and_not_of_nine():
    shop = without(SHOP, "pos.receipts", 8, 9, 10)
    assert not faults(run_nights(without(shop, "pos.receipts", 13), 12, 13))
    assert faults(run_nights(without(shop, "pos.receipts", 14), 13, 14)) == [
        (1, "pos.receipts", "late")
    ]


def test_a_gap_twice_as_long_as_another_is_a_rhythm():
    turns = {day(number): 100 for number in range(120) if number % 3 < 2}
    shop = {**SHOP, "crm.calls": turns}
    assert not faults(run_nights(shop, 40, 50))
    assert faults(run_nights(without(shop, "crm.calls", 42), 40, 42)) == [(2, "crm.calls", "late")]


def test_what_loads_by_chance_is_not_expected_but_its_system_is():
    chance = random.Random(3)
    rare = {day(n): 40 for n in range(0, 120) if chance.random() < 0.3}
    shop = {**SHOP, "pos.vouchers": rare}
    assert not faults(run_nights(shop, 60, 110))
    silent = without(without(shop, "pos.receipts", 90), "pos.vouchers", 90)
    nights = run_nights(silent, 85, 90)
    assert nights[-1]["pos.*"].verdict == "late"
    assert nights[-1]["pos.vouchers"].verdict != "late"


def test_of_a_few_rows_a_day_a_silent_day_says_nothing_and_a_silent_week_does():
    shop = {**SHOP, "web.reviews": every(1, rows=4)}
    gone = without(shop, "web.reviews", *range(61, 70))
    assert faults(run_nights(gone, 60, 69)) == [
        (number, "web.reviews", "late") for number in range(5, 10)
    ]


def test_missing_is_what_delivered_once_until_it_returns_or_is_given_up():
    nights = run_nights(SHOP, 40, 41)
    gone = {**delivered(SHOP, 42), "pos.receipts": Delivery(0, {})}
    found = {each.table: each for each in judge(gone, nights)}
    assert found["pos.receipts"].verdict == "missing" and not found["pos.receipts"].is_accepted
    let = {each.table: each for each in judge(gone, nights, accepted=["pos"])}
    assert let["pos.receipts"].is_accepted and not let["web.events"].is_accepted
    after = judge(gone, [*nights, let])
    assert [each.table for each in after if each.is_fault] == ["pos.receipts", "pos.*"]
    back = judge(delivered(SHOP, 43), [*nights, let])
    assert not [each for each in back if each.is_fault]
    # what was missing is no size
    half = {**delivered(SHOP, 43), "pos.receipts": Delivery(2200, every(1, last=43, rows=50))}
    found = {each.table: each for each in judge(half, [*nights, let])}
    assert found["pos.receipts"].verdict == "fewer_rows"
    given_up = judge(gone, nights, rhythm={"pos.receipts": 0, "pos.*": 0})
    assert not [each for each in given_up if each.is_fault]


@pytest.mark.parametrize(("share", "verdict"), [(0.79, "fewer_rows"), (0.81, "arrived")])
def test_a_fifth_of_all_rows_may_vanish(share: float, verdict: str):
    nights = run_nights(SHOP, 40, 40)
    now = delivered(SHOP, 40)
    rows = int(now["pos.receipts"].rows * share)
    now["pos.receipts"] = Delivery(rows, now["pos.receipts"].days)
    found = {each.table: each for each in judge(now, nights)}["pos.receipts"]
    assert (found.verdict, found.least_raw_rows) == (verdict, 3280)


@pytest.mark.parametrize(("rows", "verdict"), [(24, "arrived"), (25, "fewer_rows")])
def test_a_table_of_fewer_than_25_rows_may_vanish(rows: int, verdict: str):
    night = {found.table: found for found in judge({"pos.stores": Delivery(rows, {day(0): 9})}, [])}
    now = judge({"pos.stores": Delivery(1, {day(0): 1})}, [night])
    assert now[0].verdict == verdict


def test_a_size_that_was_let_through_is_the_size_from_then_on():
    nights = run_nights(SHOP, 40, 41)
    half = {name: {d: r // 2 for d, r in rows.items()} for name, rows in SHOP.items()}
    let = {each.table: each for each in judge(delivered(half, 41), nights, accepted=["pos", "web"])}
    assert let["pos.receipts"].verdict == "fewer_rows"
    after = judge(delivered(half, 41), [*nights, let])
    assert not [each for each in after if each.is_fault]


def test_a_table_cannot_double_overnight_once_it_has_a_past():
    nights = run_nights(SHOP, 40, 40)
    twice = {name: {d: 2 * r + 1 for d, r in rows.items()} for name, rows in SHOP.items()}
    found = judge(delivered(twice, 40), nights)
    assert {each.verdict for each in found if "*" not in each.table} == {"more_rows"}
    young = run_nights(SHOP, 3, 3)
    assert not [each for each in judge(delivered(twice, 3), young) if each.is_fault]


def test_a_day_of_which_most_is_lacking_is_out_of_band_and_a_holiday_is_not():
    part = {**SHOP, "pos.receipts": {**SHOP["pos.receipts"], day(60): 30}}
    assert faults(run_nights(part, 58, 60)) == [(2, "pos.receipts", "few_rows")]
    found = run_nights(part, 58, 60)[2]["pos.receipts"]
    assert (found.expected, found.found) == ("at least 50 rows on 2026-07-31", "30")
    holiday = {**part, "web.events": {**SHOP["web.events"], day(60): 90}}
    assert not faults(run_nights(holiday, 58, 60))


def test_a_night_that_runs_while_rows_still_come_is_held_against_such_nights():
    shop = {"web.events": every(1, rows=2000), "pos.receipts": every(1)}
    nights: Nights = []
    for night in range(40, 60):
        now = delivered(shop, night)
        days = {**now["web.events"].days, day(night): 100}
        now["web.events"] = Delivery(sum(days.values()), days)
        nights.append({found.table: found for found in judge(now, nights)})
    assert not faults(nights)


def test_a_wrong_date_far_ahead_makes_no_other_table_late():
    odd = {**SHOP, "crm.calls": {**every(1), day(400): 2}}
    assert newest_day(delivered(odd, 500).values()) == day(120)
    night = delivered(odd, 500)
    nights = [{found.table: found for found in judge(night, [])}]
    assert not [each for each in judge(night, nights) if each.is_fault]


def test_a_rhythm_that_is_declared_counts():
    shop = {**SHOP, "crm.members": {day(0): 100, day(9): 100}}
    assert not faults(run_nights(shop, 9, 30))
    nights = run_nights(shop, 9, 17, rhythm={"crm.members": 7})
    assert faults(nights) == [(7, "crm.members", "late"), (8, "crm.members", "late")]


@pytest.mark.parametrize("seed", range(12))
def test_shops_by_chance_raise_no_alarm_and_every_large_table_is_missed(seed: int):
    chance = random.Random(seed)
    sizes = {f"s{n % 3}.t{n}": chance.choice([3, 60, 400, 2000]) for n in range(7)}
    sizes["s0.t0"], sizes["s1.t1"] = 400, 900
    counts: Counts = {}
    for table, size in sizes.items():
        week = [chance.uniform(0.6, 1.5) for _ in range(7)]
        closed = 6 if chance.random() < 0.3 and size > 3 else None
        rows = {}
        for number in range(130):
            seen = sum(chance.random() < 0.5 for _ in range(2 * size)) * week[number % 7]
            if number % 7 != closed and seen >= 1:
                rows[day(number)] = int(seen)
        counts[table] = rows
    nights = run_nights(counts, 60, 120)
    assert faults(nights) == []
    for table, size in sizes.items():
        if size >= 60 and day(121) in counts[table]:
            now = delivered(without(counts, table, 121), 121)
            found = {each.table: each.verdict for each in judge(now, nights)}
            assert found[table] == "late", table


def test_the_line_names_source_expected_and_found():
    missing = [Verdict(f"pos.{name}", "missing", 0) for name in ("receipts", "stores", "*")]
    few = Verdict("web.events", "few_rows", 9, newest_day=day(0), day_rows=3, least_day_rows=50)
    line = stop_line([*missing, few])
    assert line == (
        "not everything arrived, so nothing is built: pos (receipts, stores) expected its files, "
        "as in the nights before, found no row; web.events expected at least 50 rows on "
        "2026-06-01, found 3. Deliver it and build again, or let it through for one night: "
        "make build ACCEPT=pos,web, or dbt build --vars 'accept_arrivals: [pos,web]'"
    )
    assert stop_line([]) == "" and told([]) == ""
    late = [Verdict(f"s{n}.t", "missing", 0) for n in range(5)]
    assert told(late).endswith("; and 2 more")


def test_a_name_that_is_no_source_is_told():
    tables = ("pos.receipts", "web.events")
    assert unknown_names(tables, ["pos", "web.events"]) == ""
    assert "recieipts is no raw table" in unknown_names(tables, ["pos.recieipts"])
    assert "did you mean pos.receipts?" in unknown_names(tables, ["pos.recieipts"])


# --- measures of a publication ---------------------------------------------------------------


def measures(orders: float, customers: float = 1000, amount: float = 5000) -> list[Measure]:
    return [
        Measure("pos", "orders", orders), Measure("pos", "net_amount", amount),
        Measure("*", "customers", customers),
    ]  # fmt: skip


def past_of(*nights: list[Measure]) -> dict[tuple[str, str], list[Measure]]:
    past: dict[tuple[str, str], list[Measure]] = {}
    for night in nights:
        for each in night:
            past.setdefault(each.key, []).append(each)
    return past


def out_of_band(judged: list[Measure]) -> list[str]:
    return [str(each) for each in judged if each.is_fault and not each.is_accepted]


def test_a_tenth_of_the_orders_may_not_go_at_once():
    past = past_of(measures(1000))
    assert out_of_band(judge_measures(measures(901), past, 1)) == []
    assert out_of_band(judge_measures(measures(899), past, 1)) == [
        "orders of pos expected at least 900, found 899"
    ]
    assert out_of_band(judge_measures(measures(1000, customers=800), past, 1)) == [
        "customers expected at least 900, found 800"
    ]
    assert out_of_band(judge_measures([], past, 1)) == [
        "orders of pos expected at least 900, found 0",
        "net amount of pos expected at least 4,500, found 0",
        "customers expected at least 900, found 0",
    ]


def test_a_rise_is_judged_after_four_nights_and_by_the_days_since():
    short, long = past_of(*[measures(1000)] * 3), past_of(*[measures(1000)] * 4)
    assert out_of_band(judge_measures(measures(1600), short, 1)) == []
    assert out_of_band(judge_measures(measures(1600), long, 1)) == [
        "orders of pos expected at most 1,500, found 1,600"
    ]
    assert out_of_band(judge_measures(measures(1600), long, 2)) == []


def test_what_was_usual_before_is_in_band():
    past = past_of(measures(1000), measures(800), measures(1000))
    assert out_of_band(judge_measures(measures(601), past, 1)) == []
    assert out_of_band(judge_measures(measures(599), past, 1)) != []


def test_a_small_shop_is_not_judged_and_an_accepted_night_teaches_nothing():
    assert out_of_band(judge_measures(measures(1, 1, 1), past_of(measures(99, 99, 9999)), 1)) == []
    accepted = [Measure("pos", "orders", 10, 900, None, is_accepted=True)]
    past = past_of(measures(1000), accepted)
    assert out_of_band(judge_measures(measures(1000), past, 1)) == []
    assert out_of_band(judge_measures(measures(10), past, 1)) != []
    assert out_of_band(judge_measures(measures(10, 10, 10), past, 1, ["pos.receipts"])) == []
