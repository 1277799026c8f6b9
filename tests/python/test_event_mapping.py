"""Exports of event collectors are read by a preset: names of events, columns, sessions, bots.

Rows have the columns of such exports, those of GA4 as BigQuery writes them, nested.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from tests.python.project import BEGUN, SMALL_SHOP, Project

pytestmark = [pytest.mark.build, pytest.mark.usefixtures("begun")]

#: What is built to see events in sessions and counted.
SELECTED = (
    *("build", "--exclude-resource-type", "unit_test", *BEGUN),
    *("--select", "+web_sessions", "+event_counts", "+rejected_records", "+row_conservation"),
    *("reject_reasons", "--indirect-selection", "cautious"),
)

EVENTS = """
    select event_name, event_type, page_path, product_id, search_query, order_id
    from input.input_events order by occurred_at, event_id
"""


def lines(project: Project, rows: list[dict[str, Any]]) -> None:
    """Write web.events as JSON lines, as an export has it."""
    path = project.raw / "web" / "events.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def micros(text: str) -> int:
    """Microseconds since 1970."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def segment(number: int, clock: str, name: str, /, **cells: Any) -> dict[str, Any]:
    """A call of Segment, as its raw logs have it."""
    kind = name if name in ("page", "identify") else "track"
    properties = cells.pop("properties", {})
    return {
        "anonymousId": "s-1",
        "context": {
            "page": {"path": "/academy/", "url": "https://shop.example/academy/?a=1"},
            "campaign": {"source": "Newsletter", "medium": "email", "name": "spring"},
            "userAgent": "Mozilla/5.0 (Macintosh) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
        },
        "messageId": f"m{number}",
        "receivedAt": f"2026-03-01T{clock}:01.500Z",
        "timestamp": f"2026-03-01T{clock}:00.000Z",
        "type": kind,
        **({"event": name} if kind == "track" else {}),
        "properties": properties,
        **cells,
    }


SEGMENT = [
    segment(1, "02:00", "page", properties={"path": "/", "title": "Home"}),
    segment(2, "02:01", "Products Searched", properties={"query": "green tea"}),
    segment(3, "02:02", "Product Viewed", properties={"product_id": "p1", "price": 18.99}),
    # a list on a page, and another: neither is a page
    segment(8, "02:02", "Product List Viewed", properties={"list_id": "l1"}),
    segment(9, "02:02", "Product List Viewed", properties={"list_id": "l2"}),
    segment(4, "02:03", " product ADDED ", properties={"product_id": "p1"}),
    segment(5, "02:04", "Clicked CTA", properties={"label": "x"}),
    segment(
        *(6, "02:10", "Order Completed"),
        userId="w1",
        properties={"order_id": "o1", "total": 27.5, "products": [{"product_id": "p2"}]},
    ),
    segment(
        *(7, "02:20", "page"),
        context={"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://x/bot.html)"},
    ),
]


def test_segment(project: Project) -> None:
    project.variables["event_presets"] = {"web.events": "segment"}
    lines(project, SEGMENT)
    project.dbt(*SELECTED).check()
    assert [tuple(map(str, row)) for row in project.query(EVENTS)] == [
        ("page", "page_viewed", "/", "None", "None", "None"),
        ("products searched", "product_searched", "/academy/", "None", "green tea", "None"),
        ("product viewed", "product_viewed", "/academy/", "p1", "None", "None"),
        *2 * [("product list viewed", "product_list_viewed", "/academy/", *3 * ("None",))],
        ("product added", "product_added", "/academy/", "p1", "None", "None"),
        ("clicked cta", "clicked cta", "/academy/", "None", "None", "None"),
        ("order completed", "order_completed", "/academy/", "p2", "None", "web-o1"),
    ]
    assert project.query(
        "select page_views, product_views, searches, cart_adds, order_id, utm_source, is_signed_in"
        " from core.web_sessions"
    ) == [(2, 1, 1, 1, "web-o1", "Newsletter", True)]
    assert project.query(
        "select reason_code, count(*) from quality.rejected_records group by 1"
    ) == [("known_bot", 1)]
    assert project.query(
        "select event_name, event_type, events, visitors, first_date::text"
        " from quality.event_counts where not is_known order by event_name"
    ) == [
        ("clicked cta", None, 1, 1, "2026-03-01"),
    ]
    assert project.query("select difference from quality.row_conservation where raw_rows > 0") == [
        (0,)
    ]


def ga4(clock: str, name: str, /, session: int = 1, **params: Any) -> dict[str, Any]:
    """A row of GA4's export to BigQuery."""
    values = {"ga_session_id": session, "page_location": "https://shop.example/p/1", **params}
    kinds = {int: "int_value", float: "double_value", str: "string_value"}
    empty = dict.fromkeys(("string_value", "int_value", "float_value", "double_value"))
    return {
        "event_date": "20260301",
        "event_timestamp": micros(f"2026-03-01 {clock}"),
        "event_name": name,
        "event_params": [
            {"key": key, "value": {**empty, kinds[type(value)]: value}}
            for key, value in values.items()
        ],
        "user_pseudo_id": "1026454.4271112504",
        "device": {"category": "mobile", "language": "zh"},
        "ecommerce": {"transaction_id": "o1" if name == "purchase" else None},
        "items": [{"item_id": "p1", "item_brand": "Leaf"}]
        if name in ("view_item", "purchase")
        else [],
    }


GA4 = [
    ga4("02:00:00", "page_view", engagement_time_msec=1500),
    ga4("02:00:05", "view_search_results", search_term="tea"),
    # of one page: the page itself, what is on it, and a carousel
    ga4("02:01:00", "view_item"),
    ga4("02:01:01", "view_item_list", page_location="https://shop.example/p/2"),
    # two hours in one session of the client; another tab within it
    ga4("02:30:00", "page_view", session=2),
    ga4("04:01:00", "purchase", value=36.0),
    ga4("04:05:00", "scroll", percent_scrolled=90),
    # the page was left open: no session
    ga4("09:00:00", "user_engagement", session=3, engagement_time_msec=4000),
]


@pytest.mark.parametrize("file_format", ["parquet", "jsonl"])
def test_ga4(project: Project, file_format: str) -> None:
    project.variables["event_presets"] = {"web.events": "ga4"}
    lines(project, GA4)
    if file_format == "parquet":
        path = project.raw / "web" / "events.jsonl"
        duckdb.execute(f"copy (from '{path}') to '{path.with_suffix('.parquet')}'")
        path.unlink()
    result = project.dbt(*SELECTED).check()
    assert "left out, as seed event_columns reads nothing from them: event_date" in " ".join(
        result.output.split()
    )
    assert [tuple(map(str, row)) for row in project.query(EVENTS)] == [
        ("page_view", "page_viewed", "/p/1", "None", "None", "None"),
        ("view_search_results", "product_searched", "/p/1", "None", "tea", "None"),
        ("view_item", "product_viewed", "/p/1", "p1", "None", "None"),
        ("view_item_list", "product_list_viewed", "/p/2", "None", "None", "None"),
        ("page_view", "page_viewed", "/p/1", "None", "None", "None"),
        ("purchase", "order_completed", "/p/1", "p1", "None", "web-o1"),
        ("scroll", "scroll", "/p/1", "None", "None", "None"),
        ("user_engagement", "page_pinged", "/p/1", "None", "None", "None"),
    ]
    assert project.query(
        "select page_views, searches, order_id, engaged_seconds::text, device_type,"
        " started_at::text, ended_at::text from core.web_sessions order by started_at"
    ) == [
        (1, 1, "web-o1", "1.50", "mobile", "2026-03-01 02:00:00", "2026-03-01 04:05:00"),
        (1, 0, None, "0.00", "mobile", "2026-03-01 02:30:00", "2026-03-01 02:30:00"),
    ]


def snowplow(number: int, clock: str, event: str, /, **cells: Any) -> dict[str, Any]:
    """A row of Snowplow's table of atomic events."""
    return {
        "app_id": "shop",
        "event_id": f"c6ef3124-b53a-4b13-a233-0088f79dcb{number:02}",
        "event": event,
        "event_name": event,
        "domain_userid": "bc2e92ec",
        "domain_sessionid": "8fce",
        "page_urlpath": "/cart",
        "useragent": "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Firefox/119.0",
        "collector_tstamp": f"2026-03-01 {clock}.600",
        "derived_tstamp": f"2026-03-01 {clock}.000",
        **cells,
    }


#: Columns carry the versions of their schemas, of which a table has several; a context is a list.
ACTION = "unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1_0_2"
PRODUCT = "contexts_com_snowplowanalytics_snowplow_ecommerce_product_1_0_0"
NEWER_PRODUCT = "contexts_com_snowplowanalytics_snowplow_ecommerce_product_1_0_1"
BUYER = "contexts_com_snowplowanalytics_snowplow_ecommerce_user_1_0_0"
SESSION = "contexts_com_snowplowanalytics_snowplow_client_session_1_0_2"
BOTS = "contexts_com_iab_snowplow_spiders_and_robots_1_0_0"
SNOWPLOW = [
    snowplow(1, "02:00:00", "page_view"),
    snowplow(2, "02:00:10", "page_ping"),
    snowplow(3, "02:00:20", "page_ping"),
    snowplow(4, "02:00:25", "unstruct", event_name="link_click"),
    snowplow(
        *(5, "02:00:30", "unstruct"),
        **{
            "event_name": "snowplow_ecommerce_action",
            ACTION: {"type": "add_to_cart"},
            PRODUCT: [{"id": "p2", "brand": "Clay"}],
            NEWER_PRODUCT: [],
        },
    ),
    snowplow(6, "02:00:40", "struct", event_name="event", se_action="share"),
    snowplow(7, "02:00:35", "unstruct", **{ACTION: {"type": "list_view"}}),
    snowplow(8, "02:00:36", "unstruct", **{ACTION: {"type": "product_view"}}),
    # the app of the shop: no cookie, its own session, a newer schema, and who buys
    snowplow(
        *(9, "05:00:00", "unstruct"),
        **{
            "domain_userid": None,
            "domain_sessionid": None,
            "page_urlpath": None,
            "platform": "mob",
            ACTION: {"type": "add_to_cart"},
            NEWER_PRODUCT: [{"id": "p3", "brand": "Leaf"}],
            BUYER: [{"id": "U12345", "is_guest": False}],
            SESSION: [{"user_id": "a163", "session_id": "c04b"}],
        },
    ),
    # what Snowplow knows of the address that a browser calls from
    snowplow(10, "02:00:15", "page_ping", **{BOTS: [{"category": "BROWSER"}]}),
    snowplow(11, "02:00:16", "page_view", **{BOTS: [{"category": "ACTIVE_SPIDER_OR_ROBOT"}]}),
    snowplow(
        12, "02:00:17", "page_view", useragent=None, **{BOTS: [{"category": "SPIDER_OR_ROBOT"}]}
    ),
]


def test_snowplow(project: Project) -> None:
    project.variables["event_presets"] = {"web.events": "snowplow"}
    lines(project, SNOWPLOW)
    project.dbt(*SELECTED).check()
    assert project.query(
        "select page_views, cart_adds, engaged_seconds::text, ended_at::text, device_type,"
        " is_signed_in from core.web_sessions order by ended_at"
    ) == [
        (1, 1, "30.00", "2026-03-01 02:00:40", None, False),
        (0, 1, "0.00", "2026-03-01 05:00:00", "mob", True),
    ]
    assert project.query(
        "select natural_key[-2:], reason_code from quality.rejected_records order by 1"
    ) == [("11", "known_bot"), ("12", "known_bot")]
    assert project.query(
        "select event_name, event_type, events from quality.event_counts order by event_name"
    ) == [
        ("add_to_cart", "product_added", 2),
        ("link_click", "link_clicked", 1),
        ("list_view", "product_list_viewed", 1),
        ("page_ping", "page_pinged", 3),
        ("page_view", "page_viewed", 1),
        ("product_view", "product_viewed", 1),
        ("share", None, 1),
    ]
    assert project.query(
        "select product_id, brand, anonymous_id, client_session_id, user_id"
        " from input.input_events where brand is not null order by product_id"
    ) == [("p2", "Clay", "bc2e92ec", "8fce", None), ("p3", "Leaf", "a163", "c04b", "U12345")]


def sensors(clock: str, event: str, /, **properties: Any) -> dict[str, Any]:
    """A line of Sensors Data's log; its random number is nobody's alone."""
    return {
        "_track_id": 348202118,
        "distinct_id": "0f485d4daaadedae5f",
        "anonymous_id": "0f485d4daaadedae5f",
        "time": micros(f"2026-03-01 {clock}") // 1000,
        "type": "track",
        "event": event,
        "project": "ebiz_test",
        "properties": {"$os": "iOS", "$url_path": "/首页", **properties},
    }


SENSORS: list[dict[str, Any]] = [
    sensors("02:00:00", "$AppStart"),
    sensors("02:00:05", "$AppViewScreen", **{"$utm_source": "wechat"}),
    sensors("02:00:10", "ViewProduct", product_id=12345, product_classify="水果"),
    # sent twice; of two in one millisecond the number tells them apart
    sensors("02:00:10", "ViewProduct", product_id=12345, product_classify="水果"),
    sensors("02:00:20", "领取优惠券"),
    {**sensors("02:00:20", "领取优惠券"), "_track_id": 348202119},
    {**sensors("02:00:20", "领取优惠券"), "distinct_id": "9d", "anonymous_id": "9d"},
    {**sensors("02:00:25", "领取优惠券"), "_track_id": None},
    {**sensors("02:00:30", "$SignUp"), "type": "track_signup", "login_id": "w1"},
]


def test_sensors_data(project: Project) -> None:
    project.variables["event_presets"] = {"web.events": "sensors"}
    lines(project, SENSORS)
    project.dbt(*SELECTED).check()
    assert project.query(
        "select page_views, product_views, is_signed_in, device_type, landing_page"
        " from core.web_sessions order by started_at"
    ) == [(1, 1, True, "ios", "/首页"), (0, 0, False, "ios", "/首页")]
    assert project.query(
        "select event_name, event_type, events from quality.event_counts"
        " order by first_date, event_name"
    ) == [
        ("$appstart", "app_opened", 1),
        ("$appviewscreen", "page_viewed", 1),
        ("$signup", "signed_in", 1),
        ("viewproduct", "product_viewed", 1),
        ("领取优惠券", None, 4),
    ]
    assert project.query(
        "select product_id, category from input.input_events where category <> ''"
    ) == [("12345", "水果")]


def test_a_clock_years_off_is_a_reason(project: Project) -> None:
    event = SMALL_SHOP["web.events"][0]
    times = {
        "slow": ("2019-03-01 02:00", "2026-03-01 02:01"),
        "fast": ("2031-03-01 02:00", "2026-03-01 02:01"),
        "right": ("2026-03-01 02:00", "2026-03-01 02:01"),
        "1970": ("1970-01-01 00:00", "2026-03-01 02:01"),
    }
    project.write(
        "web.events",
        [
            {**event, "event_id": name, "occurred_at": occurred, "received_at": received,
             "loaded_at": "2026-03-02 00:00"}
            for name, (occurred, received) in times.items()
        ],
    )  # fmt: skip
    project.dbt(*SELECTED).check()
    assert project.query(
        "select natural_key, reason_code from quality.rejected_records order by natural_key"
    ) == [("1970", "before_start"), ("fast", "in_the_future"), ("slow", "clock_off")]
    assert project.query("select as_of_date::text from behaviour.int_behaviour__as_of") == [
        ("2026-03-01",)
    ]


def test_an_export_without_what_makes_an_event_is_refused(project: Project) -> None:
    project.variables["event_presets"] = {"web.events": "ga4"}
    lines(project, SEGMENT)
    result = project.dbt(*SELECTED)
    assert not result.success
    said = " ".join(result.output.split())
    assert "there is no column for event_id; expected _fivetran_id | user_pseudo_id + event" in said
    assert "(seed event_columns, variable event_presets)" in said
