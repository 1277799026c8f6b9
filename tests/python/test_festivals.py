"""The calendar of festivals: the seed is what the library says, and another one agrees."""

from __future__ import annotations

from datetime import date

import pytest
from holidays.calendars.chinese import _ChineseLunisolar

from one360.lookups import festivals
from tests.python.project import ROOT

BY_CODE = {festival.code: festival for festival in festivals.FESTIVALS}


def test_the_seed_holds_what_the_library_says():
    written = (ROOT / festivals.SEED_PATH).read_text(encoding="utf-8")
    assert written == festivals.render(festivals.festival_days()), (
        "run: python -m one360.lookups.festivals"
    )


@pytest.mark.parametrize(
    ("code", "method"),
    [
        ("spring_festival", "lunar_new_year_date"),
        ("qingming", "qingming_date"),
        ("dragon_boat", "dragon_boat_date"),
        ("mid_autumn", "mid_autumn_date"),
        ("double_ninth", "double_ninth_date"),
        ("winter_solstice", "winter_solstice_date"),
    ],
)
def test_an_independent_calendar_agrees(code: str, method: str):
    calendar = _ChineseLunisolar()
    years = range(festivals.FIRST_YEAR, festivals.LAST_YEAR + 1)
    own = [BY_CODE[code].day(year) for year in years]
    assert own == [getattr(calendar, method)(year)[0] for year in years]


@pytest.mark.parametrize(
    ("code", "day"),
    [
        # as printed in Chinese calendars
        ("spring_festival_eve", date(2026, 2, 16)),
        ("lantern_festival", date(2026, 3, 3)),
        ("mothers_day", date(2026, 5, 10)),
        ("fathers_day", date(2026, 6, 21)),
        ("qixi", date(2026, 8, 19)),
        # a leap sixth month moved it late
        ("qixi", date(2025, 8, 29)),
        # a leap seventh month follows it
        ("qixi", date(2006, 7, 31)),
    ],
)
def test_days_known_by_heart(code: str, day: date):
    assert BY_CODE[code].day(day.year) == day
