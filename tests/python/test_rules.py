"""Every refusal of a rule, with the words in which it is told.

A case changes a few rows of the seeds of a copy; the check then tells this and nothing else.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin

import pytest

from one360.cli.program import run
from one360.rules import identity, registry, tags
from one360.rules.project import Rules
from one360.rules.registry import Tag
from one360.rules.schema import Row, choices
from one360.rules.seeds import SEEDS
from one360.rules.variables import Variables
from tests.python.project import ROOT, Project, raw_tables

#: The rules as they are, without a fault, and the models that make tags.
SHIPPED = Rules(ROOT)
SHIPPED.faults(SEEDS)
MODELS = registry.tag_models(SHIPPED)

Rows = list[dict[str, str]]
Change = Callable[[Rows], None]


class Seeds:
    """A copy of the project's rules."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "seeds", folder / "seeds")
        shutil.copy(ROOT / "dbt_project.yml", folder)
        (folder / "models").symlink_to(ROOT / "models")
        (folder / "python_models").symlink_to(ROOT / "python_models")

    def path(self, seed: str) -> Path:
        (path,) = (self.folder / "seeds").rglob(f"{seed}.csv")
        return path

    def change(self, seed: str, change: Change) -> str:
        """Write the seed anew; return its path as faults name it."""
        path = self.path(seed)
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), list(reader.fieldnames or ())
        change(rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path.relative_to(self.folder).as_posix()

    def faults(self, **variables: object) -> list[str]:
        return Rules(self.folder, variables).faults(SEEDS)


@pytest.fixture
def seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Seeds:
    """A copy whose models need not be read anew: nothing here changes them."""
    monkeypatch.setattr(registry, "tag_models", lambda rules: MODELS)
    return Seeds(tmp_path)


def cells(row: int, **values: str) -> Change:
    """Other cells in a row as the file counts it: 2 is the first below the header."""
    return lambda rows: rows[row - 2].update(values)


def where(key: str, value: str, **values: str) -> Change:
    """Other cells in the row whose column `key` holds a value."""

    def change(rows: Rows) -> None:
        (row,) = (row for row in rows if row[key] == value)
        row.update(values)

    return change


def added(**values: str) -> Change:
    """One more row at the end."""
    return lambda rows: rows.append(values)


def without(key: str, value: str) -> Change:
    """No row whose column `key` holds a value."""
    return lambda rows: rows.__setitem__(slice(None), [r for r in rows if r[key] != value])


def limits(*tables: str, **values: str) -> Change:
    """Rows of retention_limits, right but for the values that are given."""
    row = {"disposition": "remove", "keep_days": "30", "reason": "the law", **values}
    return lambda rows: rows.extend({"source_table": table, **row} for table in tables)


def several(*changes: Change) -> Change:
    """One change after the other."""

    def change(rows: Rows) -> None:
        for each in changes:
            each(rows)

    return change


def row_of(seed: str, key: str, value: str) -> int:
    """The row of the file whose column `key` holds a value."""
    (path,) = (ROOT / "seeds").rglob(f"{seed}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return next(n for n, row in enumerate(csv.DictReader(file), 2) if row[key] == value)


def last(seed: str) -> int:
    """The row of the file that a row at its end becomes."""
    (path,) = (ROOT / "seeds").rglob(f"{seed}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return len(list(csv.reader(file))) + 1


def test_the_rules_of_the_project_have_no_fault(seeds: Seeds):
    assert seeds.faults() == []


def test_every_seed_is_checked(seeds: Seeds):
    files = {path.stem for path in (ROOT / "seeds").rglob("*.csv")}
    assert files == {kind.seed for kind in SEEDS}
    assert len(SEEDS) == len(files)


# --- cells -----------------------------------------------------------------------------

PHONE = row_of("identifier_types", "identifier_type", "phone")

#: Seed, change of the row of phone, what is said of it.
IDENTIFIER_TYPES = [
    (
        {"identifier_type": "Ph one"},
        "identifier_type is Ph one; allowed is lower-case English words joined by _",
    ),
    (
        {"identifier_type": ""},
        "identifier_type is missing; allowed is lower-case English words joined by _",
    ),
    ({"max_customers": "0"}, "max_customers is 0; allowed is a whole number from 1"),
    ({"max_customers": ""}, "max_customers is missing; allowed is a whole number from 1"),
    ({"max_customers": "4.5"}, "max_customers is 4.5; allowed is a whole number from 1"),
    (
        {"max_customers_in_window": "0"},
        "max_customers_in_window is 0; allowed is a whole number from 1, or empty",
    ),
    ({"window_days": "0"}, "window_days is 0; allowed is a whole number from 1, or empty"),
    ({"max_records": "0"}, "max_records is 0; allowed is a whole number from 1"),
    (
        {"window_days": ""},
        "only one of window_days and max_customers_in_window is given; allowed are both or none",
    ),
    (
        {"normaliser": "e164"},
        "normaliser is e164; allowed are: as_staged, lower, upper, letters_and_digits, mailbox",
    ),
    ({"trust": "1.5"}, "trust is 1.5; allowed is a number above 0 to 1"),
    ({"trust": "0"}, "trust is 0; allowed is a number above 0 to 1"),
    ({"trust": "nan"}, "trust is nan; allowed is a number above 0 to 1"),
    ({"tier": "0"}, "tier is 0; allowed is a whole number from 1"),
    ({"priority": ""}, "priority is missing; allowed is a whole number"),
    ({"is_personal": "yes"}, "is_personal is yes; allowed are: true, false"),
    ({"proves_person": ""}, "proves_person is missing; allowed are: true, false"),
    (
        {"on_conflict": "merge"},
        "on_conflict is merge; allowed are: refuse, same_person, accept",
    ),
    (
        {"is_exclusive": "true"},
        "on_conflict is accept; of a type whose is_exclusive is true allowed are: refuse, "
        "same_person",
    ),
    (
        {"on_conflict": "refuse"},
        "on_conflict is refuse; of a type whose is_exclusive is false allowed are: accept",
    ),
]


@pytest.mark.parametrize(("values", "message"), IDENTIFIER_TYPES)
def test_a_rule_of_identity(seeds: Seeds, values: dict[str, str], message: str):
    path = seeds.change("identifier_types", cells(PHONE, **values))
    assert seeds.faults() == [f"{path}, row {PHONE}: {message}"]


def test_a_rule_of_identity_may_stand_on_each_limit(seeds: Seeds):
    changes = cells(
        PHONE, tier="1", trust="1", max_customers="1", window_days="1",
        max_customers_in_window="1", max_records="1", is_exclusive="TRUE", on_conflict="refuse",
    )  # fmt: skip
    seeds.change("identifier_types", changes)
    assert seeds.faults() == []


LABEL = {
    "label_code": "vip", "key_type": "member_id", "customer_key": "M1", "label_value": "1",
    "labelled_on": "", "labelled_by": "",
}  # fmt: skip
DECIDED = {"decided_by": "Li", "decided_at": "2026-01-01", "reason": "one person"}

#: Seed, change, row that is named (0: the file), what is said.
CASES: list[tuple[str, Change, int, str]] = [
    # identity
    (
        "identifier_types",
        where("identifier_type", "cookie", identifier_type="email"),
        row_of("identifier_types", "identifier_type", "cookie"),
        f"identifier_type email is in row {PHONE + 1} too; each is allowed once",
    ),
    (
        "identifier_types",
        where("identifier_type", "cookie", priority="12"),
        row_of("identifier_types", "identifier_type", "cookie"),
        f"priority 12 is in row {PHONE} too; each is allowed once",
    ),
    (
        "identifier_blocklist",
        cells(2, identifier_type="phnoe"),
        2,
        "identifier_type is phnoe; did you mean phone? allowed are: member_id, unionid, login, "
        "openid, buyer_id, customer_no, card, phone_and_name, email_and_name, "
        "phone_and_birth_date, email_and_birth_date, phone, email, cookie, probabilistic",
    ),
    (
        "identifier_blocklist",
        cells(2, match_kind="regex"),
        2,
        "match_kind is regex; allowed are: equals, like",
    ),
    (
        "identifier_blocklist",
        cells(3, pattern="%"),
        3,
        "pattern is %; allowed is one with a letter or digit besides % and _",
    ),
    ("identifier_blocklist", cells(3, pattern=" "), 3, "pattern is missing; allowed is a text"),
    (
        "identifier_blocklist",
        cells(2, reason_code=""),
        2,
        "reason_code is missing; allowed is lower-case English words joined by _",
    ),
    (
        "golden_rules",
        cells(2, then_by="longst"),
        2,
        "then_by is longst; did you mean longest? "
        "allowed are: source_priority, most_recent, most_frequent, longest, verified_first",
    ),
    (
        "golden_rules",
        cells(2, attribute="name"),
        2,
        "attribute is name; did you mean full_name? "
        "allowed are: full_name, gender, birth_date, place, card_level, "
        "company, phone, email",
    ),
    (
        "golden_rules",
        cells(3, attribute="full_name"),
        3,
        "attribute full_name is in row 2 too; each is allowed once",
    ),
    (
        "source_priority",
        cells(2, priority="9"),
        2,
        "priority is 9; allowed is a whole number from 1 to 8",
    ),
    (
        "identity_norms",
        where("measure_code", "merged_share", normal_to="1.5"),
        row_of("identity_norms", "measure_code", "merged_share"),
        "normal_to is 1.5; allowed for a share is a number from 0 to 1",
    ),
    (
        "identity_norms",
        cells(2, normal_from="31"),
        2,
        "normal_from is 31; allowed is a number up to normal_to, 30",
    ),
    (
        "never_link",
        added(profile_id="a", other_profile_id="b", **{**DECIDED, "decided_by": ""}),
        2,
        "decided_by is missing; allowed is a text",
    ),
    (
        "force_link",
        added(profile_id="a", other_profile_id="a", **DECIDED),
        2,
        "other_profile_id is a, as profile_id; allowed is another record",
    ),
    (
        "force_link",
        added(profile_id="a", **DECIDED),
        2,
        "other_profile_id is missing; allowed is a text",
    ),
    *(
        (
            "unmerge",
            added(profile_id="a", **{**DECIDED, "decided_at": day}),
            2,
            f"decided_at is {day}; allowed is a date as 2026-01-31",
        )
        for day in ("infinity", "epoch", "2026-02-30", "1.2.2026", "today")
    ),
    # labels
    (
        "customer_labels",
        added(**{**LABEL, "label_value": "2"}),
        2,
        "label_value is 2; allowed is a whole number from 0 to 1",
    ),
    (
        "customer_labels",
        added(**{**LABEL, "labelled_on": "31.1.2026"}),
        2,
        "labelled_on is 31.1.2026; allowed is a date as 2026-01-31, or empty",
    ),
    # weights
    (
        "loyalty_weights",
        cells(2, weight="0.13"),
        0,
        "the weights of scope brand sum to 1.05; allowed is 1",
    ),
    (
        "activity_weights",
        where("indicator_code", "orders", weight="0"),
        0,
        "the weights sum to 0.8; allowed is 1",
    ),
    (
        "activity_weights",
        where("indicator_code", "orders", indicator_code="ordrs"),
        row_of("activity_weights", "indicator_code", "orders"),
        "indicator_code is ordrs; did you mean orders? "
        "allowed are: last_login, last_purchase, reviews, orders, "
        "login_days, dwell_seconds, pages",
    ),
    (
        "contact_response_weights",
        where("indicator_code", "open", weight="75"),
        2,
        "weight is 75; allowed is a number from 0 to 1",
    ),
    (
        "contact_response_weights",
        where("indicator_code", "open", weight="0.5"),
        0,
        "the weights sum to 0.75; allowed is 1",
    ),
    (
        "member_value_weights",
        where("indicator_code", "amount", weight="-0.35"),
        2,
        "weight is -0.35; allowed is a number from 0 to 1",
    ),
    (
        "loyalty_weights",
        where("indicator_code", "visits_against_like", scope="overall"),
        row_of("loyalty_weights", "indicator_code", "visits_against_like"),
        "indicator_code is visits_against_like; allowed for scope overall is none against like "
        "brands",
    ),
    (
        "interest_weights",
        where("event_type", "product_viewed", event_type="product_viewd"),
        2,
        "event_type is product_viewd; did you mean product_viewed? "
        "allowed are: product_viewed, product_searched, "
        "product_wishlisted, product_added",
    ),
    (
        "interest_weights",
        where("event_type", "product_viewed", weight="-1"),
        2,
        "weight is -1; allowed is a number from 0",
    ),
    (
        "interest_weights",
        where("event_type", "product_added", half_life_days="0"),
        row_of("interest_weights", "event_type", "product_added"),
        "half_life_days is 0; allowed is a number above 0",
    ),
    # levels
    (
        "member_value_tiers",
        where("level_code", "base", score_from="10"),
        2,
        "score_from is 10; allowed for the lowest tier is 0",
    ),
    (
        "member_value_tiers",
        where("level_code", "elite", score_from="2001"),
        row_of("member_value_tiers", "level_code", "elite"),
        "score_from is 2001; allowed is a whole number from 0 to 2000",
    ),
    (
        "member_value_tiers",
        where("level_code", "elite", score_from="1000"),
        row_of("member_value_tiers", "level_code", "elite"),
        "score_from 1000 is in row 5 too; each is allowed once",
    ),
    (
        "member_value_actions",
        where("action_code", "buy_again", max_units="25"),
        2,
        "max_units is 25; allowed for buy_again is a whole number from 1 to 24",
    ),
    (
        "member_value_actions",
        where("action_code", "sign_in", action_code="signin"),
        row_of("member_value_actions", "action_code", "sign_in"),
        "action_code is signin; did you mean sign_in? "
        "allowed are: buy_again, spend_more, write_review, sign_in",
    ),
    (
        "member_value_actions",
        where("action_code", "sign_in", effort_per_unit="0"),
        row_of("member_value_actions", "action_code", "sign_in"),
        "effort_per_unit is 0; allowed is a number above 0",
    ),
    (
        "loyalty_levels",
        where("level_code", "passing", score_from="2"),
        row_of("loyalty_levels", "level_code", "passing"),
        "score_from is 2; allowed for the lowest level is 1",
    ),
    (
        "age_bands",
        where("band_code", "under_18", age_from="1"),
        2,
        "age_from is 1; allowed for the first band is 0",
    ),
    (
        "price_levels",
        lambda rows: rows[-1].update(score_from="70"),
        last("price_levels") - 1,
        "score_from is 70; allowed for spending_power is a share of customers from 0 to 1",
    ),
    (
        "price_levels",
        lambda rows: rows[-1].update(level_code="hihg"),
        last("price_levels") - 1,
        "level_code is hihg, no value of spending_power in seed tag_values; did you mean high? "
        "allowed are: low, "
        "medium, high",
    ),
    (
        "dayparts",
        where("daypart_code", "lunch", hour_to="13"),
        0,
        "hour 13 lies in none; allowed is one daypart for each hour",
    ),
    (
        "dayparts",
        where("daypart_code", "lunch", hour_to="15"),
        0,
        "hour 14 lies in 2: lunch, afternoon; allowed is one daypart for each hour",
    ),
    (
        "dayparts",
        where("daypart_code", "lunch", daypart_code="noon"),
        row_of("dayparts", "daypart_code", "lunch"),
        "daypart_code is noon, no value of preferred_daypart in seed tag_values; did you mean "
        "afternoon? allowed are: morning, lunch, afternoon, evening, night",
    ),
    ("activity_levels", without("level_code", "low"), 0,
     "level_code low has no row; each needs one: high, medium, low"),
    ("rfm_cuts", without("measure", "frequency"), 0,
     "measure frequency has no row; each needs one: recency_days, frequency, monetary"),
    # RFM
    (
        "rfm_cuts",
        where("measure", "frequency", cut_2="2"),
        row_of("rfm_cuts", "measure", "frequency"),
        "cut_1 to cut_4 are 2, 2, 5, 10; allowed are increasing numbers",
    ),
    (
        "rfm_segment_maps",
        cells(2, r_to="2"),
        2,
        "r_from is 1 and r_to 2; allowed for basis average are numbers from 0 to 1, the first no "
        "larger",
    ),
    (
        "rfm_segment_maps",
        cells(2, segment_code="important_valu"),
        2,
        "segment_code is important_valu; did you mean important_value? allowed are: "
        "important_value, important_development, important_retention, important_win_back, "
        "general_value, general_development, general_retention, general_win_back, champions, "
        "loyal_customers, potential_loyalists, new_customers, promising, need_attention, "
        "about_to_sleep, at_risk, cannot_lose_them, hibernating, lost, others",
    ),
    (
        "rfm_segments",
        lambda rows: rows[-1].update(segment_code="other"),
        0,
        "segment_code others has no row; customers whom no line fits are others",
    ),
    # lookups
    (
        "test_account_patterns",
        cells(2, field="phone"),
        2,
        "field is phone; allowed are: name, email, store",
    ),
    ("placeholder_ids", cells(2, source_table="web.event"), 2,
     "source_table is web.event; did you mean web.events? allowed are: "
     + ", ".join(sorted(raw_tables()))),
    (
        "exchange_rates",
        lambda rows: rows.append({"currency": "usd", "from_date": "2026-01-01", "rate": "7.1"}),
        2,
        "currency is usd; allowed is a code of three capitals such as EUR",
    ),
    (
        "exchange_rates",
        lambda rows: rows.append({"currency": "RMB", "from_date": "2026-01-01", "rate": "1.1"}),
        2,
        "currency is RMB; allowed is CNY, its code",
    ),
    (
        "exchange_rates",
        lambda rows: rows.append({"currency": "USD", "from_date": "2026-01-01", "rate": "0"}),
        2,
        "rate is 0; allowed is a number above 0",
    ),
    ("event_names", added(preset="any", event_name=" PAGE_Viewed", event_type="page_viewed"), 98,
     "preset any and event_name PAGE_Viewed is in row 2 too; each is allowed once"),
    ("event_names", cells(2, event_type="page_view"), 2,
     "event_type is page_view; did you mean page_viewed? "
     "allowed are: page_viewed, page_pinged, product_viewed, "
     "product_list_viewed, product_searched, product_added, product_removed, product_wishlisted, "
     "checkout_started, order_completed, signed_in, signed_up, link_clicked, app_opened"),
    ("event_columns", added(preset="ga4", column_name="event", read_from="name"), 137,
     "preset ga4 and column_name event is in row 25 too; each is allowed once"),
    ("event_columns", cells(2, column_name="order_number"), 2,
     "column_name is order_number; did you mean order_id? allowed are: "
     + ", ".join(raw_tables()["web.events"]["columns"])),
    ("event_columns", cells(2, read_from="id | message_id | id"), 2,
     "read_from is id | message_id | id; id stands in it twice; each is allowed once"),
    ("event_columns", cells(2, read_from="message id |  id"), 2,
     "read_from is message id |  id; allowed is names with a bar between alternatives, + between "
     "parts, / 1000 behind, each apart"),
    ("event_columns", cells(2, read_from="id|message_id"), 2,
     "read_from is id|message_id; allowed is names with a bar between alternatives, + between "
     "parts, / 1000 behind, each apart"),
    ("retention_limits", limits("crm.member"), 2,
     "source_table is crm.member; did you mean crm.members? allowed are: "
     + ", ".join(sorted(raw_tables()))),
    ("retention_limits", limits("crm.members", counted_from="update_at"), 2,
     "counted_from is update_at; did you mean updated_at? "
     "allowed are: joined_at, updated_at, loaded_at"),
    ("retention_limits", limits("crm.members", counted_from="mobile"), 2,
     "counted_from is mobile; allowed are: joined_at, updated_at, loaded_at"),
    ("retention_limits", limits("crm.members", keep_days="0"), 2,
     "keep_days is 0; allowed is a whole number from 1 to 36500"),
    ("retention_limits", limits("crm.members", keep_days="two years"), 2,
     "keep_days is two years; allowed is a whole number from 1 to 36500"),
    ("retention_limits", limits("crm.members", disposition="removed"), 2,
     "disposition is removed; did you mean remove? allowed are: remove, blank"),
    ("retention_limits", limits("crm.members", reason=""), 2,
     "reason is missing; allowed is a text"),
    ("retention_limits", limits("crm.members", disposition="blank"), 2,
     "disposition is blank; of crm.members allowed is remove. Orders alone are kept without their "
     "person: marketplace.orders, pos.receipts, web.orders, wechat.orders"),
    ("retention_limits", limits("crm.member_consents"), 2,
     "source_table is crm.member_consents; a refusal has to outlive its limit: consents have none"),
    ("retention_limits", limits("pos.receipt_lines"), 2,
     "source_table is pos.receipt_lines; lines go with their orders: allowed is pos.receipts"),
    ("retention_limits", limits("pos.receipts", "pos.receipts", disposition="blank"), 3,
     "source_table pos.receipts and disposition blank is in row 2 too; each is allowed once"),
    ("retention_limits",
     several(limits("pos.receipts"), limits("pos.receipts", disposition="blank")), 3,
     "keep_days is 30; rows that are removed after 30 days (row 2) are blanked before: allowed "
     "is less"),
    ("bot_patterns", cells(2, pattern="--"), 2,
     "pattern is --; allowed is words with a letter or a digit"),
    ("festivals", cells(2, festival_date="01.01.2015"), 2,
     "festival_date is 01.01.2015; allowed is a date as 2026-01-31"),
]  # fmt: skip


@pytest.mark.parametrize(("seed", "change", "row", "message"), CASES)
def test_a_row_that_does_not_fit(seeds: Seeds, seed: str, change: Change, row: int, message: str):
    path = seeds.change(seed, change)
    at = f"{path}, row {row}" if row else path
    assert seeds.faults() == [f"{at}: {message}"]


def test_a_preset_that_is_none(seeds: Seeds):
    path = "seeds/staging/event_names.csv"
    known = "amplitude, ga4, mixpanel, posthog, segment, sensors, snowplow"
    assert seeds.faults(event_presets={"web.events": "ga-4", "web.event": "ga4"}) == [
        f"{path}: no row has preset ga-4, which variable event_presets chooses for web.events; "
        f"did you mean ga4? allowed are: {known}",
        f"{path}: variable event_presets names web.event; did you mean web.events? allowed are: "
        + ", ".join(sorted(raw_tables())),
    ]
    assert seeds.faults(event_presets={"web.events": "snowplow"}) == []


def test_decisions_that_contradict_each_other(seeds: Seeds):
    path = seeds.change("force_link", added(profile_id="b", other_profile_id="a", **DECIDED))
    wang = {"decided_by": "Wang", "decided_at": "2026-01-02", "reason": "twins"}
    seeds.change("never_link", added(profile_id="a", other_profile_id="b", **wang))
    seeds.change("unmerge", added(profile_id="a", **wang))
    force = "force_link by Li on 2026-01-01 (row 2)"
    assert seeds.faults() == [
        f"{path}, row 2: {force} and never_link by Wang on 2026-01-02 (row 2) contradict each "
        "other",
        f"{path}, row 2: {force} and unmerge by Wang on 2026-01-02 (row 2) contradict each other",
    ]


def test_all_faults_are_told_at_once(seeds: Seeds):
    types = seeds.change("identifier_types", cells(PHONE, tier="0", trust="2"))
    weights = seeds.change("activity_weights", cells(2, weight="0.3"))
    assert seeds.faults(rfm_clusters=99) == [
        "variable rfm_clusters is 99; allowed is a whole number from 0 to 50",
        f"{types}, row {PHONE}: tier is 0; allowed is a whole number from 1",
        f"{types}, row {PHONE}: trust is 2; allowed is a number above 0 to 1",
        f"{weights}: the weights sum to 1.1; allowed is 1",
    ]


def test_an_unknown_segment_map_is_told_what_there_is(seeds: Seeds):
    assert seeds.faults(rfm_segment_map="rfm_r_11") == [
        "seeds/tags/rfm/rfm_segment_maps.csv: there is no map rfm_r_11, which variable "
        "rfm_segment_map names; did you mean rfm_r_10? allowed are: averages_8, rf_10, rfm_r_10"
    ]


# --- the registry ----------------------------------------------------------------------


def tag(code: str, **values: str) -> Change:
    """Other cells in the row of a tag of the catalogue."""
    return where("tag_code", code, **values)


def at(code: str) -> int:
    """The row of a tag of the catalogue."""
    return row_of("tag_catalogue", "tag_code", code)


KNOWN = ", ".join(sorted(Variables.model_fields))
FAMILIES = ", ".join(
    ["rule_tags", *sorted(name for name, model in MODELS.items() if model.is_family)]
)
RFM_COLUMNS = ", ".join(MODELS["tag_rfm"].columns)
SETS = (
    "rfm_segments, nes_states, loyalty_levels, activity_levels, member_value_tiers, "
    "member_value_actions, age_bands"
)

#: Tag, cells of its row, what is said.
CATALOGUE = [
    ("rfm_cell", {"tag_type": "guess"},
     "tag_type is guess; allowed are: fact, rule, statistical, model, prediction"),
    ("rfm_cluster", {"value_type": "hue"},
     "value_type is hue; allowed are: code, flag, number, amount, date, text"),
    ("rfm_frequency", {"status": "alive"},
     "status is alive; did you mean live? allowed are: draft, live, retired"),
    ("rfm_monetary", {"refresh": "hourly"}, "refresh is hourly; allowed are: daily, hot"),
    ("rfm_recency_days", {"history": ""}, "history is missing; allowed are: true, false"),
    ("vip_care", {"min_coverage": "1.5"}, "min_coverage is 1.5; allowed is a number from 0 to 1"),
    ("vip_care", {"tag_code": "VIP care"},
     "tag_code is VIP care; allowed is lower-case English words joined by _"),
    ("rfm_monetary", {"max_psi": "-1"}, "max_psi is -1; allowed is a number from 0"),
    ("second_order_push", {"version": "0"}, "version is 0; allowed is a whole number from 1"),
    ("engaged_without_order", {"owner": ""}, "owner is missing; allowed is a text"),
    ("rfm_recency_days", {"domain": "0-9"},
     "domain is 0-9; allowed is min..max, where either may be left out"),
    ("nes_status", {"domain": "nes_state"},
     f"domain is nes_state; did you mean nes_states? allowed are: {SETS}, or nothing (the values "
     "are in seed tag_values)"),
    ("top_brand", {"domain": "1..2"}, "domain is 1..2; a text has none, leave it empty"),
    ("top_brand", {"settings": "nes_multiple"},
     f"settings names nes_multiple, which is no variable; did you mean nes_multiples? "
     f"allowed are: {KNOWN}"),
    ("activity_level", {"model_name": "rule_tags"},
     "a tag of rule_tags is of tag_type rule and value_type code and names no columns; its rows "
     "are in seed rule_tags"),
    ("nes_status", {"name_zh": "RFM客群"},
     f"name_zh RFM客群 is in row {at('rfm_segment')} too; each is allowed once"),
    ("activity_level", {"name_en": "rfm SEGMENT"},
     f"name_en rfm SEGMENT is in row {at('rfm_segment')} too; each is allowed once"),
    ("top_brand", {"tag_code": "loyalty_level"},
     f"tag_code loyalty_level is in row {at('loyalty_level')} too; each is allowed once"),
    ("loyalty_level", {"model_name": "tag_loyalt"},
     "model_name is tag_loyalt, and there is no such model; did you mean tag_loyalty? "
     f"allowed are: {FAMILIES}"),
    ("rfm_cell", {"value_column": "rfm_cel"},
     f"value_column names rfm_cel, which model tag_rfm has not; did you mean rfm_cell? "
     f"allowed are: {RFM_COLUMNS}"),
    ("rfm_cell", {"value_column": ""},
     f"value_column names (empty), which model tag_rfm has not; allowed are: {RFM_COLUMNS}"),
    ("rfm_cluster", {"score_column": "xyz"},
     f"score_column names xyz, which model tag_rfm has not; allowed are: {RFM_COLUMNS}"),
    ("rfm_frequency", {"input_columns": "r_score xyz"},
     f"input_columns names xyz, which model tag_rfm has not; allowed are: {RFM_COLUMNS}"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "values", "message"), CATALOGUE)
def test_a_tag_of_the_catalogue(seeds: Seeds, code: str, values: dict[str, str], message: str):
    path = seeds.change("tag_catalogue", tag(code, **values))
    told = [fault for fault in seeds.faults() if fault.startswith(path)]
    assert told == [f"{path}, row {at(code)}: {message}"]


@pytest.mark.parametrize(
    ("change", "model", "column"),
    [
        (without("tag_code", "reseller_suspect"), "tag_rfm", "is_reseller_suspect"),
        (tag("activity_level", input_columns=""), "tag_activity", "orders"),
    ],
)
def test_a_column_without_a_tag(seeds: Seeds, change: Change, model: str, column: str):
    path = seeds.change("tag_catalogue", change)
    assert (
        f"{path}: no tag claims column {column} of model {model}; allowed is the value_column, "
        "score_column or one of the input_columns of a tag"
    ) in seeds.faults()


def test_a_rule_tag_without_rows_is_an_entry_without_tag(seeds: Seeds):
    seeds.change("rule_tags", without("tag_code", "second_order_push"))
    assert seeds.faults() == [
        f"seeds/registry/tag_catalogue.csv, row {at('second_order_push')}: no row of seed "
        "rule_tags makes second_order_push; those make: engaged_without_order, vip_care"
    ]


def value(*given: str) -> Change:
    """One more value of a tag."""
    names = ("tag_code", "tag_value", "position", "name_en", "name_zh")
    return added(**dict(zip(names, given, strict=True)))


CODES = ", ".join(
    row.tag_code for row in SHIPPED.rows(Tag) if row.value_type == "code" and not row.domain
)

VALUES = [
    (value("vip_cafe", "x", "1", "X", "某"),
     "tag_code is vip_cafe, which is no tag of seed tag_catalogue; did you mean vip_care? "
     f"allowed are: {CODES}"),
    (value("top_brand", "x", "1", "X", "某"), "tag_code is top_brand, a text; allowed is a code"),
    (value("nes_status", "S4", "1", "X", "某"),
     "tag_code is nes_status, whose values are in seed nes_states; allowed is a code without "
     "domain"),
    (value("vip_care", "keep", "9", "X", "某"),
     "tag_code vip_care and tag_value keep is in row 4 too; each is allowed once"),
    (value("vip_care", "x", "9", "keep", "某"),
     "tag_code vip_care and name_en keep is in row 4 too; each is allowed once"),
    (value("vip_care", "x", "9", "X", ""), "name_zh is missing; allowed is a text"),
    (value("vip_care", "x|y", "9", "X", "某"), "tag_value is x|y; allowed is a text without |"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), VALUES)
def test_a_value_of_a_tag(seeds: Seeds, change: Change, message: str):
    path = seeds.change("tag_values", change)
    assert seeds.faults() == [f"{path}, row {last('tag_values')}: {message}"]


def test_a_code_without_values(seeds: Seeds):
    seeds.change("tag_values", without("tag_code", "vip_care"))
    assert (
        f"seeds/registry/tag_catalogue.csv, row {at('vip_care')}: vip_care is a code without "
        f"values; allowed are rows of seed tag_values, or one of these as domain: {SETS}"
    ) in seeds.faults()


# --- rules of tags ---------------------------------------------------------------------

INPUTS = ", ".join(
    sorted(t.tag_code for t in SHIPPED.rows(Tag) if t.status == "live" and not t.is_rule)
)
ORDERED = "=, <>, >, >=, <, <=, between, is_missing, is_present"
TEXTS = "=, <>, in, not_in, contains, starts_with, is_missing, is_present"


def rule(*given: str) -> Change:
    """One more condition: tag, position, value, input, operator, operand."""
    names = ("tag_code", "position", "tag_value", "input_tag", "operator", "operand")
    return added(**dict(zip(names, given, strict=True)))


def of(tag_code: str, operator: str, operand: str) -> Change:
    """One more layer of vip_care with this condition."""
    return rule("vip_care", "9", "keep", tag_code, operator, operand)


RULES = [
    (rule("vip_cure", "1", "keep", "nes_status", "=", "N"),
     "tag_code is vip_cure, no tag with model_name rule_tags in seed tag_catalogue; did you mean "
     "vip_care? allowed are: engaged_without_order, second_order_push, vip_care"),
    (rule("nes_status", "1", "N", "rfm_cell", "=", "111"),
     "tag_code is nes_status, no tag with model_name rule_tags in seed tag_catalogue; allowed "
     "are: engaged_without_order, second_order_push, vip_care"),
    (rule("vip_care", "first", "keep", "nes_status", "=", "N"),
     "position is first; allowed is a whole number from 1"),
    (rule("vip_care", "0", "keep", "nes_status", "=", "N"),
     "position is 0; allowed is a whole number from 1"),
    (rule("vip_care", "9", "hold", "nes_status", "=", "N"),
     "tag_value is hold, no value of vip_care in seed tag_values; allowed are: win_back, "
     "wake_up, keep"),
    (rule("vip_care", "3", "win_back", "nes_status", "=", "N"),
     "tag_value is win_back, and keep in row 8; allowed is one for each position of vip_care"),
    (of("nes_state", "=", "N"),
     f"input_tag is nes_state, no live tag; did you mean nes_status? allowed are: {INPUTS}"),
    (of("vip_care", "=", "keep"),
     f"input_tag is vip_care, a rule tag itself; allowed are: {INPUTS}"),
    (of("", "=", "N"), "input_tag is missing; allowed is a live tag that is no rule tag"),
    (of("nes_status", "like", "N"),
     "operator is like; allowed are: =, <>, in, not_in, contains, starts_with, >, >=, <, <=, "
     "between, is_missing, is_present, or empty"),
    (of("nes_status", "", "N"),
     f"operator is missing, and nes_status is a code; allowed are: {TEXTS}"),
    (of("nes_status", ">", "N"),
     f"operator is >, and nes_status is a code; allowed are: {TEXTS}"),
    (of("rfm_monetary", "contains", "1"),
     f"operator is contains, and rfm_monetary is an amount; allowed are: {ORDERED}"),
    *((of("rfm_monetary", ">", number),
       f"operand is {number}, no number, and rfm_monetary is an amount; allowed is a number as "
       "12.5") for number in ("1,000", "nan", "NaN", "inf", "-infinity", "1e999", "1_000", "0x10")),
    (of("rfm_monetary", "between", "10"),
     "operand is 10, no number, and rfm_monetary is an amount; allowed is a number as 12.5, "
     "twice: 10..20"),
    (of("rfm_monetary", "between", "10..nan"),
     "operand is 10..nan, no number, and rfm_monetary is an amount; allowed is a number as 12.5, "
     "twice: 10..20"),
    (of("rfm_monetary", "between", "1..2..3"),
     "operand is 1..2..3, no number, and rfm_monetary is an amount; allowed is a number as 12.5, "
     "twice: 10..20"),
    (of("rfm_monetary", "between", "20..10"),
     "operand is 20..10 and begins above its end; allowed is from..to"),
    (of("member_value_score", ">", "2001"),
     "operand is 2001, which no member_value_score is; allowed is 0..2000, its domain"),
    (of("rfm_frequency", "<", "-1"),
     "operand is -1, which no rfm_frequency is; allowed is 0.., its domain"),
    *((of("next_order_expected", "<", day),
       f"operand is {day}, no date, and next_order_expected is a date; allowed is a date as "
       "2026-01-31") for day in ("soon", "infinity", "epoch", "2026-02-30", "2026/01/31", "today")),
    (of("next_order_expected", "between", "2026-01-01..epoch"),
     "operand is 2026-01-01..epoch, no date, and next_order_expected is a date; allowed is a date "
     "as 2026-01-31, twice: 2026-01-01..2026-01-31"),
    (of("next_order_expected", "<", ""), "operand is missing; allowed is a date as 2026-01-31"),
    (of("nes_status", "in", "N||S1"),
     "operand is N||S1, a list with an empty entry; allowed is a|b|c"),
    (of("nes_status", "in", "N, S1"),
     "operand is N, S1; a list is written with |: N|S1"),
    (of("top_brand", "not_in", "Leaf,Bean"),
     "operand is Leaf,Bean; a list is written with |: Leaf|Bean; one value with a comma in it "
     "goes with ="),
    (of("nes_status", "in", "N|S7"),
     "operand is S7, no value of nes_status; allowed are: N, E0, S1, S2, S3"),
    (of("activity_level", "=", "hihg"),
     "operand is hihg, no value of activity_level; did you mean high? "
     "allowed are: high, medium, low"),
    (of("reseller_suspect", "=", "no"),
     "operand is no, no value of reseller_suspect; allowed are: true, false"),
    (of("nes_status", "=", ""), "operand is missing; allowed are: N, E0, S1, S2, S3"),
    (of("top_brand", "=", ""), "operand is missing; allowed is a text"),
    (of("nes_status", "is_missing", "N"),
     "operand is N; is_missing takes none, leave it empty"),
    (rule("vip_care", "2", "wake_up", "", "", ""),
     "input_tag is missing in a position of several rows; allowed is a row without condition "
     "alone, as the last position"),
    (rule("vip_care", "2", "wake_up", "nes_status", "=", "S1"),
     "the condition is in row 6 too; each is allowed once"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), RULES)
def test_a_rule_of_a_tag(seeds: Seeds, change: Change, message: str):
    path = seeds.change("rule_tags", change)
    assert seeds.faults() == [f"{path}, row {last('rule_tags')}: {message}"]


def test_a_layer_that_is_never_reached(seeds: Seeds):
    seeds.change("rule_tags", rule("vip_care", "8", "keep", "", "", ""))
    assert seeds.faults() == []
    path = seeds.change("rule_tags", rule("vip_care", "9", "keep", "nes_status", "=", "N"))
    assert seeds.faults() == [
        f"{path}, row {last('rule_tags')}: input_tag is missing, and no later position of "
        "vip_care is reached; allowed is that as the last one only"
    ]


@pytest.mark.parametrize(
    "change",
    [
        of("rfm_monetary", "between", "-1.5e3 .. +2"),
        of("rfm_frequency", ">=", "0"),
        of("member_value_score", "between", "0..2000"),
        of("next_order_expected", "between", "2026-01-01..2026-01-01"),
        of("nes_status", "not_in", "N | S1"),
        of("nes_status", "contains", "S"),
        of("top_brand", "=", "Leaf, Bean & Co"),
        of("top_brand", "in", "Leaf, Bean & Co|Bean"),
        of("top_brand", "is_present", ""),
    ],
)
def test_a_rule_that_fits(seeds: Seeds, change: Change):
    seeds.change("rule_tags", change)
    assert seeds.faults() == []


# --- what macros know ------------------------------------------------------------------


def macro_codes(*names: str) -> set[str]:
    """The codes that macros give, as the `code` of their rows or as keys."""
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "macros").rglob("*.sql"))
    bodies = [text.split(f"{{% macro {name}(")[1].split("endmacro")[0] for name in names]
    return {code for body in bodies for code in re.findall(r'"code": "(\w+)"', body)} or {
        code for body in bodies for code in re.findall(r'^        "(\w+)": ', body, re.MULTILINE)
    }


@pytest.mark.parametrize(
    ("kind", "column", "macros"),
    [
        (identity.IdentifierType, "normaliser", ["identifier_normalisers"]),
        (identity.GoldenRule, "first_by", ["golden_methods"]),
        (
            tags.LoyaltyWeight,
            "indicator_code",
            ["brand_loyalty_indicators", "overall_loyalty_indicators"],
        ),
        (tags.ActivityWeight, "indicator_code", ["activity_indicators"]),
        (tags.MemberValueWeight, "indicator_code", ["member_value_indicators"]),
        (tags.MemberValueAction, "action_code", ["member_value_actions"]),
    ],
)
def test_codes_are_those_that_macros_compute(kind: type[Row], column: str, macros: list[str]):
    assert set(choices(kind.model_fields[column].annotation)) == macro_codes(*macros)


def test_weighted_events_are_those_that_interest_counts():
    (path,) = (ROOT / "macros").rglob("decayed_interest.sql")
    events = re.findall(r'^        "\w+": "(\w+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
    assert events == list(choices(tags.InterestWeight.model_fields["event_type"].annotation))


def test_a_column_has_the_type_that_dbt_loads_it_as():
    types = {int: "integer", float: "double", bool: "boolean", date: "date", str: "string"}
    types |= {Decimal: "decimal(20, 10)"}
    described = {
        seed["name"]: seed for file in Rules(ROOT).described("seed") for seed in file["seeds"]
    }
    for kind in SEEDS:
        given = described[kind.seed]["config"]["column_types"]
        found = {
            name: types.get(bare(info.annotation), "string")
            for name, info in kind.model_fields.items()
        }
        assert found == given, kind.seed


def bare(annotation: object) -> object:
    """The type of a cell, which may be empty or constrained."""
    if get_origin(annotation) in (Union, UnionType):
        (annotation,) = (each for each in get_args(annotation) if each is not NoneType)
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


# --- dbt -------------------------------------------------------------------------------

COMMANDS = (
    ["parse"], ["compile"], ["seed"], ["run"], ["test"], ["build"], ["snapshot"], ["list"],
    ["show", "--inline", "select 1"], ["docs", "generate"],
)  # fmt: skip

RUN = """
import json, sys
from dbt.cli.main import dbtRunner
for command in json.loads(sys.argv[1]):
    result = dbtRunner().invoke(["-q", *command])
    print(json.dumps([command, result.success, str(result.exception or "")]))
"""


def test_every_command_of_dbt_stops_before_anything_is_built(seeds: Seeds):
    shutil.copy(ROOT / "profiles.yml", seeds.folder)
    project = Project(seeds.folder / "own", project_dir=seeds.folder)
    path = seeds.change("activity_weights", cells(2, weight="0.3"))
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps([*COMMANDS, ["clean"]])],
        cwd=seeds.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('[["')]
    message = f"Runtime Error\n  {path}: the weights sum to 1.1; allowed is 1"
    assert told == [*([command, False, message] for command in COMMANDS), [["clean"], True, ""]]
    assert not project.warehouse.exists()


def test_the_command_line_checks_without_dbt(
    seeds: Seeds, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("DBT_PROJECT_DIR", str(seeds.folder))
    assert run(["rules", "check"]) == 0
    path = seeds.change("activity_weights", cells(2, weight="0.3"))
    assert run(["rules", "check", "--vars", "{rfm_clusters: 99}"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "one360: variable rfm_clusters is 99; allowed is a whole number from 0 to 50",
        f"{path}: the weights sum to 1.1; allowed is 1",
    ]


# --- files -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "at", "message"),
    [
        ("level_code,", "levle_code,", "", "column levle_code is unknown; did you mean level_code? "
         "allowed are: name_en, "
         "name_zh, level_code, position"),
        (",name_zh", "", "", "column name_zh is missing"),
        ("低活跃", "低活跃,x", ", row 4", "5 cells, and the header has 4"),
        ("low,3", "low", ", row 4", "3 cells, and the header has 4"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape(seeds: Seeds, before: str, after: str, at: str, message: str):
    path = seeds.path("activity_levels")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(before, after), encoding="utf-8")
    assert f"{path.relative_to(seeds.folder).as_posix()}{at}: {message}" in seeds.faults()


def test_what_a_spreadsheet_leaves_is_no_fault(seeds: Seeds):
    path = seeds.path("activity_levels")
    text = path.read_text(encoding="utf-8").replace("medium,2", "medium, 2 ") + ",,,\n\n"
    path.write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig")
    seeds.change("rule_tags", cells(2, tag_code=" vip_care ", position=" 1 ", operator="IN"))
    assert seeds.faults() == []


def test_blanks_around_a_text_that_no_model_takes_off(seeds: Seeds):
    path = seeds.change("activity_weights", cells(2, indicator_code=" last_login"))
    assert seeds.faults() == [
        f"{path}, row 2: indicator_code is ' last_login'; allowed is that without blanks around it"
    ]


def test_a_file_in_another_encoding(seeds: Seeds):
    path = seeds.path("activity_levels")
    path.write_text(path.read_text(encoding="utf-8"), encoding="gb18030")
    name = path.relative_to(seeds.folder).as_posix()
    assert seeds.faults() == [f"{name}: the file is not UTF-8; save it as CSV UTF-8"]


def test_a_seed_is_found_wherever_it_lies(seeds: Seeds):
    elsewhere = seeds.folder / "seeds" / "elsewhere"
    elsewhere.mkdir()
    shutil.move(seeds.path("activity_levels"), elsewhere)
    path = seeds.change("activity_levels", cells(2, position="first"))
    assert path == "seeds/elsewhere/activity_levels.csv"
    assert seeds.faults() == [f"{path}, row 2: position is first; allowed is a whole number"]
