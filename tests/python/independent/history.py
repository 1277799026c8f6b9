"""The past of tags: validity periods, migrations and whether a tag is well.

From docs/tag_history.md, the descriptions of customer_tag_history, tag_migrations and tag_scores
and the doc block population_stability.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from tests.python.independent.registry import live_tags
from tests.python.independent.world import Row, Rows, World, table

#: Customer → value, of one tag on one date.
Values = dict[str, str]

#: What says that there is no value.
NONE = "(none)"


def remembered(world: World, kept: Callable[[Row], bool]) -> dict[dt.date, dict[str, Values]]:
    """What was said on each built date up to the as-of date, tag by tag.

    Of two builds for one date the later counts.
    """
    dates = remembered(world.before, kept) if world.before else {}
    tags: dict[str, Values] = {row["tag_code"]: {} for row in live_tags(world) if kept(row)}
    for row in world["tags.customer_tags"]:
        if row["tag_code"] in tags:
            tags[row["tag_code"]][row["one_id"]] = row["tag_value"]
    dates[world.as_of_date] = tags
    return {date: dates[date] for date in sorted(dates) if date <= world.as_of_date}


def with_history(tag: Row) -> bool:
    """Whether changes of a tag are kept."""
    return bool(tag["has_history"])


@table("tags.customer_tag_history", key=["one_id", "tag_code", "valid_from"])
def customer_tag_history(world: World) -> Rows:
    """Validity periods: from the first built date with a value until the first one without it.

    A date on which a tag was not live says nothing of it; a tag that is live no longer ends
    on the first date built since.
    """
    memory = remembered(world, with_history)
    found = []
    for tag_code in {code for tags in memory.values() for code in tags}:
        dates = [date for date, tags in memory.items() if tag_code in tags]
        open_periods: dict[str, Row] = {}
        for date in dates:
            said = memory[date][tag_code]
            for one_id, period in list(open_periods.items()):
                if said.get(one_id) != period["tag_value"]:
                    open_periods.pop(one_id)["valid_to"] = date
            for one_id in said.keys() - open_periods.keys():
                open_periods[one_id] = {
                    "one_id": one_id,
                    "tag_code": tag_code,
                    "tag_value": said[one_id],
                    "valid_from": date,
                    "valid_to": None,
                }
                found.append(open_periods[one_id])
        if tag_code not in memory[world.as_of_date]:
            ended = min((date for date in memory if date > dates[-1]), default=None)
            for period in open_periods.values():
                period["valid_to"] = ended
    return found


def last_built(dates: Iterable[dt.date], until: dt.date) -> dt.date | None:
    """The last date built up to a day."""
    return max((date for date in dates if date <= until), default=None)


@table(
    "tags.tag_migrations",
    key=["tag_code", "from_date", "to_date", "from_value", "to_value"],
)
def tag_migrations(world: World) -> Rows:
    """Customers that went from one value to another since earlier built dates."""
    as_of = world.as_of_date
    memory = remembered(world, with_history)
    found = []
    for tag_code, now in memory[as_of].items():
        dates = [date for date, tags in memory.items() if tag_code in tags]
        earlier = {
            last_built(dates, as_of - dt.timedelta(days=days))
            for days in (1, *world.setting("tag_migration_days"))
        }
        for date in earlier - {None}:
            then = memory[date][tag_code]
            pairs = Counter(
                (then.get(one_id, NONE), now.get(one_id, NONE))
                for one_id in then.keys() | now.keys()
            )
            of_value: Counter[str] = Counter()
            for (value, _), customers in pairs.items():
                of_value[value] += customers
            found += [
                {
                    "tag_code": tag_code,
                    "from_value": from_value,
                    "to_value": to_value,
                    "days_between": (as_of - date).days,
                    "customers": customers,
                    "share_of_from": customers / of_value[from_value],
                    "from_date": date,
                    "to_date": as_of,
                }
                for (from_value, to_value), customers in pairs.items()
            ]
    return found


# -- whether a tag is well -----------------------------------------------------------------------

#: Texts that are groups of their own; all others are one group.
TEXTS = 20

#: Ranges that numbers and dates are held against.
RANGES = 10


def log_bin(value: float) -> int:
    """The fixed bin of a number: 0 around zero, then twenty to each power of ten."""
    size = min(abs(value), 1e15)
    if size < 1e-6:
        return 0
    return int(math.copysign(1 + math.floor(20 * (math.log10(size) + 6) + 1e-9), value))


def bins(values: Iterable[str], value_type: str, as_of: dt.date) -> Counter[int]:
    """Customers per bin of a number, an amount, or a date as days until the as-of date."""
    if value_type == "date":
        return Counter(log_bin((as_of - dt.date.fromisoformat(v)).days) for v in values)
    return Counter(log_bin(float(value)) for value in values)


def groups_of_numbers(then: Counter[int], now: Counter[int]) -> list[tuple[int, int]]:
    """Customers then and now in ranges that hold a tenth of the reference each."""
    total = sum(then.values())
    first_of: dict[int, int] = {}
    below = 0
    for place in sorted(then):
        tenth = math.floor(RANGES * (below + then[place] / 2) / total)
        first_of.setdefault(tenth, place)
        below += then[place]
    starts = sorted(first_of.values())
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for side, counted in enumerate((then, now)):
        for place, customers in counted.items():
            counts[sum(start <= place for start in starts[1:])][side] += customers
    return [(a, b) for a, b in counts.values()]


def groups_of_values(
    then: Counter[str], now: Counter[str], value_type: str
) -> list[tuple[int, int]]:
    """Customers then and now with each value; of texts the most frequent and the rest."""
    names = set(then) | set(now)
    if value_type == "text":
        ordered = sorted(then, key=lambda value: (-then[value], value))
        names = set(ordered[:TEXTS])
    groups = [(then[name], now[name]) for name in names]
    rest = (
        sum(n for value, n in then.items() if value not in names),
        sum(n for value, n in now.items() if value not in names),
    )
    return [*groups, rest] if any(rest) else groups


def stability_index(groups: list[tuple[int, int]]) -> float:
    """PSI; half a customer is added to each group."""
    then = sum(a for a, _ in groups) + 0.5 * len(groups)
    now = sum(b for _, b in groups) + 0.5 * len(groups)
    return math.fsum(
        ((b + 0.5) / now - (a + 0.5) / then) * math.log((b + 0.5) / now / ((a + 0.5) / then))
        for a, b in groups
    )


def chance(groups: list[tuple[int, int]]) -> float | None:
    """What the index exceeds once in a hundred times where nothing moved."""
    then, now = (sum(side) for side in zip(*groups, strict=True))
    freedom = len(groups) - 1
    if not freedom or not then or not now:
        return None
    quantile = freedom * (1 - 2 / (9 * freedom) + 2.3263 * math.sqrt(2 / (9 * freedom))) ** 3
    return (1 / then + 1 / now) * quantile


@table("quality.tag_scores", key=["tag_code"])
def tag_scores(world: World) -> Rows:
    """Coverage, spread, freshness and stability of each live tag."""
    customers = len(world["core.customers"])
    memory = remembered(world, lambda _: True)
    sizes = customers_by_date(world)
    dates_of: dict[str, set[dt.date]] = defaultdict(set)
    for row in world["tags.customer_tags"]:
        dates_of[row["tag_code"]].add(row["as_of_date"])
    found = []
    for tag in live_tags(world):
        code = tag["tag_code"]
        held = memory[world.as_of_date][code]
        counted = Counter(held.values())
        value, most = min(counted.items(), key=lambda c: (-c[1], c[0]), default=(None, 0))
        date = max(dates_of[code], default=None)
        reference = last_built(
            (date for date, tags in memory.items() if code in tags),
            world.as_of_date - dt.timedelta(days=world.setting("tag_psi_days")),
        )
        row = {
            "tag_code": code,
            "family": tag["family"],
            "most_frequent_value": value,
            "customers": customers,
            "customers_with_value": len(held),
            "coverage": len(held) / customers if customers else None,
            "min_coverage": tag["min_coverage"],
            "distinct_values": len(counted),
            "most_frequent_share": most / len(held) if held else None,
            "psi": None,
            "psi_of_values": None,
            "psi_noise": None,
            "psi_reason": None,
            "max_psi": tag["max_psi"],
            "days_behind": (world.as_of_date - date).days if date else None,
            "psi_reference_date": reference,
            "as_of_date": date,
        }
        noise_of_values = None
        if reference is None:
            days = world.setting("tag_psi_days")
            row["psi_reason"] = f"no build of {days} days ago or earlier to compare with"
        elif not customers or not sizes[reference]:
            row["psi_reason"] = "there were no customers on one of the two dates"
            row["psi_reference_date"] = None
        else:
            then = memory[reference][code]
            if tag["value_type"] in ("number", "amount", "date"):
                groups = groups_of_numbers(
                    bins(then.values(), tag["value_type"], reference),
                    bins(held.values(), tag["value_type"], world.as_of_date),
                )
            else:
                groups = groups_of_values(Counter(then.values()), counted, tag["value_type"])
            without = (sizes[reference] - len(then), customers - len(held))
            with_none = [*groups, without] if any(without) else groups
            row["psi"] = stability_index(with_none)
            row["psi_of_values"] = stability_index(groups) if groups else None
            row["psi_noise"] = chance(with_none)
            noise_of_values = chance(groups) if groups else None
        found.append({**row, **judged(row, noise_of_values)})
    return found


def customers_by_date(world: World) -> dict[dt.date, int]:
    """How many customers there were on each built date."""
    sizes = customers_by_date(world.before) if world.before else {}
    sizes[world.as_of_date] = len(world["core.customers"])
    return sizes


def judged(row: Row, noise_of_values: float | None) -> dict[str, str]:
    """The status of a tag and the most serious reason for it."""
    if row["days_behind"]:
        behind = row["days_behind"]
        return fault("fail", f"made for another date than the build: {behind} days behind")
    if row["customers"] and not row["customers_with_value"] and row["min_coverage"] > 0:
        return fault("fail", "no customer has a value")
    if row["coverage"] is not None and row["coverage"] < row["min_coverage"]:
        coverage = round(row["coverage"], 4)
        return fault("warn", f"coverage {coverage} is below {row['min_coverage']}")
    for name, index, noise in (
        ("stability index", row["psi"], row["psi_noise"]),
        ("stability index among those with a value", row["psi_of_values"], noise_of_values),
    ):
        if index is not None and index > row["max_psi"] and index > (noise or 0):
            return fault("warn", f"{name} {round(index, 4)} is above {row['max_psi']}")
    return fault("ok", "")


def fault(status: str, reason: str) -> dict[str, str]:
    """Two columns of a tag's score."""
    return {"status": status, "reason": reason}
