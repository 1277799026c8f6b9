"""The whole chain over random histories: what must hold after every build, whatever happened.

Each history is a small world of its own (its people share nothing with another's), so
that one build takes a step of all of them: records arrive, also late ones, change, are
deleted and come back; a browser is shared; rules change for all (a cap lowered, a type
retired, a value blocked); decisions are made and taken back; some builds are full ones.
"""

from __future__ import annotations

import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import networkx
import pytest

from tests.python.identity_chain import PROFILE, SALT, Chain, profile_id, seed_rules
from tests.python.independent import (  # noqa: F401  the tables of identity, and no others
    identity_holders,
    identity_links,
    identity_one_ids,
    identity_records,
)
from tests.python.independent import keys as independent_keys
from tests.python.independent import world as independent
from tests.python.test_one_id_stability import wanted_clusters

#: Days of silence after which a value may change hands, and values of a customer.
SILENCE, MOST_PHONES, MOST_EMAILS = 6, 4, 3

HISTORIES = int(os.environ.get("ONE360_HISTORIES", "60"))
STEPS = 8
START = datetime(2026, 1, 1)

#: Columns that the independent computation gives as well.
COMPARED = {
    "holder_periods": (
        "profile_id", "identifier_hash", "change_reason", "holder_number", "is_holder",
        "is_current", "released_date", "held_from", "held_to",
    ),
    "over_caps": ("identifier_type", "cap", "value_count", "max_values"),
    "suspect_identifiers": ("profile_id", "identifier_hash", "suspect_reason"),
}  # fmt: skip

#: What a link is known by.
LINK = ("profile_id", "linked_profile_id", "rule", "identifier_hash")

TYPES = ("crm_member", "pos_shopper", "web_account", "wechat_user", "web_cookie")
KEPT = (
    "int_identity__one_ids", "int_identity__links", "int_identity__clusters",
    "int_identity__capped_clusters", "int_identity__holder_periods", "int_identity__over_caps",
    "int_identity__suspect_identifiers", "int_identity__suppressed_identifiers",
    "int_identity__refusals", "fresh_clusters",
    "one_id_ledger", "today_of_every_id",
)  # fmt: skip

#: After a run, keeps what the step built and moves the clock on.
KEEP = """
{% macro keep() %}
    {% if execute %}
        {% set step = run_query("select step from clock").columns[0].values()[0] | int %}
        {% for table in [TABLES] %}
            {% set kept = "kept_" ~ table ~ "_" ~ step %}
            {% do run_query("create or replace table " ~ kept ~ " as from " ~ table) %}
        {% endfor %}
        {% do run_query("create or replace table clock as select " ~ (step + 1) ~ " as step") %}
    {% endif %}
{% endmacro %}
""".replace("TABLES", ", ".join(f"'{table}'" for table in KEPT))

MODELS = {
    # the same links clustered from nothing, beside the table that only takes up changes
    "fresh_clusters": (
        Path(__file__).resolve().parents[2]
        / "models" / "identity" / "int_identity__clusters.sql"
    ).read_text(encoding="utf-8").replace("config(", "config(full_refresh=true, "),
    "today_of_every_id": "select one_id, {{ current_one_id('ids.one_id') }} as current_one_id"
    " from {{ ref('issued_one_ids') }} as ids",
    **{
        f"bridge_{step}": "select * from "
        f"{{{{ customer_profiles_as_of(\"timestamp '{START + timedelta(days=step)}'\") }}}}"
        " as bridge"
        for step in range(STEPS)
    },
}  # fmt: skip


#: Names of the people of a world, none of which may be another.
PEOPLE = ("王建军", "李秀英", "张伟强", "刘洋", "陈静")


@dataclass
class World:
    """One history: its people, the records there are now and decisions about them."""

    name: str
    rng: random.Random
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    deleted: dict[str, dict[str, Any]] = field(default_factory=dict)
    logins: set[tuple[str, str]] = field(default_factory=set)
    forced: set[tuple[str, str]] = field(default_factory=set)
    parted: set[tuple[str, str]] = field(default_factory=set)
    unmerged: set[str] = field(default_factory=set)
    unbound: dict[tuple[str, str], date] = field(default_factory=dict)
    made: int = 0

    def value(self, kind: str, person: int) -> str:
        """A value of a person, of two that each has; B values may get blocked."""
        value = f"{kind}-{self.name}-{person}-{self.rng.choice('AAB')}"
        return f"{value}@shop.cn" if kind == "email" else value

    def new_record(self, day: int) -> dict[str, Any]:
        rng = self.rng
        person = rng.randint(1, 5)
        kind = rng.choice(TYPES)
        self.made += 1
        # a late record was there long before it arrived
        seen = START + timedelta(days=rng.choice([day, day, -30 + rng.randint(0, 29)]))
        record = {
            "profile_type": kind,
            "natural_key": f"{self.name}-{self.made:03d}",
            "first_seen_at": seen,
            "last_seen_at": min(seen + timedelta(days=rng.choice([0, 0, 3, 20])), START
                                + timedelta(days=day)),
        }  # fmt: skip
        for column, chance in {"phone": 0.6, "email": 0.4, "unionid": 0.2, "card_no": 0.3}.items():
            if rng.random() < chance:
                whose = person if rng.random() < 0.85 else rng.randint(1, 5)
                record[column] = self.value(column, whose)
        if kind != "web_cookie" and rng.random() < 0.5:
            record["name_key"] = PEOPLE[person - 1]
            if rng.random() < 0.5:
                record["birth_date"] = f"1990-01-{person:02d}"
        return record

    def pick(self, count: int = 1) -> list[str]:
        known = sorted(self.records)
        return self.rng.sample(known, min(count, len(known)))

    def step(self, day: int) -> None:
        rng = self.rng
        if day and rng.random() < 0.2:
            return  # nothing happened here
        for _ in range(rng.randint(0, 5) if day else rng.randint(3, 9)):
            record = self.new_record(day)
            self.records[profile_id(record["profile_type"], record["natural_key"])] = record
        for key in self.pick(rng.choice([0, 0, 1, 2])):
            column = rng.choice(["phone", "email", "unionid", "card_no", "name_key"])
            changed = dict(self.records[key])
            if rng.random() < 0.4:
                changed.pop(column, None)
            elif column == "name_key":
                changed[column] = rng.choice(PEOPLE)
            else:
                changed[column] = self.value(column, rng.randint(1, 5))
            self.records[key] = changed
        if rng.random() < 0.4:
            for key in self.pick(rng.randint(1, 2)):
                self.deleted[key] = self.records.pop(key)
        if self.deleted and rng.random() < 0.3:
            key = rng.choice(sorted(self.deleted))
            self.records[key] = self.deleted.pop(key)
        accounts = [
            r["natural_key"] for r in self.records.values() if r["profile_type"] == TYPES[2]
        ]
        cookies = [r["natural_key"] for r in self.records.values() if r["profile_type"] == TYPES[4]]
        if accounts and cookies and rng.random() < 0.6:
            self.logins.add((rng.choice(sorted(cookies)), rng.choice(sorted(accounts))))
        self.decide()
        self.unbind(day)

    def unbind(self, day: int) -> None:
        """Release a value from a record, or take that back."""
        rng = self.rng
        if self.unbound and rng.random() < 0.25:
            self.unbound.pop(rng.choice(sorted(self.unbound)))
        for key in self.pick(1) if rng.random() < 0.3 else []:
            kind = rng.choice(["phone", "email"])
            value = self.records[key].get(kind)
            if value:
                hashed = independent_keys.identifier_hash(SALT, kind, value, "")
                released = START + timedelta(days=day - rng.randint(-2, 10))
                self.unbound[key, hashed] = released.date()

    def decide(self) -> None:
        """Make a decision that contradicts no other, or take one back."""
        rng = self.rng
        for taken in (self.forced, self.parted, self.unmerged):
            if taken and rng.random() < 0.25:
                taken.discard(rng.choice(sorted(taken)))
        pair = self.pick(2)
        if len(pair) < 2 or rng.random() < 0.5:
            return
        choice = rng.choice(["force", "never", "unmerge"])
        one, other = sorted(pair)
        if choice == "unmerge":
            if not any(one in held for held in self.forced):
                self.unmerged.add(one)
            return
        forced = networkx.Graph(self.forced | ({(one, other)} if choice == "force" else set()))
        parted = self.parted | ({(one, other)} if choice == "never" else set())
        if any(p in forced and q in forced and networkx.has_path(forced, p, q) for p, q in parted):
            return
        if choice == "never":
            self.parted.add((one, other))
        elif not {one, other} & self.unmerged:
            self.forced.add((one, other))


def rules_of_step(rng: random.Random, step: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Changes of seed identifier_types and rows of the blocklist."""
    changes: dict[str, Any] = {
        "phone": {"max_per_customer": MOST_PHONES, "max_per_customer_in_window": 3},
        "email": {"max_per_customer": MOST_EMAILS},
    }
    blocked: list[dict[str, Any]] = []
    if step and rng.random() < 0.7:
        for kind in rng.sample(["phone", "email", "card", "unionid"], rng.randint(0, 2)):
            more = {"max_customers": rng.randint(1, 3)}
            changes[kind] = {**(changes.get(kind) or {}), **more}
        retired = rng.choice(["cookie", "email", "card", "phone_and_name", None, None])
        if retired:
            changes[retired] = None
        for kind in ("phone", "email"):
            if rng.random() < 0.3:
                blocked.append({"identifier_type": kind, "match_kind": "like", "pattern": "%-B%",
                                "reason_code": "placeholder", "is_blocked": True})  # fmt: skip
    return changes, blocked


@dataclass
class Given:
    """What a step was given."""

    records: dict[str, dict[str, Any]]
    forced: set[tuple[str, str]]
    parted: set[tuple[str, str]]
    unmerged: set[str]
    rules: dict[str, dict[str, Any]]
    blocked: set[str]
    as_of: datetime
    #: Rows of the seeds of rules and decisions, and of logins, as they were given.
    seeds: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    logins: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Built:
    """What a step built."""

    one_ids: dict[str, str]
    links: list[tuple[str, str, str, str]]
    clusters: dict[str, str]
    customers: dict[str, str]
    fresh: dict[str, str]
    suppressed_identifiers: dict[tuple[str, str], str]
    ledger: list[tuple[Any, ...]]
    today: dict[str, str | None]
    handed_on: set[str]


def signed(*names: str) -> dict[str, str]:
    return dict(zip(("profile_id", "other_profile_id"), names, strict=False)) | {
        "decided_by": "Li", "decided_at": "2026-01-01", "reason": "seen",
    }  # fmt: skip


@pytest.fixture(scope="module", params=[0, pytest.param(1, marks=pytest.mark.nightly)])
def history(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[Given], list[Built], Chain]]:
    rng = random.Random(request.param)
    worlds = [World(f"w{i:03d}", random.Random(rng.random())) for i in range(HISTORIES)]
    chain = Chain(tmp_path_factory.mktemp("histories"), MODELS, silence_days=SILENCE)
    chain.add_macro(KEEP)
    given: list[Given] = []
    commands: list[list[str]] = []
    day = 0
    for step in range(STEPS):
        # now and then a second build of the same day
        day += step > 0 and rng.random() < 0.8
        changes, blocklist = rules_of_step(rng, step)
        for world in worlds:
            world.step(day)
        one = Given(
            records={k: dict(v) for world in worlds for k, v in world.records.items()},
            forced={pair for world in worlds for pair in world.forced},
            parted={pair for world in worlds for pair in world.parted},
            unmerged={key for world in worlds for key in world.unmerged},
            rules={row["identifier_type"]: row for row in seed_rules(**changes)},
            blocked={row["identifier_type"] for row in blocklist},
            as_of=START + timedelta(days=day),
        )
        given.append(one)
        profiles, logins = list(one.records.values()), [
            {"anonymous_id": cookie, "user_id": user, "first_seen_at": START, "last_seen_at": START}
            for world in worlds
            for cookie, user in sorted(world.logins)
        ]  # fmt: skip
        rng.shuffle(profiles)
        chain.give(
            step,
            as_of=[{"as_of_at": one.as_of}],
            profiles=profiles,
            logins=logins,
            force_link=[signed(*rng.sample(pair, 2)) for pair in sorted(one.forced)],
            never_link=[signed(*rng.sample(pair, 2)) for pair in sorted(one.parted)],
            unmerge=[signed(key) for key in sorted(one.unmerged)],
            unbind=[
                {**signed(key), "identifier_hash": value, "released_date": str(released)}
                for world in worlds
                for (key, value), released in sorted(world.unbound.items())
            ],
            identifier_types=one.rules.values(),
            identifier_blocklist=blocklist,
        )
        one.logins = logins
        for name in ("force_link", "never_link", "unmerge", "unbind", "identifier_types",
                     "identifier_blocklist"):  # fmt: skip
            one.seeds[name] = [row for row in chain.steps[name] if row["step"] == step]
        full = ["--full-refresh"] if step and rng.random() < 0.25 else []
        commands.append(["run", *full])
    chain.write_steps()
    with (chain.folder / "dbt_project.yml").open("a") as settings:
        settings.write("on-run-end: [\"{{ keep() if flags.WHICH == 'run' }}\"]\n")
    chain.run(*commands)
    yield given, [read_step(chain, step) for step in range(STEPS)], chain


def read_step(chain: Chain, step: int) -> Built:
    def table(name: str, columns: str) -> list[tuple]:
        return chain.query(f"select {columns} from kept_{name}_{step}")

    return Built(
        one_ids=dict(table("int_identity__one_ids", "profile_id, one_id")),
        links=table("int_identity__links", "profile_id, linked_profile_id, rule, identifier_hash"),
        clusters=dict(table("int_identity__clusters", "node, component")),
        customers=dict(table("int_identity__capped_clusters", "node, component")),
        fresh=dict(table("fresh_clusters", "node, component")),
        suppressed_identifiers={
            (kind, value): reason
            for kind, value, reason in table(
                "int_identity__suppressed_identifiers",
                "identifier_type, identifier_value, suppression_reason",
            )
        },
        ledger=table("one_id_ledger", "event_at, event, one_id, into_one_id"),
        today=dict(table("today_of_every_id", "one_id, current_one_id")),
        handed_on={row[0] for row in table("int_identity__holder_periods", "identifier_hash")},
    )


Steps = tuple[list[Given], list[Built], Chain]


def test_the_histories_hold_what_they_are_to_test(history: Steps) -> None:
    given, built, _ = history
    assert len({key for one in given for key in one.records}) > 10 * HISTORIES
    assert sum(len(one.forced) for one in given) > HISTORIES / 4
    assert sum(len(one.parted) for one in given) > HISTORIES / 4
    assert sum(len(found.handed_on) for found in built) > HISTORIES / 4
    assert any(found.customers != found.clusters for found in built), "no cap bound"
    events = {event for _, event, *_ in built[-1].ledger}
    assert events >= {"created", "merged", "split", "restored", "moved", "retired"}


def test_no_link_crosses_two_customers_and_each_hangs_together(history: Steps) -> None:
    for one, found in zip(*history[:2], strict=True):
        assert set(found.one_ids) == set(one.records)
        graph = networkx.Graph()
        graph.add_nodes_from(one.records)
        graph.add_edges_from((link[0], link[1]) for link in found.links)
        customers = defaultdict(set)
        for key, one_id in found.one_ids.items():
            customers[one_id].add(key)
        parts = {frozenset(part) for part in networkx.connected_components(graph)}
        assert parts == {frozenset(part) for part in customers.values()}


def test_a_nightly_run_has_the_clusters_of_a_full_one(history: Steps) -> None:
    for found in history[1]:
        assert found.clusters == found.fresh


def test_decisions_hold(history: Steps) -> None:
    for one, found in zip(*history[:2], strict=True):
        for a, b in one.forced:
            if a in one.records and b in one.records:
                assert found.one_ids[a] == found.one_ids[b]
        for a, b in one.parted:
            if a in one.records and b in one.records:
                assert found.one_ids[a] != found.one_ids[b]
        linked = {key for link in found.links for key in link[:2]}
        assert not linked & one.unmerged


def test_rules_hold(history: Steps) -> None:
    """No retired type joins, no blocked value, and none over its cap; one unionid a customer."""
    for one, found in zip(*history[:2], strict=True):
        rules = {rule for *_, rule, _ in found.links}
        assert rules <= set(one.rules) | {"force_link"}
        for kind, column in {"phone": "phone", "email": "email", "card": "card_no"}.items():
            holders = defaultdict(list)
            for key, record in one.records.items():
                if record.get(column):
                    holders[record[column]].append(key)
            joined = {frozenset(link[:2]) for link in found.links if link[2].split("_")[0] == kind}
            plain = {frozenset(link[:2]) for link in found.links if link[2] == kind}
            for value, keys in holders.items():
                # each holder of a value that changed hands is weighed by itself
                if independent_keys.identifier_hash(SALT, kind, value, "") in found.handed_on:
                    continue
                # people may share two values, and the other one may join them
                shared = {pair for pair in joined if pair <= set(keys)}
                if kind in one.blocked and "-B" in value:
                    assert not shared
                elif kind in one.rules:
                    logins = [k for k in keys if one.records[k]["profile_type"] == "web_account"]
                    if len(logins) > one.rules[kind]["max_customers"]:
                        assert not shared & plain
        unionids = defaultdict(set)
        forced = {key for pair in one.forced for key in pair}
        excused = {found.one_ids[key] for key in forced if key in found.one_ids}
        if "unionid" in one.rules:
            for key, record in one.records.items():
                if record.get("unionid"):
                    unionids[found.one_ids[key]].add(record["unionid"])
            assert not [i for i, held in unionids.items() if len(held) > 1 and i not in excused]


def test_ids_are_stable(history: Steps) -> None:
    """The larger part keeps the id, the oldest id wins, no id is given to other people."""
    issued: dict[str, int] = {}
    ever: dict[str, set[str]] = defaultdict(set)
    held: dict[str, str] = {}
    order: dict[str, str] = {}
    for step, (one, found) in enumerate(zip(*history[:2], strict=True)):
        partition = {key: found.customers.get(key, key) for key in found.one_ids}
        named = {partition[key]: one_id for key, one_id in found.one_ids.items()}
        assert len(set(named.values())) == len(named)
        members = defaultdict(set)
        for key, cluster in partition.items():
            members[cluster].add(key)
        order |= {key: f"{r['profile_type']} {r['natural_key']}" for key, r in one.records.items()}
        wants = wanted_clusters(held, partition, order)
        for cluster, one_id in named.items():
            claims = [i for i, wanted in wants.items() if wanted == cluster]
            if claims:
                assert one_id in claims
                assert issued[one_id] == min(issued[i] for i in claims)
            elif one_id in issued:
                assert one_id not in wants
                assert any(one_id in ever[key] for key in members[cluster])
        for key, one_id in found.one_ids.items():
            issued.setdefault(one_id, step)
            ever[key].add(one_id)
        held |= found.one_ids


def test_the_ledger_replays_to_today(history: Steps) -> None:
    """Yesterday's ids and the events of today give today's: who went where, and how many."""
    given, built, chain = history
    held: dict[str, str] = {}
    ever: set[str] = set()
    retired: set[str] = set()
    told_before: set[str] = set()
    for step, (one, found) in enumerate(zip(given, built, strict=True)):
        rows = chain.query(
            "select ledger_event_id, event_at, event, one_id, into_one_id, profile_count"
            f" from kept_one_id_ledger_{step}"
        )
        assert len({row[0] for row in rows}) == len(rows)
        events = [row[1:] for row in rows if row[0] not in told_before]
        assert told_before <= {row[0] for row in rows}, "an event that was told is not taken back"
        told_before = {row[0] for row in rows}
        assert {at for at, *_ in events} <= {one.as_of}

        alive = set(found.one_ids.values())
        gone = Counter(
            (held[key], one_id)
            for key, one_id in found.one_ids.items()
            if held.get(key, one_id) != one_id
        )
        told: Counter[tuple[str, str]] = Counter()
        born: Counter[str] = Counter()
        # who is back may meet others on the same day
        for _, event, one_id, into, count in sorted(events, key=lambda told: told[3] is not None):
            if event == "created":
                assert into is None
                born[one_id] += count
                continue
            if into is None:
                assert event == ("restored" if one_id in alive else "retired")
                assert (one_id in retired) == (one_id in alive), "it goes once and comes back once"
                (retired.discard if one_id in alive else retired.add)(one_id)
                continue
            told[one_id, into] += count
            retired -= {one_id, into}
            assert (into in ever) == (event != "split"), "a split alone makes an id"
            assert event != "merged" or one_id not in alive
            assert event != "moved" or one_id in alive
        assert told == gone
        parted = {into for _, event, _, into, _ in events if event == "split"}
        assert born == Counter(
            one_id
            for key, one_id in found.one_ids.items()
            if key not in held and one_id not in ever | parted
        )
        assert not retired & alive, "nobody comes back without an event"
        held |= found.one_ids
        ever |= alive


def test_every_id_ever_issued_leads_to_today(history: Steps) -> None:
    ever: dict[str, set[str]] = defaultdict(set)
    for found in history[1]:
        for key, one_id in found.one_ids.items():
            ever[one_id].add(key)
        assert set(found.today) == set(ever)
        living = set(found.one_ids.values())
        for one_id, now in found.today.items():
            if one_id in living:
                assert now == one_id
            elif now is not None:
                assert now in {found.one_ids.get(key) for key in ever[one_id]}
            else:
                assert ever[one_id] - set(found.one_ids), "its holders were deleted"


def test_the_bridge_as_of_a_day_is_what_that_day_built(history: Steps) -> None:
    given, built, chain = history
    for day in range(STEPS):
        that_day = [
            found
            for one, found in zip(given, built, strict=True)
            if one.as_of == START + timedelta(days=day)
        ]
        if that_day:
            bridge = dict(chain.query(f"select profile_id, one_id from bridge_{day}"))
            assert bridge.items() >= that_day[-1].one_ids.items()


@pytest.mark.parametrize("chained", [False, True])
def test_forced_links_that_lead_across_a_never_link_end_the_build(
    tmp_path: Path, chained: bool
) -> None:
    keys = [profile_id("crm_member", name) for name in ("a", "b", "c", "d")]
    a, b, c, d = sorted(keys)
    chain = Chain(tmp_path)
    forced = [(a, b), (b, c), (c, d)] if chained else [(a, d)]
    chain.give(
        0,
        as_of=[{"as_of_at": START}],
        profiles=[{"profile_type": "crm_member", "natural_key": n} for n in ("a", "b", "c", "d")],
        force_link=[signed(*pair) for pair in forced],
        never_link=[signed(d, a)],
    )
    chain.write_steps()
    succeeded, output = chain.attempt(["run"])
    assert not succeeded
    (line,) = {line.strip() for line in output.splitlines() if "seeds of decisions" in line}
    assert "force_link" in line and f"never_link {a} and {d}" in line
    assert any(f"{one} and {other}" in line for one, other in forced)


class Told(independent.World):
    """A step for the independent computation: records, logins and seeds as they were given."""

    def __init__(self, one: Given, before: Told | None) -> None:
        self.given_seeds = one.seeds
        # what a build has of a login that no record is left of: nothing
        accounts = {r["natural_key"] for r in one.records.values() if r["profile_type"] == TYPES[2]}
        tables = {
            "steps.as_of": [{"as_of_at": one.as_of, "as_of_date": one.as_of.date()}],
            "steps.identity_logins": [row for row in one.logins if row["user_id"] in accounts],
            "staging.stg_crm__member_identifiers": [],
            "staging.stg_crm__members": [],
            "staging.stg_web__accounts": [],
            "steps.identity_profiles": [
                {
                    **dict.fromkeys(PROFILE),
                    **record,
                    "full_name": record.get("name_key"),
                    "birth_date": record.get("birth_date")
                    and date.fromisoformat(record["birth_date"]),
                    "profile_id": key,
                    "natural_key_hash": None,
                    "source_system": record["profile_type"].split("_")[0],
                    "record_type": record["profile_type"].split("_")[1],
                }
                for key, record in one.records.items()
            ],
        }
        super().__init__(
            variables={"business_timezone": "UTC", "identity_silence_days": SILENCE},
            salt=SALT,
            before=before,
            built=tables.get,
        )

    def seed(self, name: str) -> list[dict[str, str | None]]:
        def text(value: Any) -> str | None:
            return str(value).lower() if isinstance(value, bool) else value and str(value)

        if name not in self.given_seeds:
            return super().seed(name)
        rows = self.given_seeds[name]
        return [{column: text(row[column]) for column in row if column != "step"} for row in rows]


def test_histories_are_those_of_the_independent_computation(history: Steps) -> None:
    given, built, chain = history
    before = None
    for step, (one, found) in enumerate(zip(given, built, strict=True)):
        before = told = Told(one, before)
        one_ids = {row["profile_id"]: row["one_id"] for row in told["steps.identity_one_ids"]}
        assert found.one_ids == one_ids, step
        for name in ("holder_periods", "over_caps", "suspect_identifiers"):
            names = COMPARED[name]
            # a browser stays with a login of which no record is left, which no build has
            known = f" semi join kept_int_identity__one_ids_{step} using (profile_id)"
            rows = chain.query(
                f"select {', '.join(names)} from kept_int_identity__{name}_{step}"
                f"{known if 'profile_id' in names else ''}"
            )
            assert Counter(rows) == columns(told, f"steps.{name}", *names), (step, name)
        assert Counter(found.links) == columns(told, "steps.identity_links", *LINK), step
        assert set(found.suppressed_identifiers.items()) == {
            ((row["identifier_type"], row["identifier_value"]), row["suppression_reason"])
            for row in told["steps.suppressed_identifiers"]
        }, step
        names = ("event_at", "event", "one_id", "into_one_id")
        assert Counter(found.ledger) == columns(told, "core.one_id_ledger", *names), step
        names = (*LINK, "refusal_reason", "held_masked", "other_masked")
        refusals = chain.query(f"select {', '.join(names)} from kept_int_identity__refusals_{step}")
        assert Counter(refusals) == columns(told, "steps.identity_refusals", *names), step
        today = {row["one_id"]: row["current_one_id"] for row in told["core.issued_one_ids"]}
        assert found.today == today, step


def columns(world: Told, table: str, *names: str) -> Counter[tuple[Any, ...]]:
    """The rows of a computed table, of the columns named."""
    return Counter(tuple(row[name] for name in names) for row in world[table])
