"""Influence (doc block predictions__influence), the graph by networkx."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable

import networkx

from tests.python.independent.customers import kept_out
from tests.python.independent.world import Rows, World, table

WEIGHTS = {"like": 1, "reply": 2, "open": 1, "register": 5, "order": 5}
REACHING = ("open", "register", "answer")
Links = dict[int, Counter[int]]


@table("steps.influence_contacts")
def contacts(world: World) -> Rows:
    """Every contact, with who heeds or is answered as the other one."""
    start = world.as_of_date - dt.timedelta(days=world.setting("influence_window_days"))
    found = [
        (r["one_id"], r["referred_one_id"], r["step"], r["occurred_date"], r["occurred_at"])
        for r in world["core.shares"]
        if r["step"] in ("open", "register", "order")
    ]
    for post in world["core.community_posts"]:
        if post["is_deleted"] or post["post_type"] not in ("reply", "like"):
            continue
        when = post["posted_date"], post["posted_at"]
        found.append((post["parent_one_id"], post["one_id"], post["post_type"], *when))
        if post["post_type"] == "reply":
            found.append((post["one_id"], post["parent_one_id"], "answer", *when))
    excluded = kept_out(world, "predictions")
    return [
        {"one_id": one, "other": other, "type": kind, "date": date, "at": at}
        for one, other, kind, date, at in found
        if one and other and one != other and date > start
        if not {one, other} & excluded
    ]


@table("steps.influence_edges")
def edges(world: World) -> Rows:
    """Who heeds whom, with the weight."""
    weight: Counter[tuple[str, str]] = Counter()
    for row in world["steps.influence_contacts"]:
        if row["type"] != "answer":
            weight[row["other"], row["one_id"]] += WEIGHTS[row["type"]]
    return [{"from": one, "to": other, "weight": w} for (one, other), w in weight.items()]


def settled(links: Links, place: dict[int, int]) -> dict[int, int]:
    """Nodes move, a third at a time, to where modularity gains most."""
    degree = {node: sum(others.values()) for node, others in links.items()}
    whole, idle = sum(degree.values()), 0
    for turn in range(1, 25):
        total: Counter[int] = Counter()
        for node, community in place.items():
            total[community] += degree[node]
        size = Counter(place.values())
        moved = {}
        for node, own in place.items():
            if node % 3 != turn % 3:
                continue
            linked: Counter[int] = Counter({own: 0})
            for other, weight in links[node].items():
                if other != node:
                    linked[place[other]] += weight
            best = min(
                (
                    -(weight * whole - degree[node] * (total[c] - (c == own) * degree[node])),
                    c != own,
                    c,
                )
                for c, weight in linked.items()
                if c == own or size[own] > 1 or size[c] > 1 or c < own
            )
            if best[2] != own:
                moved[node] = best[2]
        place = {**place, **moved}
        idle = idle + 1 if len(moved) * 1000 <= len(place) else 0
        if idle == 3:
            break
    return place


def communities(weights: Iterable[tuple[int, int, int]]) -> dict[int, int]:
    """Node → smallest node of its community, as packages/graph_clustering says."""
    pairs: Counter[tuple[int, int]] = Counter()
    for one, other, weight in weights:
        pairs[min(one, other), max(one, other)] += weight
    names = sorted({name for pair in pairs for name in pair})
    number = {name: place for place, name in enumerate(names, start=1)}
    first: Links = defaultdict(Counter)
    for (one, other), weight in pairs.items():
        first[number[one]][number[other]] += weight
        first[number[other]][number[one]] += weight
    links, member = first, {node: node for node in number.values()}
    for _ in range(8):
        before = len(set(member.values()))
        place = settled(links, {node: node for node in links})
        member = {node: place[community] for node, community in member.items()}
        upper: Links = defaultdict(Counter)
        for node, others in links.items():
            for other, weight in others.items():
                upper[place[node]][place[other]] += weight
        links = upper
        if len(set(member.values())) == before:
            break
    member = settled(first, member) if first else member
    smallest: dict[int, int] = {}
    for name in names:
        smallest.setdefault(member[number[name]], name)
    return {name: smallest[member[number[name]]] for name in names}


@table("steps.influence_moved")
def moved_by(world: World) -> Rows:
    """What followed on the contacts of each customer that reached others."""
    span = dt.timedelta(days=world.setting("influence_days"))
    ordered: dict[str, list[tuple[dt.datetime, dt.date]]] = defaultdict(list)
    for order in world["core.orders"]:
        if order["one_id"] and not order["is_return"] and not order["is_cancelled"]:
            ordered[order["one_id"]].append((order["ordered_at"], order["ordered_date"]))
    first: dict[tuple[str, str, dt.date], dt.datetime] = {}
    for row in world["steps.influence_contacts"]:
        if row["type"] in REACHING:
            key = row["one_id"], row["other"], row["date"]
            first[key] = min(row["at"], first.get(key, row["at"]))
    reached: dict[str, Rows] = defaultdict(list)
    for (one, other, _), at in first.items():
        orders = ordered[other]
        chance = 0.0
        if orders:
            days = (world.as_of_date - min(date for _, date in orders)).days + 1
            chance = 1 - math.exp(-len(orders) / days * span.days)
        is_followed = any(at < when <= at + span for when, _ in orders)
        reached[one].append({"other": other, "chance": chance, "is_followed": is_followed})
    return [
        {
            "one_id": one,
            "reached": len(rows),
            "followed": sum(row["is_followed"] for row in rows),
            "customers": len({row["other"] for row in rows if row["is_followed"]}),
            "expected": math.fsum(row["chance"] for row in rows),
            "deviation": math.sqrt(math.fsum(r["chance"] * (1 - r["chance"]) for r in rows)),
        }
        for one, rows in reached.items()
    ]


@table("predictions.influence", key=["one_id"])
def influence(world: World) -> Rows:
    """Everybody in the graph, and who reached others."""
    graph = networkx.DiGraph()
    for row in world["steps.influence_edges"]:
        graph.add_edge(row["from"], row["to"], weight=row["weight"])
    assert len(graph) <= 200, "of more than the sources the sample is for test_influence.py"
    rank = networkx.pagerank(graph, tol=1e-13, max_iter=1000) if len(graph) else {}
    rank = {name: round(value, 12) for name, value in rank.items()}
    order = sorted(rank, key=lambda name: (-rank[name], name))
    between = networkx.betweenness_centrality(graph)
    place = {r["one_id"]: r["natural_key_rank"] for r in world["steps.identity_tie_breaks"]}
    customer = {number: one_id for one_id, number in place.items()}
    found = communities(
        (place[r["from"]], place[r["to"]], r["weight"]) for r in world["steps.influence_edges"]
    )
    community = {customer[node]: customer[first] for node, first in found.items()}
    moved = {row["one_id"]: row for row in world["steps.influence_moved"]}
    nothing = {"reached": 0, "followed": 0, "customers": 0, "expected": 0.0, "deviation": 0.0}
    result = []
    for name in {*rank, *moved}:
        is_in = name in rank
        own = moved.get(name, nothing)
        score = None
        if own["deviation"]:
            score = (own["followed"] - own["expected"]) / own["deviation"]
        result.append(
            {
                "one_id": name,
                "community_id": community.get(name),
                "followers": graph.in_degree(name) if is_in else 0,
                "followees": graph.out_degree(name) if is_in else 0,
                "follower_weight": graph.in_degree(name, weight="weight") if is_in else 0,
                "reached_contacts": own["reached"],
                "followed_contacts": own["followed"],
                "moved_customers": own["customers"],
                "page_rank_position": order.index(name) + 1 if is_in else None,
                "expected_contacts": own["expected"],
                "move_z_score": score,
                "page_rank": rank.get(name),
                "betweenness": between.get(name),
                "moves_others": own["followed"] >= 3
                and score is not None
                and score >= world.setting("change_z"),
                "as_of_date": world.as_of_date,
            }
        )
    return result


@table("predictions.influence_communities", key=["community_id"])
def influence_communities(world: World) -> Rows:
    """Each community, and the whole graph."""
    known = [row for row in world["predictions.influence"] if row["page_rank"] is not None]
    if not known:
        return []
    known.sort(key=lambda row: row["page_rank_position"])
    place = {row["one_id"]: row["community_id"] for row in known}
    pairs: Counter[tuple[str, str]] = Counter()
    for row in world["steps.influence_edges"]:
        pairs[min(row["from"], row["to"]), max(row["from"], row["to"])] += row["weight"]
    whole = 2 * sum(pairs.values())
    result, modularity = [], 0.0
    for name in [*sorted(set(place.values())), "all"]:
        members = [one for one, community in place.items() if name in (community, "all")]
        inner = [pair for pair in pairs if {place[pair[0]], place[pair[1]]} == {name}]
        if name == "all":
            inner, adds = list(pairs), modularity
        else:
            ends = sum(
                w * ((place[p[0]] == name) + (place[p[1]] == name)) for p, w in pairs.items()
            )
            adds = 2 * sum(pairs[pair] for pair in inner) / whole - (ends / whole) ** 2
            modularity += adds
        result.append(
            {
                "community_id": name,
                "leading_one_id": members[0],
                "customers": len(members),
                "connections": len(inner),
                "density": 2 * len(inner) / (len(members) * (len(members) - 1)),
                "modularity": adds,
                "as_of_date": world.as_of_date,
            }
        )
    return result
