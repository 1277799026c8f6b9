"""The change log on a tiny shop: after every run each table is that of a run on everything.

What must come out is computed here, from the raw rows of the night, by SQL that knows no log.
"""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.python.tiny_project import TinyProject

PACKAGES = ("change_log",)
NIGHTS = 7
FIRST = datetime(2026, 3, 1)

RAW_COLUMNS = (
    "event_id varchar, visitor varchar, reply_to varchar, amount integer, happened_at timestamp,"
    " loaded_at varchar"
)
LOADED = "try_cast(loaded_at as timestamp)"
BASE = f"""
select
    trim(event_id) as event_id, visitor, reply_to, amount, happened_at, {LOADED} as loaded_at,
    row_number() over (
        partition by trim(event_id)
        order by {LOADED} desc nulls last, amount, visitor, reply_to, happened_at
    ) as version
from RAW
"""

MODELS = {
    # a base model over a raw table
    "base_events": """
{{ change_log.compared_by_day(
    "main.raw_events", key=["event_id"], raw_key=["trim(event_id)"],
    time="loaded_at", raw_time="LOADED", lookback_days=var("lookback_days"),
    watched=["event_id", "visitor is null"]
) }}
""".replace("LOADED", LOADED)
    + BASE.replace("RAW", "main.raw_events"),
    # a view over it, and one over that
    "latest_events": "{{ config(materialized='logged_view') }}"
    " select * from {{ ref('base_events') }} where version = 1",
    "events": "{{ config(materialized='logged_view') }}"
    " select * from {{ ref('latest_events') }} where amount < 50"
    " union all"
    " select * from {{ ref('latest_events') }} where amount >= 50",
    "horizon": "{{ config(materialized='table') }} select * from given_horizon",
    # keys of their own, a date as of which is built, and a table without a log
    "visitors": """
{% call change_log.changed_keys(["visitor"]) %}
    {{ change_log.keys_from(ref("events"), ["visitor"], times=["happened_at"]) }}
{% endcall %}
select visitor, count(*) as events, sum(amount * factor) as amount
from {{ ref("events") }}
cross join {{ ref("factors") }}
where happened_at <= (select seen_until from {{ ref("horizon") }})
{{ change_log.only_changed("and", ["visitor"]) }}
group by visitor
""",
    "factors": "{{ config(materialized='table') }} select * from given_factors",
    # rows that are made from each other
    "threads": """
{% call change_log.changed_keys(["event_id"]) %}
    {{ change_log.keys_from(ref("events"), ["event_id"]) }}
{% endcall %}
{% for events in [ref("events"), change_log.changes_of(ref("events"))] %}
    {% call change_log.linked_keys() %}
        select
            {{ change_log.key_hash(["event_id"]) }} as key_hash,
            {{ change_log.key_hash(["reply_to"]) }} as linked_key_hash
        from {{ events }}
        where reply_to is not null
    {% endcall %}
{% endfor %}
with
needed as (
    select * from {{ ref("events") }}
    {{ change_log.only_changed("where", ["event_id"], linked=true) }}
)
select needed.event_id, count(replies.event_id) as replies, max(first.amount) as first_amount
from needed
left join needed as replies on needed.event_id = replies.reply_to
left join needed as first on needed.reply_to = first.event_id
{{ change_log.only_changed("where", ["needed.event_id"]) }}
group by needed.event_id
""",
    # computed whole, and yet its readers learn what differs
    "days": """
{{ change_log.all_keys(["day"]) }}
select cast(happened_at as date) as day, count(*) as events, count(distinct visitor) as visitors
from {{ ref("events") }} group by all
""",
    # reads two columns of a log, and rows that agree with what changed
    "busy_events": """
{% call change_log.changed_keys(["event_id"]) %}
    {{ change_log.keys_from(ref("events"), ["event_id"]) }}
    union all
    select {{ change_log.key_hash(["event_id"]) }} as key_hash
    from {{ ref("events") }}
    where cast(happened_at as date) in (
        select day from {{ change_log.changes_of(ref("days"), ["day", "events"]) }}
    )
{% endcall %}
{{ change_log.changed_through(ref("visitors"), ["visitor"], ["event_id"]) }}
select events.event_id, events.visitor, days.events, visitors.amount
from {{ ref("events") }} as events
inner join {{ ref("days") }} as days on cast(events.happened_at as date) = days.day
left join {{ ref("visitors") }} as visitors on events.visitor = visitors.visitor
{{ change_log.only_changed("where", ["events.event_id"]) }}
""",
}
LOGGED = ("base_events", "visitors", "threads", "days", "busy_events")

EXPECTED = f"""
create or replace temp table base_events as {BASE.replace("RAW", "raw_NIGHT")};
create or replace temp table events as from base_events where version = 1;
create or replace temp table visitors as
    select visitor, count(*) as events, sum(amount * (select factor from all_given_factors
        where step = NIGHT)) as amount
    from events
    where happened_at <= (select seen_until from all_given_horizon where step = NIGHT)
    group by visitor;
create or replace temp table threads as
    select event_id, (select count(*) from events as r where r.reply_to = e.event_id) as replies,
        (select amount from events as f where f.event_id = e.reply_to) as first_amount
    from events as e;
create or replace temp table days as
    select happened_at::date as day, count(*) as events, count(distinct visitor) as visitors
    from events group by all;
create or replace temp table busy_events as
    select event_id, e.visitor, (select events from days where day = e.happened_at::date) as events,
        (select amount from visitors as v where v.visitor = e.visitor) as amount
    from events as e;
"""

#: What a project says of itself, and a step from one night to the next.
MACROS = """
{% macro default__horizon() %}
    {{ return({"model": "horizon", "column": "seen_until"}) }}
{% endmacro %}

{% macro keep(step) %}
    {% for table in ["base_events", "visitors", "threads", "days", "busy_events", "change_logs"] %}
        {% do run_query("create table kept_" ~ table ~ "_" ~ step ~ " as from " ~ table) %}
    {% endfor %}
    {{ put(step + 1) }}
{% endmacro %}

{% macro put(step) %}
    {% for table in ["raw_events", "given_horizon", "given_factors"] %}
        {% do run_query("create or replace table " ~ table ~ " as select * exclude (step) from all_"
            ~ table ~ " where step = " ~ step) %}
    {% endfor %}
{% endmacro %}
"""


class Nights:
    """Raw rows of every night, in which rows come, are corrected, are moved, repeat and go."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.night = 0
        self.rows = [self.event() for _ in range(300)]

    def event(self) -> list:
        """A row that was loaded at some time before tonight, or does not say when."""
        loaded = FIRST + timedelta(days=self.night, hours=-self.random.randint(1, 24 * 20))
        number = self.random.randrange(400)
        return [
            f"e{number}" + self.random.choice(["", "", " "]),
            f"v{self.random.randrange(40)}",
            self.random.choice([None, f"e{self.random.randrange(400)}"]),
            self.random.randrange(100),
            loaded + timedelta(hours=self.random.randint(-30, 60)),
            None if self.random.random() < 0.02 else str(loaded),
        ]

    def deliver(self) -> None:
        """One night more."""
        self.night += 1
        for _ in range(self.random.randrange(12)):
            row = list(self.random.choice(self.rows))
            choice = self.random.randrange(5)
            if choice == 0:
                self.rows.append(row)
            elif choice == 1:
                self.rows.remove(row)
            elif choice == 2:
                row[3], row[5] = row[3] + 1, str(FIRST + timedelta(days=self.night))
                self.rows.append(row)
            elif choice == 3:
                self.rows.remove(row)
                row[0], row[5] = f"e{self.random.randrange(400)}", str(FIRST)
                self.rows.append(row)
            else:
                self.rows.append(self.event())


def tiny_shop(folder: Path) -> TinyProject:
    project = TinyProject(
        folder,
        MODELS,
        packages=PACKAGES,
        materialized="logged_table",
        settings="vars: {lookback_days: 1}\n",
    )
    project.add_macro(MACROS)
    return project


def give(project: TinyProject, nights: list[tuple[list, datetime, int]]) -> None:
    """All nights beside each other: raw rows, the last visible instant and a factor."""
    project.write(
        "all_raw_events",
        f"{RAW_COLUMNS}, step integer",
        [(*row, step) for step, (rows, _, _) in enumerate(nights) for row in rows],
    )
    project.write(
        "all_given_horizon",
        "seen_until timestamp, step integer",
        [(at, step) for step, (_, at, _) in enumerate(nights)],
    )
    project.write(
        "all_given_factors",
        "factor integer, step integer",
        [(factor, step) for step, (_, _, factor) in enumerate(nights)],
    )


def run(project: TinyProject, nights: int) -> None:
    commands = [["run-operation", "put", "--args", "{step: 0}"]]
    for step in range(nights):
        commands += [["run"], ["run-operation", "keep", "--args", f"{{step: {step}}}"]]
    project.run(*commands)


def check(project: TinyProject, step: int) -> None:
    """Every table is what the raw rows of its night say."""
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute(
            f"create or replace temp view raw_{step} as"
            f" select * exclude (step) from all_raw_events where step = {step}"
        )
        connection.execute(EXPECTED.replace("NIGHT", str(step)))
        for table in LOGGED:
            columns = ", ".join(
                name for name, *_ in connection.execute(f"describe temp.main.{table}").fetchall()
            )
            found = f"select {columns} from kept_{table}_{step}"
            expected = f"select {columns} from temp.main.{table}"
            different = connection.execute(
                f"({found} except all {expected}) union all ({expected} except all {found})"
            ).fetchall()
            assert different == [], (step, table)


def computed_whole(project: TinyProject, step: int) -> set[str]:
    rows = project.query(f"select table_name from kept_change_logs_{step} where whole_at = run_at")
    return {name for (name,) in rows}


@pytest.mark.parametrize("seed", range(2))
def test_every_night_ends_as_a_run_on_everything_does(tmp_path: Path, seed: int) -> None:
    shop = Nights(seed)
    nights = []
    for night in range(NIGHTS):
        nights.append(([list(row) for row in shop.rows], FIRST + timedelta(days=night), 1))
        shop.deliver()
    # the last two nights bring nothing
    nights += [nights[-1]] * 2
    project = tiny_shop(tmp_path)
    give(project, nights)
    run(project, len(nights))
    for step in range(len(nights)):
        check(project, step)
        assert computed_whole(project, step) == (set() if step else set(LOGGED))
    for table in LOGGED:
        logged = "logged_at from {}__changes where logged_at = (select max(run_at) from {})"
        last = project.query(f"select {logged.format(table, 'kept_change_logs_8')}")
        assert last == [], "what did not change is not written"
        assert project.query(f"select count(*) from {table}__changes") > [(0,)]
    left_behind = project.query(
        "select table_name from duckdb_tables() where table_name similar to"
        " '.*__(changed|links|needed|raw|fresh|gone|loaded|days|seen)'"
    )
    assert left_behind == []


def test_what_a_log_cannot_tell_computes_the_table_whole(tmp_path: Path) -> None:
    """A table without a log has other rows, and the horizon goes back."""
    rows = Nights(seed=3).rows
    later, earlier = FIRST + timedelta(days=1), FIRST - timedelta(days=5)
    project = tiny_shop(tmp_path)
    give(project, [(rows, later, 1), (rows, later, 2), (rows, earlier, 2), (rows, earlier, 2)])
    run(project, 4)
    for step in range(4):
        check(project, step)
    assert [computed_whole(project, step) for step in (1, 2, 3)] == [
        {"visitors", "busy_events"},
        {"visitors", "busy_events"},
        set(),
    ]


def test_what_a_logged_table_does_not_honour_ends_its_build(tmp_path: Path) -> None:
    project = TinyProject(
        tmp_path,
        {"a": "{{ config(indexes=[{'columns': ['x']}], sql_header='set x = 1') }} select 1 as x"},
        packages=PACKAGES,
        materialized="logged_table",
    )
    succeeded, said = project.attempt(["run"])
    assert not succeeded
    assert "logged_table does not honour indexes, sql_header" in said


def test_a_row_that_changes_in_place_is_noticed_within_the_look_back_alone(tmp_path: Path) -> None:
    rows = Nights(seed=4).rows[:40]
    for number, row in enumerate(rows):
        row[0], row[5] = f"e{number}", str(FIRST - timedelta(days=number))
    undated = [*rows[:39], [*rows[39][:5], None]]
    changed = [[*row[:3], -1, *row[4:]] for row in undated]
    project = tiny_shop(tmp_path)
    give(project, [(undated, FIRST, 1), (changed, FIRST, 1)])
    run(project, 2)
    found = project.query("select event_id from kept_base_events_1 where amount = -1 order by 1")
    assert found == [("e0",), ("e39",)]


def test_what_is_watched_is_noticed_on_any_day(tmp_path: Path) -> None:
    """A visitor is emptied on a day, and on another day comes back; both are long past."""
    rows = Nights(seed=4).rows[:40]
    for number, row in enumerate(rows):
        row[0], row[5] = f"e{number}", str(FIRST - timedelta(days=number))
    emptied = [[*row[:1], None if row[0] == "e20" else row[1], *row[2:]] for row in rows]
    project = tiny_shop(tmp_path)
    give(project, [(rows, FIRST, 1), (emptied, FIRST, 1), (emptied, FIRST, 1), (rows, FIRST, 1)])
    run(project, 4)
    for step in range(4):
        check(project, step)
        assert computed_whole(project, step) == (set() if step else set(LOGGED))
    last = "where logged_at = (select max(run_at) from kept_change_logs_2)"
    assert project.query(f"select count(*) from base_events__changes {last}") == [(0,)]


def logged(project: TinyProject) -> dict[str, int]:
    """Rows in the log of each table."""
    return {
        table: project.query(f"select count(*) from {table}__changes")[0][0] for table in LOGGED
    }


def test_a_change_is_kept_for_a_month_also_where_nothing_changes(tmp_path: Path) -> None:
    shop = Nights(seed=5)
    project = tiny_shop(tmp_path)
    before = [list(row) for row in shop.rows]
    shop.deliver()
    give(project, [(before, FIRST, 1), (shop.rows, FIRST, 1), (shop.rows, FIRST, 1)])
    run(project, 2)
    assert logged(project)["base_events"] > 0 and logged(project)["days"] > 0
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute(
            "update base_events__changes set logged_at = logged_at - interval 31 day"
        )
    project.run(["run", "--select", "visitors"])
    assert logged(project)["base_events"] == 0 and logged(project)["days"] > 0


def test_a_project_may_forget_a_change_once_every_table_has_read_it(tmp_path: Path) -> None:
    shop = Nights(seed=5)
    project = tiny_shop(tmp_path)
    project.add_macro("{% macro default__forgets_read_changes() %}{{ return(true) }}{% endmacro %}")
    before = [list(row) for row in shop.rows]
    shop.deliver()
    give(project, [(before, FIRST, 1), (shop.rows, FIRST, 1), (before, FIRST, 1)])
    run(project, 2)
    assert set(logged(project).values()) == {0}
    # tables that have not read a change need it
    project.run(["run", "--select", "base_events"])
    assert logged(project)["base_events"] > 0
    project.run(["run"], ["run-operation", "keep", "--args", "{step: 2}"])
    assert set(logged(project).values()) == {0}
    for step in range(3):
        check(project, step)
        assert computed_whole(project, step) == (set() if step else set(LOGGED))


def reader_of_a_raw_table(folder: Path) -> TinyProject:
    """A project of one model, whose SQL fails where it is run while main.closed says so."""
    project = TinyProject(
        folder,
        {
            "base_events": """
{{ change_log.compared_by_day(
    "main.raw_events", key=["event_id"], raw_key=["event_id"], time="loaded_at",
    raw_time="cast(loaded_at as timestamp)", lookback_days=1
) }}
select
    event_id,
    cast(case when (select is_closed from main.closed) then error('it was run') else amount end
        as decimal(18, 4)) as amount,
    cast(loaded_at as timestamp) as loaded_at
from main.raw_events"""
        },
        packages=PACKAGES,
        materialized="logged_table",
    )
    columns = {"event_id": "string", "amount": "decimal(18, 4)", "loaded_at": "timestamp"}
    declared = [{"name": name, "data_type": type_} for name, type_ in columns.items()]
    models = {"models": [{"name": "base_events", "columns": declared}]}
    (folder / "models" / "models.yml").write_text(json.dumps(models))
    return project


def give_raw(project: TinyProject, *amounts: int, closed: bool) -> None:
    rows = [(f"e{number}", amount, str(FIRST)) for number, amount in enumerate(amounts)]
    project.write("raw_events", "event_id varchar, amount integer, loaded_at varchar", rows)
    project.write("closed", "is_closed boolean", [(closed,)])


def test_a_raw_table_as_it_was_is_not_read_again(tmp_path: Path) -> None:
    """Neither is one whose change was undone before a run saw it."""
    project = reader_of_a_raw_table(tmp_path)
    give_raw(project, 1, 2, closed=False)
    project.run(["run"])
    give_raw(project, 1, 2, closed=True)
    project.run(["run"])
    give_raw(project, 1, 3, closed=True)
    succeeded, said = project.attempt(["run"])
    assert not succeeded and "it was run" in said
    # a run that failed has seen nothing
    succeeded, said = project.attempt(["run"])
    assert not succeeded and "it was run" in said
    give_raw(project, 1, 2, closed=True)
    project.run(["run"])
    give_raw(project, 1, 3, closed=False)
    project.run(["run"])
    assert project.query("select amount from base_events order by 1") == [(1,), (3,)]


def test_a_raw_table_without_rows_makes_the_declared_columns(tmp_path: Path) -> None:
    project = reader_of_a_raw_table(tmp_path)
    give_raw(project, closed=True)
    project.run(["run"])
    assert project.query(
        "select column_name, data_type from duckdb_columns() where table_name = 'base_events'"
    ) == [("event_id", "VARCHAR"), ("amount", "DECIMAL(18,4)"), ("loaded_at", "TIMESTAMP")]
    give_raw(project, 1, closed=True)
    succeeded, said = project.attempt(["run"])
    assert not succeeded and "it was run" in said
    give_raw(project, 1, closed=False)
    project.run(["run"])
    assert project.query("select amount from base_events") == [(1,)]
