"""Orders, lines and touches with their customers, and the products and stores in them.

From the descriptions in `models/behaviour` and `models/core`.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from tests.python.independent.keys import (
    account_profile,
    buyer_profile,
    caller_profile,
    cookie_profile,
    guest_profile,
    member_profile,
    shopper_profile,
    wechat_profile,
)
from tests.python.independent.world import Row, Rows, World, table

ZERO = Decimal(0)

#: Per channel: orders, lines, and how they call the order's number, the one that it returns and
#: the time.
CHANNELS = {
    "pos": ("pos__receipts", "pos__receipt_lines", "receipt_id", "returns_receipt_id", "sold_at"),
    "web": ("web__orders", "web__order_lines", "order_id", "returns_order_id", "ordered_at"),
    "wechat": (
        "wechat__orders",
        "wechat__order_lines",
        "order_id",
        "returns_order_id",
        "ordered_at",
    ),
    "marketplace": (
        "marketplace__orders",
        "marketplace__order_lines",
        "order_id",
        "returns_order_id",
        "ordered_at",
    ),
}


def reported(amount: Decimal | None, rate: Decimal) -> Decimal | None:
    """An amount of an order in the reporting currency, with four decimals."""
    return None if amount is None else (amount * rate).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def own_profile_id(world: World, channel: str, order: Row) -> str | None:
    """Whom an order names: card and phone at the till, the account or else the cookie or else the
    guest of the site, the WeChat user of the app, the buyer or else the guest of a marketplace."""
    if channel == "pos":
        return shopper_profile(world.salt, order["card_no"], order["phone"])
    if channel == "wechat":
        return wechat_profile(world.salt, order["app_id"], order["openid"])
    if channel == "marketplace":
        return buyer_profile(world.salt, order["buyer_id"]) or guest_profile(
            world.salt, order["phone"], order["email"], channel
        )
    login, cookie = order["user_id"], order["anonymous_id"]
    return (
        account_profile(world.salt, login)
        or cookie_profile(world.salt, cookie)
        or guest_profile(world.salt, order["phone"], order["email"])
    )


@table("steps.one_id_of_profile")
def one_id_of_profile(world: World) -> Rows:
    """The bridge as one row: which customer each profile is."""
    return [{row["profile_id"]: row["one_id"] for row in world["core.customer_profiles"]}]


def one_ids(world: World) -> dict[str | None, str | None]:
    """Which customer each profile is; nobody where it is unknown (`.get`)."""
    return world["steps.one_id_of_profile"][0]


@table("steps.lines_by_order")
def lines_by_order(world: World) -> Rows:
    """Staged lines of all channels as one row: by order, in the order of their numbers."""
    lines: dict[str, Rows] = defaultdict(list)
    for channel, (order_table, line_table, key, _, _) in CHANNELS.items():
        discounts = [
            {
                key: order[key],
                "line_no": -1,
                "product_id": None,
                "quantity": ZERO,
                "list_amount": ZERO,
                "net_amount": -order["discount_amount"],
                "coupon_amount": ZERO,
                "exchange_rate": order["exchange_rate"],
            }
            for order in world[f"staging.stg_{order_table}"]
            if order["discount_amount"]
        ]
        for line in [*world[f"staging.stg_{line_table}"], *discounts]:
            rate = line["exchange_rate"]
            net = reported(line["net_amount"], rate) or ZERO
            listed = reported(line["list_amount"], rate)
            listed = net if listed is None else listed
            lines[f"{channel}-{line[key]}"].append(
                {
                    "line_no": line["line_no"],
                    "product_id": line["product_id"],
                    "quantity": line["quantity"] or ZERO,
                    "net_amount": net,
                    "list_amount": listed,
                    "discount_amount": listed - net,
                    "coupon_amount": reported(line["coupon_amount"], rate) or ZERO,
                    "original_net_amount": line["net_amount"] or ZERO,
                }
            )
    for rows in lines.values():
        rows.sort(key=lambda line: line["line_no"])
    return [dict(lines)]


def header_of(order: Row, net: Decimal, tolerance: float) -> Row:
    """What the header says, and whether its total agrees with the lines.

    A tax is added to the lines or included in them, whichever brings the total nearer.
    """
    rate = order["exchange_rate"]
    shipping, tax, total = (
        reported(order[f"{name}_amount"], rate) for name in ("shipping", "tax", "total")
    )
    difference = None if total is None else total - net - (shipping or ZERO)
    basis = None
    if tax and difference is not None:
        basis = "added" if abs(difference - tax) < abs(difference) else "included"
        difference -= tax if basis == "added" else ZERO
    return {
        "currency": order["currency"],
        "exchange_rate": rate,
        "shipping_amount": shipping or ZERO,
        "tax_amount": tax or ZERO,
        "tax_basis": basis,
        "total_difference": difference,
        "is_reconciled": (
            None
            if total is None or difference is None
            else abs(difference) <= Decimal(str(tolerance)) * abs(total)
        ),
    }


@table("core.orders", key=["order_id"])
def orders(world: World) -> Rows:
    """Headers with the sums of their lines; what came back is netted on the sale it is of."""
    lines = world["steps.lines_by_order"][0]
    found: dict[str, Row] = {}
    named_by_a_return = set()
    for channel, (order_table, _, key, returns, time) in CHANNELS.items():
        for order in world[f"staging.stg_{order_table}"]:
            order_id = f"{channel}-{order[key]}"
            own_lines = lines.get(order_id, [])
            totals = {
                name: sum((line[name] for line in own_lines), ZERO)
                for name in (
                    *("net_amount", "list_amount", "discount_amount", "coupon_amount"),
                    "original_net_amount",
                )
            }
            returned = order[returns] and f"{channel}-{order[returns]}"
            # a discount of the whole may come to more than the goods
            goods = sum((x["net_amount"] for x in own_lines if x["line_no"] != -1), ZERO)
            is_return = bool(own_lines) and (goods < 0 or (goods == 0 and returned is not None))
            status = order.get("status", "completed")
            if is_return and status != "cancelled":
                named_by_a_return.add(returned)
            if order[time] > world.as_of_at:
                continue
            found[order_id] = {
                "order_id": order_id,
                "profile_id": own_profile_id(world, channel, order),
                "source_system": channel,
                "channel": channel,
                "store_id": order.get("store_id"),
                "payment_method": order["payment_method"],
                "source_order_id": order[key],
                "returned_order_id": returned,
                "order_status": status,
                **totals,
                **header_of(order, totals["net_amount"], world.setting("header_tolerance")),
                "item_quantity": sum((line["quantity"] for line in own_lines), ZERO),
                "line_count": len(own_lines),
                "is_return": is_return,
                "is_cancelled": status == "cancelled",
                "ordered_date": world.business_date(order[time]),
                "ordered_at": order[time],
            }
    taken_back: dict[str, Decimal] = defaultdict(Decimal)
    for order in found.values():
        sale = found.get(order["returned_order_id"])
        is_linked = order["is_return"] and sale is not None and not sale["is_return"]
        order["return_link_status"] = (
            "none" if not order["is_return"] else "linked" if is_linked else "unlinked"
        )
        order["profile_basis"] = "own" if order["profile_id"] else "none"
        if is_linked:
            if not order["is_cancelled"]:
                given_back = lines.get(order["order_id"], [])
                taken_back[sale["order_id"]] += sum(
                    (at_rate_of_sale(line, order, sale) for line in given_back), ZERO
                )
            if not order["profile_id"] and sale["profile_id"]:
                order["profile_id"] = sale["profile_id"]
                order["profile_basis"] = "returned_order"
    customer = one_ids(world)
    for order in found.values():
        order["one_id"] = customer.get(order["profile_id"])
        net, back = order["net_amount"], taken_back[order["order_id"]]
        order["returned_by"] = "receipt" if back else "none"
        is_refunded = order["order_status"] == "refunded" and not order["is_return"]
        if is_refunded and order["order_id"] not in named_by_a_return:
            order["returned_by"], back = "status", max(net, ZERO)
        order["returned_amount"] = ZERO if order["is_return"] else min(back, max(net, ZERO))
        order["excess_returned_amount"] = back - order["returned_amount"]
        is_netted = order["is_cancelled"] or order["return_link_status"] == "linked"
        order["kept_amount"] = ZERO if is_netted else net - order["returned_amount"]
    return list(found.values())


def at_rate_of_sale(line: Row, returning: Row, sale: Row) -> Decimal:
    """What a line of a return takes back: at the rate of the sale, if both are in one currency."""
    if returning["currency"] and returning["currency"] == sale["currency"]:
        return -(reported(line["original_net_amount"], sale["exchange_rate"]) or ZERO)
    return -line["net_amount"]


def returned_of_lines(
    sold: Rows, named: dict[str | None, Decimal], amount: Decimal
) -> dict[int, Decimal]:
    """What came back of each line: of lines of a returned product first, then of the others.

    A line gives back what it cost at most; one worth less than nothing, as an article taken in
    exchange, gives nothing. Of an order that came back whole each line did.

    Args:
        named: per product, what returns of it took back.
    """
    if amount and amount == sum(line["net_amount"] for line in sold):
        return {line["line_no"]: line["net_amount"] for line in sold}
    returned = {line["line_no"]: ZERO for line in sold}
    for wants_product in (True, False):
        for line in sold:
            room = max(line["net_amount"], ZERO) - returned[line["line_no"]]
            wanted = max(named[line["product_id"]], ZERO) if wants_product else amount
            taken = min(room, wanted, amount)
            returned[line["line_no"]] += taken
            named[line["product_id"]] -= taken
            amount -= taken
    return returned


@table("core.order_lines", key=["order_line_id"])
def order_lines(world: World) -> Rows:
    """Lines of the visible orders with the product as the master data knows it."""
    lines = world["steps.lines_by_order"][0]
    products = {row["product_id"]: row for row in world["staging.stg_pos__products"]}
    orders = {order["order_id"]: order for order in world["core.orders"]}
    named: dict[str, dict[str | None, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for order in orders.values():
        if order["return_link_status"] == "linked" and not order["is_cancelled"]:
            sale = orders[order["returned_order_id"]]
            for line in lines.get(order["order_id"], []):
                back = at_rate_of_sale(line, order, sale)
                named[sale["order_id"]][line["product_id"]] += back
    found = []
    for order in world["core.orders"]:
        order_id = order["order_id"]
        sold = lines.get(order_id, [])
        returned = returned_of_lines(sold, named[order_id], order["returned_amount"])
        is_netted = order["is_cancelled"] or order["return_link_status"] == "linked"
        for line in sold:
            product = products.get(line["product_id"], {})
            back = returned[line["line_no"]]
            found.append(
                {
                    **{k: v for k, v in line.items() if k != "original_net_amount"},
                    "order_line_id": f"{order_id}-{line['line_no']}",
                    **{
                        name: order[name]
                        for name in (
                            "order_id",
                            "one_id",
                            "profile_id",
                            "store_id",
                            "channel",
                            "return_link_status",
                            "is_return",
                            "is_cancelled",
                            "ordered_date",
                            "ordered_at",
                        )
                    },
                    **{name: product.get(name) for name in ("brand", "department", "category")},
                    "is_known_product": bool(product),
                    "returned_amount": back,
                    "kept_amount": ZERO if is_netted else line["net_amount"] - back,
                }
            )
    return found


@table("core.touches", key=["touch_id"])
def touches(world: World) -> Rows:
    """Contacts, messages, redemptions, tickets, calls, reviews that have a time, up to the date."""
    found = [*contacts(world), *messages(world), *redemptions(world)]
    found += [*tickets(world), *calls(world), *reviews(world)]
    customer = one_ids(world)
    nothing_else = dict.fromkeys(("campaign_id", "order_id", "product_id", "detail", "rating"))
    nothing_else |= {"is_delivered": True, "is_opened": False, "is_clicked": False}
    nothing_else |= {"is_unsubscribed": False}
    nothing_else |= dict.fromkeys(("direction", "agent_id", "outcome", "duration_seconds"))
    return [
        {
            **nothing_else,
            **touch,
            "touch_id": f"{touch['source_system']}-{touch['touch_type']}-{touch['touch_id']}",
            "one_id": customer.get(touch["profile_id"]),
            "touched_date": world.business_date(touch["touched_at"]),
        }
        for touch in found
        if is_seen(world, touch["touched_at"])
    ]


def is_seen(world: World, moment: object) -> bool:
    """Whether something happened by the as-of instant."""
    return moment is not None and moment <= world.as_of_at


def contacts(world: World) -> Rows:
    """Messages of campaigns to members; one that bounced or failed did not arrive."""
    return [
        {
            "source_system": "crm",
            "touch_type": "campaign_contact",
            "touch_id": row["contact_id"],
            "profile_id": member_profile(world.salt, row["member_id"]),
            "channel": row["channel"],
            "campaign_id": row["campaign_id"],
            "detail": row["status"],
            "is_delivered": row["status"] not in ("bounced", "failed"),
            "is_opened": is_seen(world, row["opened_at"]),
            "is_clicked": is_seen(world, row["clicked_at"]),
            "is_unsubscribed": is_seen(world, row["unsubscribed_at"]),
            "touched_at": row["sent_at"],
        }
        for row in world["staging.stg_crm__contacts"]
    ]


def messages(world: World) -> Rows:
    """Messages of the WeChat apps."""
    return [
        {
            "source_system": "wechat",
            "touch_type": "wechat_message",
            "touch_id": row["message_id"],
            "profile_id": wechat_profile(world.salt, row["app_id"], row["openid"]),
            "channel": "wechat",
            "campaign_id": row["campaign_id"],
            "detail": row["message_type"],
            "is_opened": is_seen(world, row["opened_at"]),
            "is_clicked": is_seen(world, row["clicked_at"]),
            "touched_at": row["sent_at"],
        }
        for row in world["staging.stg_wechat__messages"]
    ]


def redemptions(world: World) -> Rows:
    """Coupons redeemed; on which order only where one order of all channels has the number."""
    numbered = defaultdict(list)
    for order in world["core.orders"]:
        numbered[order["source_order_id"]].append(order)
    found = []
    for row in world["staging.stg_crm__coupon_redemptions"]:
        candidates = numbered.get(row["order_id"], [])
        order = candidates[0] if len(candidates) == 1 else {}
        found.append(
            {
                "source_system": "crm",
                "touch_type": "coupon_redemption",
                "touch_id": row["redemption_id"],
                "profile_id": member_profile(world.salt, row["member_id"]),
                "channel": order.get("channel"),
                "campaign_id": row["campaign_id"],
                "order_id": order.get("order_id"),
                "detail": row["coupon_id"],
                "touched_at": row["redeemed_at"],
            }
        )
    return found


def tickets(world: World) -> Rows:
    """Service tickets of a member, or else of the shopper without a card who has the phone.

    Satisfaction is asked for when the ticket is closed.
    """
    return [
        {
            "source_system": "crm",
            "touch_type": "service_ticket",
            "touch_id": row["ticket_id"],
            "profile_id": member_profile(world.salt, row["member_id"])
            or shopper_profile(world.salt, None, row["phone"]),
            "channel": row["channel"],
            "detail": row["topic"],
            "rating": row["satisfaction"]
            if row["closed_at"] is None or is_seen(world, row["closed_at"])
            else None,
            "touched_at": row["opened_at"],
        }
        for row in world["staging.stg_crm__service_tickets"]
    ]


def calls(world: World) -> Rows:
    """Calls of the call centre; a grade is 1 to 5, and who was not reached got no call."""
    return [
        {
            "source_system": "call_centre",
            "touch_type": "call",
            "touch_id": row["call_id"],
            "profile_id": caller_profile(world.salt, row["phone"]),
            "channel": "phone",
            "detail": row["topic"],
            "direction": row["direction"],
            "agent_id": row["agent_id"],
            "outcome": row["outcome"],
            "rating": row["satisfaction"] if row["satisfaction"] in range(1, 6) else None,
            "duration_seconds": row["duration_seconds"],
            "is_delivered": not is_unanswered(row["outcome"] or ""),
            "touched_at": row["started_at"],
        }
        for row in world["staging.stg_call_centre__calls"]
    ]


def is_unanswered(outcome: str) -> bool:
    """Whether a call reached nobody."""
    lost = {"missed", "voicemail", "no_answer", "unanswered", "busy", "failed"}
    return outcome.replace("-", "_") in lost or outcome.startswith("abandoned")


def reviews(world: World) -> Rows:
    """Reviews on the site."""
    return [
        {
            "source_system": "web",
            "touch_type": "review",
            "touch_id": row["review_id"],
            "profile_id": account_profile(world.salt, row["user_id"]),
            "channel": "web",
            "order_id": row["order_id"] and f"web-{row['order_id']}",
            "product_id": row["product_id"],
            "rating": row["rating"],
            "touched_at": row["reviewed_at"],
        }
        for row in world["staging.stg_web__reviews"]
    ]


@table("core.products", key=["product_id"])
def products(world: World) -> Rows:
    """Products of the master data, and those that orders name without it."""
    days = defaultdict(list)
    for line in world["core.order_lines"]:
        days[line["product_id"]].append(line["ordered_date"])
    details = (
        "product_name",
        "brand",
        "department",
        "category",
        "subcategory",
        "colour",
        "list_price",
        "launched_date",
    )
    return sold_things(world["staging.stg_pos__products"], "product_id", details, days)


@table("core.stores", key=["store_id"])
def stores(world: World) -> Rows:
    """Stores of the master data, and those that receipts name without it."""
    days = defaultdict(list)
    for order in world["core.orders"]:
        days[order["store_id"]].append(order["ordered_date"])
    details = ("store_name", "province", "city", "store_type", "opened_date")
    return sold_things(world["staging.stg_pos__stores"], "store_id", details, days)


def sold_things(
    master: Rows, key: str, details: tuple[str, ...], days: dict[str | None, list]
) -> Rows:
    """Rows of the master data and of what was sold without it, with its first and last day."""
    known = {row[key]: row for row in master}
    return [
        {
            key: name,
            **{detail: known.get(name, {}).get(detail) for detail in details},
            "is_known": name in known,
            "first_sold_date": min(days.get(name, []), default=None),
            "last_sold_date": max(days.get(name, []), default=None),
        }
        for name in sorted(known.keys() | {name for name in days if name is not None})
    ]
