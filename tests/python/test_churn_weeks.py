"""From when on another share leaves: chance is hardly ever a change, and a planted one is found."""

from __future__ import annotations

import re

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.python.every_kind import EveryKind

pytestmark = pytest.mark.build

CROWDS, WEEKS, CUSTOMERS = 400, 52, 500
PLANTED = 30


def changes(every_kind: EveryKind, shares: np.ndarray) -> pd.DataFrame:
    """What the model says of crowds that leave by these shares: crowd, week and direction."""
    (file,) = every_kind.compiled.rglob("churn_weeks.sql")
    sql = re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", file.read_text(encoding="utf-8"))
    left = np.random.default_rng(360).binomial(CUSTOMERS, shares, (CROWDS, WEEKS))
    weeks = pd.DataFrame(
        {
            "crowd_code": np.repeat([f"c{number}" for number in range(CROWDS)], WEEKS),
            "customers": CUSTOMERS,
            "left_customers": left.ravel(),
            "week_start_date": np.tile(
                pd.date_range("2025-01-01", periods=WEEKS, freq="7D"), CROWDS
            ),
        }
    )
    weeks["week_end_date"] = weeks["week_start_date"] + pd.Timedelta(days=6)
    with duckdb.connect() as connection:
        connection.execute(
            "create table int_behaviour__as_of as select date '2026-06-30' as as_of_date"
        )
        connection.execute("create table int_churn__weeks as from weeks")
        found = connection.execute(sql).df()
    found = found[found["change_direction"].notna()]
    return found.assign(week=(found["week_start_date"] - pd.Timestamp("2025-01-01")).dt.days // 7)


def test_chance_is_a_change_in_one_crowd_of_a_hundred_at_most(every_kind: EveryKind) -> None:
    assert len(changes(every_kind, np.full((CROWDS, WEEKS), 0.1))) <= 0.01 * CROWDS


def test_weeks_that_vary_more_than_chance_are_no_change(every_kind: EveryKind) -> None:
    shares = np.random.default_rng(1).beta(10, 90, (CROWDS, WEEKS))
    assert len(changes(every_kind, shares)) <= 0.03 * CROWDS


def test_a_planted_change_is_found_where_it_is(every_kind: EveryKind) -> None:
    shares = np.where(np.arange(WEEKS) < PLANTED, 0.1, 0.14)
    found = changes(every_kind, np.broadcast_to(shares, (CROWDS, WEEKS)))
    assert len(found) == CROWDS and set(found["change_direction"]) == {"rising"}
    assert (abs(found["week"] - PLANTED) <= 1).mean() > 0.9
