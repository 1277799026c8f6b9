"""Web sessions with their customers.

From the descriptions of `int_behaviour__session_events`, `int_behaviour__web_sessions` and
`core.web_sessions`, docs/event_mapping.md, and the variables session_gap_minutes,
page_ping_seconds and cookie_window_days.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

from tests.python.independent.facts import one_ids
from tests.python.independent.keys import account_profile, cookie_profile, keyed_hash
from tests.python.independent.world import Row, Rows, World, table


def visitor_of(event: Row) -> tuple[str, str]:
    """Whose events follow: the cookie's, the login's, the client's session's, else its own."""
    if event["anonymous_id"]:
        return ("cookie", event["anonymous_id"])
    if event["user_id"]:
        return ("login", event["user_id"])
    if event["client_session_id"]:
        return ("session", event["client_session_id"])
    return ("event", event["event_id"])


def seconds(earlier: Row, later: Row) -> int:
    """From one event to another, the whole seconds that a clock counts."""
    first, last = (event["occurred_at"].replace(microsecond=0) for event in (earlier, later))
    return int((last - first).total_seconds())


def sessions_of(events: Rows, gap_seconds: int) -> list[Rows]:
    """Events of one visitor by the session that the client names, else as they follow.

    They come by their first events. Page pings alone are no session.
    """
    streams = defaultdict(list)
    for event in events:
        streams[event["client_session_id"]].append(event)
    found = [
        session
        for name, stream in streams.items()
        for session in _cut(stream, gap_seconds if name is None else None)
        if any(event["event_type"] != "page_pinged" for event in session)
    ]
    return sorted(found, key=lambda session: (session[0]["occurred_at"], session[0]["event_id"]))


def seconds_in_use(world: World, event: Row) -> Decimal:
    """What an event says of attention; a page ping says something by itself."""
    if event["engaged_seconds"] is not None:
        return event["engaged_seconds"]
    is_ping = event["event_type"] == "page_pinged"
    return Decimal(world.setting("page_ping_seconds") if is_ping else 0)


def page_views(session: Rows) -> int:
    """Views of pages, and those of products whose page no view of a page may be."""
    paths = [event["page_path"] for event in session if event["event_type"] == "page_viewed"]
    products = [event["page_path"] for event in session if event["event_type"] == "product_viewed"]
    alone = [path for path in products if (path not in paths if path else not paths)]
    return len(paths) + len(alone)


def _cut(events: Rows, gap_seconds: int | None) -> list[Rows]:
    """Events cut where they pause longer than the gap, if there is one, or another login comes."""
    found: list[Rows] = []
    login = None
    for event in sorted(events, key=lambda event: (event["occurred_at"], event["event_id"])):
        is_after_silence = not found or (
            gap_seconds is not None and seconds(found[-1][-1], event) > gap_seconds
        )
        is_other_login = event["user_id"] and login and event["user_id"] != login
        if is_after_silence or is_other_login:
            found.append([])
            login = None
        found[-1].append(event)
        login = event["user_id"] or login
    return found


@table("core.web_sessions", key=["session_id"])
def web_sessions(world: World) -> Rows:
    """Who visited, when, from where, how far it went."""
    gap_seconds = world.setting("session_gap_minutes") * 60
    events_of = defaultdict(list)
    for event in world["staging.stg_web__events"]:
        if event["occurred_at"] <= world.as_of_at:
            events_of[visitor_of(event)].append(event)
    found = []
    for events in events_of.values():
        logins = {event["user_id"] for event in events if event["user_id"]}
        last_login: Row | None = None
        for session in sessions_of(events, gap_seconds):
            signed_in = [event for event in session if event["user_id"]]
            found.append(session_row(world, session, signed_in, len(logins), last_login))
            last_login = signed_in[-1] if signed_in else last_login
    return found


def session_row(
    world: World, session: Rows, signed_in: Rows, logins: int, last_login: Row | None
) -> Row:
    """One session; of a browser with several logins it may be that of the login before."""
    first = session[0]
    cookie = cookie_profile(world.salt, first["anonymous_id"])
    window_seconds = world.setting("cookie_window_days") * 24 * 60 * 60
    basis, owner = "cookie", cookie
    if signed_in:
        basis, owner = "login", account_profile(world.salt, signed_in[0]["user_id"])
    elif logins > 1 and last_login and 0 <= seconds(last_login, first) <= window_seconds:
        basis, owner = "last_login", account_profile(world.salt, last_login["user_id"])
    kinds = [event["event_type"] for event in session]
    orders = [event["order_id"] for event in session if event["event_type"] == "order_completed"]
    page = first["page_path"]
    return {
        "session_id": keyed_hash(world.salt, f"session|web|{first['event_id']}"),
        "one_id": one_ids(world).get(owner),
        "profile_id": owner,
        "cookie_profile_id": cookie,
        "source_system": "web",
        "order_id": next((f"web-{order}" for order in orders if order), None),
        "profile_basis": basis,
        "device_type": first["device_type"],
        "utm_source": first["utm_source"],
        "utm_medium": first["utm_medium"],
        "utm_campaign": first["utm_campaign"],
        "landing_page": page and re.split(r"[?#]", page)[0],
        "page_views": page_views(session),
        "product_views": kinds.count("product_viewed"),
        "searches": kinds.count("product_searched"),
        "cart_adds": kinds.count("product_added"),
        "wishlist_adds": kinds.count("product_wishlisted"),
        "orders_completed": len({order for order in orders if order}) + orders.count(None),
        "engaged_seconds": sum((seconds_in_use(world, event) for event in session), Decimal(0)),
        "is_signed_in": bool(signed_in),
        "started_date": world.business_date(first["occurred_at"]),
        "started_at": first["occurred_at"],
        "ended_at": session[-1]["occurred_at"],
    }


@table("steps.session_events", key=["event_id"])
def session_events(world: World) -> Rows:
    """Events of known customers, each with the customer of its session and the day it began."""
    sessions = {row["session_id"]: row for row in world["core.web_sessions"]}
    events_of = defaultdict(list)
    for event in world["staging.stg_web__events"]:
        if event["occurred_at"] <= world.as_of_at:
            events_of[visitor_of(event)].append(event)
    found = []
    for events in events_of.values():
        for session in sessions_of(events, world.setting("session_gap_minutes") * 60):
            session_id = keyed_hash(world.salt, f"session|web|{session[0]['event_id']}")
            visit = sessions[session_id]
            if visit["one_id"] is not None:
                of_visit = {name: visit[name] for name in ("session_id", "one_id", "started_date")}
                found += [{**event, **of_visit} for event in session]
    return found


@table("quality.event_counts", key=["source_system", "event_name"])
def event_counts(world: World) -> Rows:
    """Which names of events came, how often, and what they count as."""
    standard = {row["event_type"] for row in world.seed("event_names")}
    by_name = defaultdict(list)
    for event in world["staging.stg_web__events"]:
        if event["occurred_at"] <= world.as_of_at:
            by_name[event["event"]].append(event)
    return [
        {
            "source_system": "web",
            "event_name": name,
            "event_type": events[0]["event_type"] if events[0]["event_type"] in standard else None,
            "events": len(events),
            "visitors": len({visitor_of(event) for event in events}),
            "is_known": events[0]["event_type"] in standard,
            "first_date": world.business_date(min(event["occurred_at"] for event in events)),
            "last_date": world.business_date(max(event["occurred_at"] for event in events)),
        }
        for name, events in by_name.items()
    ]
