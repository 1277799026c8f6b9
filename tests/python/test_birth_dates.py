"""Birth dates: how they are read, and which of them say nothing."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from one360.identity.dates import day_number, read_date, without_placeholders


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1985-03-12", "19850312"),
        ("1985/3/2", "19850302"),
        ("1985年3月12日", "19850312"),
        ("19850312", "19850312"),
        ("1985-03-12 00:00:00", "19850312"),
        ("1985-03-12T08:00:00Z", "19850312"),
        ("12.3.1985", "19850312"),
        ("03/25/1985", "19850325"),
        ("1985", "1985"),
        ("1985-00-00", "1985"),
        ("1985-03", "1985"),
        # a slip that made a day no calendar has can still be compared
        ("1985-02-31", "19850231"),
        ("12.3.85", None),
        ("0000-00-00", None),
        ("unknown", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_read(text: str | None, read: str | None) -> None:
    assert read_date(text) == read


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2200, 12, 31)))
def test_every_date_is_read_in_three_ways(born: date) -> None:
    read = born.strftime("%Y%m%d").rjust(8, "0")
    assert read_date(born.isoformat()) == read
    assert read_date(read) == read
    assert read_date(f"{born.day}.{born.month}.{born.year}") == (read if born.month <= 12 else None)
    assert day_number(read) == born.toordinal()


def people(count: int, seed: int = 1) -> tuple[list[str], list[str]]:
    rng = random.Random(seed)
    dates = [
        (date(1950, 1, 1) + timedelta(rng.randrange(18_000))).strftime("%Y%m%d")
        for _ in range(count)
    ]
    return dates, [f"{rng.randrange(20)}{rng.randrange(20)}" for _ in range(count)]


def test_real_dates_stay() -> None:
    dates, names = people(5_000)
    assert without_placeholders(dates, names) == dates


@pytest.mark.parametrize("placeholder", ["19700101", "19000101", "19800615"])
def test_a_default_date_says_nothing(placeholder: str) -> None:
    dates, names = people(2_000)
    others, more_names = people(200, seed=2)
    found = without_placeholders(dates + [placeholder] * len(others), names + more_names)
    assert found[:2_000] == [None if born == placeholder else born for born in dates]
    assert set(found[2_000:]) == {None}


def test_first_of_january_of_any_year_leaves_the_year() -> None:
    dates, names = people(2_000)
    others, more_names = people(400, seed=2)
    guessed = [born[:4] + "0101" for born in others]
    assert without_placeholders(dates + guessed, names + more_names)[2_000:] == [
        born[:4] for born in guessed
    ]


@pytest.mark.parametrize(("years", "whole"), [(6, True), (7, False)])
def test_a_day_is_odd_from_six_people_on_beside_its_largest_date(years: int, whole: bool) -> None:
    dates = [f"{1960 + year}0101" for year in range(years)]
    found = without_placeholders(dates, [f"p{year}" for year in range(years)])
    assert found == (dates if whole else [born[:4] for born in dates])


def test_one_person_with_many_records_makes_no_placeholder() -> None:
    dates, names = people(500)
    found = without_placeholders(dates + ["19771111"] * 40, names + ["ab", "ac"] * 20)
    assert found[500:] == ["19771111"] * 40
