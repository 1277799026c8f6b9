"""The days of Chinese and common festivals, written out of the `borax` library.

SQL knows no lunar calendar, so the days are in a seed and this module writes it:
``python -m one360.lookups.festivals`` to prolong it, or after the library has moved on.

borax has the lunar months and the 24 solar terms, a wheel without dependencies and the
MIT licence. Of the others lunarcalendar and zhdate have had no release for years,
lunardate is under the GPL, lunar-python comes without a wheel, and `holidays` lacks
Qixi and the Lantern Festival; the tests compare what it has.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from borax.calendars.lunardate import LunarDate, TermUtils

#: The seed, seen from the root of the project.
SEED_PATH = Path("seeds/lookups/festivals.csv")

FIRST_YEAR, LAST_YEAR = 2015, 2035

SUNDAY = 6


@dataclass(frozen=True)
class Festival:
    """A festival: its names, and its day in a year of the Gregorian calendar."""

    code: str
    name_en: str
    name_zh: str
    day: Callable[[int], date]


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _weekday(month: int, weekday: int, number: int) -> Callable[[int], date]:
    """The number-th such weekday of a month."""

    def day(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta((weekday - first.weekday()) % 7 + 7 * (number - 1))

    return day


def _lunar(month: int, day: int, before: int = 0) -> Callable[[int], date]:
    """A day of the lunar year that begins in the given year, or some days before it."""
    return lambda year: LunarDate(year, month, day).to_solar_date() - timedelta(before)


def _solar_term(name: str) -> Callable[[int], date]:
    index = TermUtils.get_index_for_name(name)
    return lambda year: TermUtils.nth_term_day(year, index)


FESTIVALS = (
    Festival("new_year", "New Year's Day", "元旦", _fixed(1, 1)),
    Festival("spring_festival_eve", "Chinese New Year's Eve", "除夕", _lunar(1, 1, before=1)),
    Festival("spring_festival", "Spring Festival", "春节", _lunar(1, 1)),
    Festival("lantern_festival", "Lantern Festival", "元宵节", _lunar(1, 15)),
    Festival("valentines_day", "Valentine's Day", "情人节", _fixed(2, 14)),
    Festival("womens_day", "Women's Day", "妇女节", _fixed(3, 8)),
    Festival("qingming", "Qingming Festival", "清明节", _solar_term("清明")),
    Festival("labour_day", "Labour Day", "劳动节", _fixed(5, 1)),
    Festival("mothers_day", "Mother's Day", "母亲节", _weekday(5, SUNDAY, 2)),
    Festival("love_520", "520 Love Day", "520", _fixed(5, 20)),
    Festival("childrens_day", "Children's Day", "儿童节", _fixed(6, 1)),
    Festival("dragon_boat", "Dragon Boat Festival", "端午节", _lunar(5, 5)),
    Festival("shopping_618", "618 Shopping Festival", "618购物节", _fixed(6, 18)),
    Festival("fathers_day", "Father's Day", "父亲节", _weekday(6, SUNDAY, 3)),
    Festival("qixi", "Qixi Festival", "七夕节", _lunar(7, 7)),
    Festival("teachers_day", "Teachers' Day", "教师节", _fixed(9, 10)),
    Festival("mid_autumn", "Mid-Autumn Festival", "中秋节", _lunar(8, 15)),
    Festival("national_day", "National Day", "国庆节", _fixed(10, 1)),
    Festival("double_ninth", "Double Ninth Festival", "重阳节", _lunar(9, 9)),
    Festival("double_eleven", "Double 11", "双十一", _fixed(11, 11)),
    Festival("double_twelve", "Double 12", "双十二", _fixed(12, 12)),
    Festival("winter_solstice", "Winter Solstice", "冬至", _solar_term("冬至")),
    Festival("christmas", "Christmas", "圣诞节", _fixed(12, 25)),
)


def festival_days(
    first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR
) -> list[tuple[date, Festival]]:
    """Return the festivals of the years, both included, by day and then as listed."""
    days = [
        (festival.day(year), position, festival)
        for year in range(first_year, last_year + 1)
        for position, festival in enumerate(FESTIVALS)
    ]
    return [(day, festival) for day, _, festival in sorted(days, key=lambda row: row[:2])]


def render(days: list[tuple[date, Festival]]) -> str:
    """Return the text of the seed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["festival_date", "festival_code", "name_en", "name_zh"])
    for day, festival in days:
        writer.writerow([day.isoformat(), festival.code, festival.name_en, festival.name_zh])
    return text.getvalue()


if __name__ == "__main__":
    SEED_PATH.write_text(render(festival_days()), encoding="utf-8")
    sys.stdout.write(f"{SEED_PATH}\n")
