"""Exports of product analytics are read by a preset: Amplitude, Mixpanel, PostHog, RudderStack.

Rows have the keys of such exports; their values are nobody's.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from typing import Any

import duckdb
import pytest

from tests.python.project import ROOT, Project
from tests.python.test_event_mapping import EVENTS, SELECTED, lines, micros, snowplow

pytestmark = [pytest.mark.build, pytest.mark.usefixtures("begun")]

SESSIONS = """
    select page_views, product_views, cart_adds, order_id, is_signed_in, utm_source,
        started_at::text, ended_at::text
    from core.web_sessions order by started_at, ended_at
"""


def amplitude(number: int, clock: str, name: str, /, **cells: Any) -> dict[str, Any]:
    """A line of Amplitude's Export API; its event_id counts anew on every device."""
    return {
        "$insert_id": f"9e5f{number}",
        "amplitude_id": 384783353938,
        "app": 281811,
        "device_id": "1963dcf7-085b-48df-b629-4c087db9dcfcR",
        "event_id": 7,
        "event_properties": {},
        "event_time": f"2026-03-01 {clock}.008000",
        "event_type": name,
        "platform": "Web",
        "server_received_time": f"2026-03-01 {clock}.906000",
        "server_upload_time": f"2026-03-01 {clock}.911000",
        "session_id": micros("2026-03-01 02:00:00") // 1000,
        "user_id": None,
        "user_properties": {"initial_utm_source": "EMPTY", "utm_source": "Newsletter"},
        "uuid": f"54050f2a-63b7-11ed-ae7f-79799fc6c{number:03}",
        **cells,
    }


PAGE = {"[Amplitude] Page Path": "/tea", "[Amplitude] Page URL": "https://shop.example/tea"}
AMPLITUDE = [
    amplitude(1, "02:00:00", "session_start"),
    amplitude(2, "02:00:01", "[Amplitude] Page Viewed", event_properties=PAGE),
    # on a page that was sent, whose path it lacks
    amplitude(6, "02:20:00", "Product Viewed", event_properties={"product_id": "p1"}),
    amplitude(
        *(3, "02:40:00", "Product Added"),
        event_properties={"product_id": "p1", "category": "Tea", "price": 18.5},
        user_id="155683",
    ),
    amplitude(
        *(4, "03:30:00", "Order Completed"),
        event_properties={"order_id": "o1", "products": [{"product_id": "p2"}]},
        user_id="155683",
    ),
    # outside of a session
    amplitude(5, "09:00:00", "push_received", session_id=-1),
]


def test_amplitude(project: Project) -> None:
    project.variables["event_presets"] = {"web.events": "amplitude"}
    folder = project.raw / "web" / "events"
    folder.mkdir(parents=True)
    # files of an hour each, and an event that two exports hold
    for name, rows in {"2026-03-01_2": AMPLITUDE[:4], "2026-03-01_3": AMPLITUDE[3:]}.items():
        with gzip.open(folder / f"281811_{name}#0.json.gz", "wt") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    project.dbt(*SELECTED).check()
    assert [tuple(map(str, row)) for row in project.query(EVENTS)] == [
        ("session_start", "session_start", *4 * ("None",)),
        ("[amplitude] page viewed", "page_viewed", "/tea", *3 * ("None",)),
        ("product viewed", "product_viewed", "None", "p1", "None", "None"),
        ("product added", "product_added", "None", "p1", "None", "None"),
        ("order completed", "order_completed", "None", "p2", "None", "web-o1"),
        ("push_received", "push_received", *4 * ("None",)),
    ]
    assert project.query(SESSIONS) == [
        (1, 1, 1, "web-o1", True, "Newsletter",
         "2026-03-01 02:00:00.008", "2026-03-01 03:30:00.008"),
        (0, 0, 0, None, False, "Newsletter",
         "2026-03-01 09:00:00.008", "2026-03-01 09:00:00.008"),
    ]  # fmt: skip
    assert project.query(
        "select raw_rows, staged_rows, exact_duplicate_rows"
        " from quality.row_conservation where raw_rows > 0"
    ) == [(7, 6, 1)]


def mixpanel(number: int, clock: str, name: str, /, **properties: Any) -> dict[str, Any]:
    """A line of Mixpanel's raw export; browsers send fractions of a second."""
    seconds = micros(f"2026-03-01 {clock}") // 1_000_000
    return {
        "event": name,
        "properties": {
            "time": seconds + number / 8 if number % 2 else seconds,
            "distinct_id": "$device:18b3b6362f3b2-083ef01abede78",
            "$device_id": "18b3b6362f3b2-083ef01abede78",
            "$insert_id": "ndwfto16kmnkrnx0",
            "$current_url": "https://shop.example/tea?a=1",
            "$os": "Mac OS X",
            "mp_processing_time_ms": seconds * 1000 + 700,
            **properties,
        },
    }


MIXPANEL = [
    mixpanel(1, "02:00:00", "$mp_web_page_view", utm_source="Newsletter", current_url_path="/tea"),
    # one number of two events, which Mixpanel keeps both
    mixpanel(2, "02:00:10", "Product Viewed", **{"Product ID": "p1", "Category": "Tea"}),
    mixpanel(2, "02:00:10", "Product Added", **{"Product ID": "p1", "Category": "Tea"}),
    # sent twice
    mixpanel(3, "02:05:00", "Played Song"),
    mixpanel(3, "02:05:00", "Played Song"),
    mixpanel(
        *(4, "02:10:00", "Order Completed"),
        **{"distinct_id": "u1", "$user_id": "u1", "Order ID": "o1"},
    ),
    # a server knows no device
    mixpanel(6, "05:00:00", "Order Completed", **{"distinct_id": "u2", "$device_id": None}),
]


def test_mixpanel(project: Project) -> None:
    project.variables["event_presets"] = {"web.events": "mixpanel"}
    lines(project, MIXPANEL)
    project.dbt(*SELECTED).check()
    assert [tuple(map(str, row)) for row in project.query(EVENTS)] == [
        ("$mp_web_page_view", "page_viewed", "/tea?a=1", *3 * ("None",)),
        ("product added", "product_added", "/tea?a=1", "p1", "None", "None"),
        ("product viewed", "product_viewed", "/tea?a=1", "p1", "None", "None"),
        ("played song", "played song", "/tea?a=1", *3 * ("None",)),
        ("order completed", "order_completed", "/tea?a=1", "None", "None", "web-o1"),
        ("order completed", "order_completed", "/tea?a=1", *3 * ("None",)),
    ]
    assert project.query(SESSIONS) == [
        (1, 1, 1, "web-o1", True, "Newsletter",
         "2026-03-01 02:00:00.125", "2026-03-01 02:10:00"),
        (0, 0, 0, None, False, None, "2026-03-01 05:00:00", "2026-03-01 05:00:00"),
    ]  # fmt: skip
    assert project.query("select count(*) from quality.rejected_records") == [(0,)]


def posthog(number: int, clock: str, name: str, /, **properties: Any) -> dict[str, Any]:
    """A row of PostHog's batch export, whose properties are JSON in a text."""
    return {
        "uuid": f"01959214-2a21-7cb4-9bc2-b347c93be{number:03}",
        "event": name,
        "distinct_id": "01959213-aaaa",
        "properties": json.dumps(
            {
                "$device_id": "01959213-aaaa",
                "$session_id": "01959213-bbbb",
                "$pathname": "/tea",
                "$device_type": "Mobile",
                "$raw_user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3_1) Safari/604.1",
                "$lib": "web",
                **properties,
            }
        ),
        "timestamp": f"2026-03-01T{clock}.962000Z",
        "created_at": f"2026-03-01T{clock}.999000Z",
    }


POSTHOG = [
    posthog(1, "02:00:00", "$pageview", utm_source="Newsletter"),
    posthog(2, "02:00:10", "$autocapture"),
    posthog(3, "02:00:20", "Product Added", product_id="p1"),
    # half a day in one session of the client
    posthog(4, "12:00:00", "Order Completed", **{"$user_id": "u1", "order_id": "o1"}),
    posthog(5, "12:00:10", "$pageview", **{"$raw_user_agent": "PostHog-Bot/1.0"}),
]


def test_posthog(project: Project) -> None:
    project.variables["event_presets"] = {"web.events": "posthog"}
    lines(project, POSTHOG)
    project.dbt(*SELECTED).check()
    assert [tuple(map(str, row)) for row in project.query(EVENTS)] == [
        ("$pageview", "page_viewed", "/tea", *3 * ("None",)),
        ("$autocapture", "link_clicked", "/tea", *3 * ("None",)),
        ("product added", "product_added", "/tea", "p1", "None", "None"),
        ("order completed", "order_completed", "/tea", "None", "None", "web-o1"),
    ]
    assert project.query(SESSIONS) == [
        (1, 0, 1, "web-o1", True, "Newsletter",
         "2026-03-01 02:00:00.962", "2026-03-01 12:00:00.962"),
    ]  # fmt: skip
    assert project.query("select reason_code from quality.rejected_records") == [("known_bot",)]


def test_rudderstack_is_read_as_segment(project: Project) -> None:
    """Of its warehouse tables tracks and pages; a page has a name, none of an event."""
    shared = {
        "anonymous_id": "r-1",
        "context_session_id": micros("2026-03-01 02:00:00") // 1000,
        "context_campaign_source": "Newsletter",
        "context_page_path": "/tea",
    }
    lines(
        project,
        [
            {"id": "m1", "path": "/", "name": "Home", "timestamp": "2026-03-01T02:00:00.000Z",
             "received_at": "2026-03-01T02:00:01.000Z", **shared},
            {"id": "m2", "event": "product_added", "event_text": "Product Added",
             "product_id": "p1", "user_id": "u1", "timestamp": "2026-03-01T02:50:00.000Z",
             "received_at": "2026-03-01T02:50:01.000Z", **shared},
        ],
    )  # fmt: skip
    project.variables["event_presets"] = {"web.events": "segment"}
    project.dbt(*SELECTED).check()
    assert project.query(SESSIONS) == [
        (1, 0, 1, None, True, "Newsletter", "2026-03-01 02:00:00", "2026-03-01 02:50:00"),
    ]


def test_orders_that_only_events_tell_of(project: Project) -> None:
    """The script of the guide makes them of Snowplow's purchases, one sent twice."""
    shop = "com_snowplowanalytics_snowplow_ecommerce"
    purchase = {
        f"unstruct_event_{shop}_snowplow_ecommerce_action_1_0_0": {"type": "transaction"},
        f"contexts_{shop}_transaction_1_0_0": [
            {"transaction_id": "T1", "revenue": 38.5, "currency": "EUR"}
        ],
        f"contexts_{shop}_product_1_0_0": [
            {"id": "p1", "price": 25.0, "quantity": None, "brand": "Leaf"},
            {"id": "p2", "price": 12.5, "quantity": None, "brand": "Clay"},
        ],
        f"contexts_{shop}_user_1_0_0": [{"id": "U1"}],
        "user_id": None,
    }
    lines(
        project,
        [
            snowplow(1, "02:00:00", "unstruct", **purchase),
            snowplow(2, "02:01:00", "unstruct", **purchase),
            snowplow(3, "02:02:00", "unstruct", **purchase | {
                f"unstruct_event_{shop}_snowplow_ecommerce_action_1_0_0": {"type": "product_view"},
                f"contexts_{shop}_transaction_1_0_0": [],
            }),
        ],
    )  # fmt: skip
    path = project.raw / "web" / "events.jsonl"
    duckdb.execute(f"copy (from '{path}') to '{path.with_suffix('.parquet')}'")
    path.unlink()
    guide = (ROOT / "docs" / "event_mapping.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    script = script.replace("my_shop", project.dataset)
    subprocess.run([sys.executable, "-c", script], cwd=project.home, check=True)
    project.variables |= {
        "event_presets": {"web.events": "snowplow"},
        "allow_missing_columns": True,
        "reporting_currency": "EUR",
    }
    project.dbt(*SELECTED, "--select", "+orders", "+order_lines").check()
    assert project.query(
        "select order_id, net_amount::text, currency, total_difference::text, ordered_at::text"
        " from core.orders"
    ) == [("web-T1", "37.5000", "EUR", "1.0000", "2026-03-01 02:00:00.6")]
    assert project.query("select product_id, quantity, net_amount from core.order_lines") == [
        ("p1", 1, 25),
        ("p2", 1, 12.5),
    ]
    # the buyer of the order is the one of the session
    assert project.query(
        "select sessions.orders_completed, sessions.profile_id = orders.profile_id"
        " from core.web_sessions as sessions inner join core.orders as orders using (order_id)"
    ) == [(1, True)]
