"""CRM: members, consents, campaign contacts, coupons used, tickets."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from one360.datasets.simulate import mess
from one360.datasets.simulate.campaigns import Targets
from one360.datasets.simulate.catalogue import Catalogue
from one360.datasets.simulate.identities import Identities, masked
from one360.datasets.simulate.names import nearly_the_same, written
from one360.datasets.simulate.orders import CANCELLED, MARKET, POS, WEB, Orders
from one360.datasets.simulate.people import PROSPECT, People, person_ids
from one360.datasets.simulate.pos import LAST_ARRIVAL
from one360.datasets.simulate.tables import TABLES
from one360.datasets.simulate.text import (
    Bools,
    Ints,
    join,
    lookup,
    numbered,
    take,
    where,
)
from one360.datasets.simulate.timeline import (
    DAY,
    END,
    START,
    extracted_at,
    timestamps,
)
from one360.datasets.simulate.truth import profiles
from one360.datasets.simulate.writer import batch, time_text

LEVELS = ("普卡", "银卡", "金卡", "钻石卡")
JOIN_CHANNELS = ("store", "web", "wechat", "app", "event")
ROADS = ("人民路", "解放路", "中山路", "建设路", "和平路", "长江路", "文化路")
CONSENT_CHANNELS = ("sms", "email", "phone", "wechat", "app_push")
CONSENT_GRANTED = (0.78, 0.6, 0.4, 0.7, 0.35)
CONSENT_CHANGED = 0.06
TICKETS_PER_BUYER = 0.2
REDEEMED_CAUSED = 0.65  # of the orders a campaign caused
REDEEMED_OTHER = 0.1  # of other orders of treated members in the window
TOPICS: tuple[tuple[str, str], ...] = (
    ("物流", "快递三天没有更新，请尽快处理"),
    ("物流", "包裹外箱破损，要求补发"),
    ("退换货", "尺码不合适，申请换货"),
    ("退换货", "退款迟迟未到账"),
    ("产品质量", "收到的商品有瑕疵，客户情绪激动"),
    ("产品质量", "保质期不足，要求说明"),
    ("会员", "积分没有到账"),
    ("会员", "忘记绑定的手机号，需要人工核实"),
    ("优惠券", "优惠券无法使用"),
    ("咨询", "咨询门店营业时间"),
    ("咨询", "询问新品上架时间，态度友好"),
)
TICKET_CHANNELS = ("phone", "wechat", "web", "store")
SEVERITIES = ("low", "medium", "high")


def joined_at(rng: np.random.Generator, people: People) -> Ints:
    """When each person became a member (if one), in local seconds.

    Never after the first order, so that a card on a receipt makes sense.
    """
    n = people.n
    from_day = np.floor(people.active_from).astype(np.int64)
    before = rng.integers(1, 1900, n)
    soon = np.where(rng.random(n) < 0.6, 0, rng.integers(0, 60, n))
    day = np.where(from_day > 0, from_day - soon, -before)
    prospect = people.life_cycle == PROSPECT
    day = np.where(prospect, rng.integers(-900, (END - START) // DAY - 5, n), day)
    return START + day * DAY + rng.integers(6 * 3600, 8 * 3600, n)


def _birthdays(
    rng: np.random.Generator, people: People, person: Ints, given: float
) -> pa.StringArray:
    n = len(person)
    days = pa.array(people.birth_day[person].astype(np.int32))
    text = pc.strftime(days.cast(pa.date32()), format="%Y-%m-%d")
    draw = rng.random(n)
    text = where(draw < mess.BIRTHDAY_1900, "1900-01-01", text)
    odd = draw > 1 - mess.BIRTHDAY_IMPOSSIBLE
    which = rng.integers(0, len(mess.BAD_BIRTHDAYS), n)
    text = where(odd, take(mess.BAD_BIRTHDAYS, which), text)
    return masked(text, rng.random(n) < given)


def birthdays(rng: np.random.Generator, people: People, person: Ints) -> pa.StringArray:
    """Birthdays as given: some missing, some a default, some impossible."""
    return _birthdays(rng, people, person, 0.75)


def make_members(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    catalogue: Catalogue,
    joined: Ints,
) -> dict[str, pa.Table]:
    """crm.members, crm.member_consents and truth of one block."""
    once = np.flatnonzero(people.is_member)
    twice = np.flatnonzero(ids.is_double_member)
    person = np.concatenate([once, twice])
    n = len(person)
    is_second = np.arange(n) >= len(once)
    number = 2 * people.index[person] + is_second
    member_ids = ids.member_ids(number)
    join_time = joined[person] + np.where(is_second, rng.integers(1, 400, n) * DAY, 0)
    join_time = np.minimum(join_time, END - DAY)
    updated = join_time + rng.integers(0, 200, n) * DAY
    updated = np.minimum(updated, END - 3600)

    name = written(rng, people.names.pick(person))
    similar = nearly_the_same(rng, people.names.pick(person))
    name = where(is_second, similar, name)
    # The second membership comes with the phone or the address of the first.
    phone = ids.crm_phone[person]
    has_email = ids.crm_has_email[person]
    own_phone = (phone > 0) & (people.household[person] < 0)
    has_email |= ids.is_double_member[person] & ~own_phone
    unionid_given = ids.crm_has_unionid[person] & ~is_second
    phone = mess.spoil_phones(rng, phone)
    email = masked(ids.email.take(pa.array(person)), has_email)
    email, is_test = mess.write_emails(rng, email)
    birth = birthdays(rng, people, person)
    sex = np.where(people.is_male[person], 0, 1)
    gender_style = rng.choice(3, n, p=[0.6, 0.25, 0.15])
    gender = np.where(rng.random(n) < 0.12, -1, sex + 2 * gender_style)
    genders = ["男", "女", "M", "F", "male", "female"]
    spend = np.clip(people.orders[person] // 8, 0, 3)
    city = np.where(rng.random(n) < 0.08, -1, people.city[person])
    address = join(
        take(ROADS, rng.integers(0, len(ROADS), n)),
        pa.array(rng.integers(1, 900, n)).cast(pa.string()),
        "号",
    )
    first_store, stores = catalogue.stores_of_city
    home = people.city[person]
    store = first_store[home] + people.index[person] * 7 % stores[home]
    join_channel = rng.choice(5, n, p=[0.5, 0.15, 0.2, 0.1, 0.05])
    status = np.where(rng.random(n) < 0.97, 0, 1)
    married = rng.integers(0, 2, n)
    size = 1 + married + rng.binomial(2, 0.3, n)
    known = rng.random(n) < 0.4
    joined_text = time_text(timestamps(join_time))
    has_older = (rng.random(n) < mess.SUPERSEDED_MEMBER) & (updated > join_time)
    joined_text, bad_joined = mess.spoil_dates(rng, joined_text, ~has_older)
    birth, bad_birth = mess.spoil_dates(rng, birth, ~has_older & np.asarray(pc.is_valid(birth)))
    loaded = mess.arrival(rng, extracted_at(updated), LAST_ARRIVAL)
    columns = {
        "member_id": member_ids,
        "card_no": ids.cards(number),
        "full_name": name,
        "gender": take(genders, gender),
        "birth_date": birth,
        "mobile": mess.write_phones(rng, phone),
        "email": email,
        "province": take(catalogue.province, city),
        "city": take(catalogue.city, city),
        "address": masked(address, rng.random(n) < 0.5),
        "card_level": take(LEVELS, spend),
        "joined_at": joined_text,
        "joined_store_id": take(catalogue.store_ids, np.where(join_channel == 0, store, -1)),
        "join_channel": take(JOIN_CHANNELS, join_channel),
        "unionid": masked(ids.unionid.take(pa.array(person)), unionid_given),
        "status": take(["active", "frozen"], status),
        "age_band": pa.nulls(n, pa.string()),
        "income_band": pa.nulls(n, pa.string()),
        "marital_status": take(["single", "married"], np.where(known, married, -1)),
        "household_size": take([str(count) for count in range(6)], np.where(known, size, -1)),
        "kids_count": take(
            ["0", "1", "2"],
            np.where(known, np.clip(size - 1 - married, 0, 2), -1),
        ),
        "home_ownership": pa.nulls(n, pa.string()),
        "updated_at": time_text(timestamps(updated)),
        "loaded_at": time_text(timestamps(loaded)),
    }
    rows = batch("crm.members", columns)
    tables = [
        rows,
        _older_versions(rng, rows, np.flatnonzero(has_older), join_time),
        _test_members(rng, block, people.n),
    ]
    owners = people.index[person]
    valid = ~(bad_joined | bad_birth | is_test)
    return {
        "crm.members": mess.with_duplicates(rng, pa.concat_tables(tables)),
        "crm.member_consents": _consents(rng, member_ids, join_time, updated),
        "truth.profiles": profiles(
            "crm_member",
            member_ids.filter(pa.array(valid)),
            person_ids(owners[valid]),
        ),
    }


def _older_versions(
    rng: np.random.Generator, rows: pa.Table, stale: Ints, join_time: Ints
) -> pa.Table:
    """The rows as they were on the day of joining: less known, lower level."""
    older = rows.take(pa.array(stale))
    n = len(stale)
    when = join_time[stale]
    changes = {
        "card_level": take(LEVELS, np.zeros(n, dtype=np.int64)),
        "mobile": masked(older["mobile"].combine_chunks(), rng.random(n) < 0.7),
        "city": pa.nulls(n, pa.string()),
        "updated_at": time_text(timestamps(when)),
        "loaded_at": time_text(timestamps(extracted_at(when))),
    }
    for name, column in changes.items():
        place = older.schema.get_field_index(name)
        older = older.set_column(place, name, column)
    return older


def _test_members(rng: np.random.Generator, block: int, people: int) -> pa.Table:
    n = max(2, rng.binomial(people, mess.TEST_ACCOUNT))
    at = START + rng.integers(0, END - START - DAY, n)
    when = time_text(timestamps(at))
    count = block * 10**6 + np.arange(n)
    columns: dict[str, pa.Array] = {
        name: pa.nulls(n, pa.string()) for name, _ in TABLES["crm.members"].columns
    }
    columns.update(
        member_id=numbered("MT", count, 9),
        card_no=numbered("TEST", count, 9),
        full_name=take(mess.TEST_NAMES, rng.integers(0, len(mess.TEST_NAMES), n)),
        mobile=take(["13800138000", None], rng.integers(0, 2, n)),
        email=take(["test@test.com", None], rng.integers(0, 2, n)),
        joined_at=when,
        updated_at=when,
        status=take(["active"], np.zeros(n, dtype=np.int64)),
        loaded_at=time_text(timestamps(extracted_at(at))),
    )
    return batch("crm.members", columns)


def _consents(
    rng: np.random.Generator,
    member_ids: pa.StringArray,
    join_time: Ints,
    updated: Ints,
) -> pa.Table:
    """The choice at joining per channel, and some later changes of mind."""
    members, channels = len(member_ids), len(CONSENT_CHANNELS)
    member = np.repeat(np.arange(members), channels)
    channel = np.tile(np.arange(channels), members)
    granted = rng.random(len(member)) < np.array(CONSENT_GRANTED)[channel]
    again = np.flatnonzero(rng.random(len(member)) < CONSENT_CHANGED)
    later = np.maximum(updated, join_time + DAY)[member[again]]
    at = np.concatenate([join_time[member], later])
    rows = batch(
        "crm.member_consents",
        {
            "member_id": member_ids.take(pa.array(np.concatenate([member, member[again]]))),
            "channel": lookup(np.concatenate([channel, channel[again]]), CONSENT_CHANNELS),
            "is_granted": pa.array(np.concatenate([granted, ~granted[again]])),
            "changed_at": timestamps(at),
            "loaded_at": timestamps(extracted_at(at)),
        },
    )
    return mess.with_duplicates(rng, rows)


def make_contacts(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    catalogue: Catalogue,
    targets: Targets,
) -> dict[str, pa.Table]:
    """crm.campaign_members and crm.contacts of one block."""
    member_ids = ids.member_ids(2 * people.index)
    assigned = targets.starts - 2 * DAY
    assignments = batch(
        "crm.campaign_members",
        {
            "campaign_id": lookup(targets.campaign, catalogue.campaign_ids),
            "member_id": member_ids.take(pa.array(targets.person)),
            "arm": lookup(np.where(targets.is_treated, 0, 1), ("treatment", "control")),
            "assigned_at": timestamps(assigned),
            "loaded_at": timestamps(extracted_at(assigned)),
        },
    )
    sent_to = np.flatnonzero(targets.is_treated)
    n = len(sent_to)
    person = targets.person[sent_to]
    campaign = targets.campaign[sent_to]
    names = ("wechat", "sms", "email")
    channel = np.array([names.index(name) for name in catalogue.campaign_channel])[campaign]
    sent = targets.starts[sent_to] + rng.integers(0, 3 * 3600, n)
    reachable = np.select(
        [channel == 0, channel == 1],
        [people.has_wechat[person], ids.crm_phone[person] > 0],
        ids.crm_has_email[person],
    )
    draw = rng.random(n)
    status = np.where(~reachable, 2, np.where(draw < 0.02, 1, 0))
    likes = people.contact_habit[person] == channel
    opened = (status == 0) & (rng.random(n) < np.where(likes, 0.55, 0.14))
    clicked = opened & (rng.random(n) < np.where(likes, 0.4, 0.15))
    leaves = (status == 0) & (rng.random(n) < np.where(likes, 0.002, 0.008))
    opened_at = sent + (rng.exponential(8 * 3600, n)).astype(np.int64) + 20
    clicked_at = opened_at + rng.integers(3, 400, n)
    loaded = mess.arrival(rng, extracted_at(sent), LAST_ARRIVAL)
    loaded = np.maximum(loaded, extracted_at(clicked_at))
    contacts = batch(
        "crm.contacts",
        {
            "contact_id": numbered("C", block * 10**8 + np.arange(n), 11),
            "campaign_id": lookup(campaign, catalogue.campaign_ids),
            "member_id": member_ids.take(pa.array(person)),
            "channel": lookup(channel, names),
            "sent_at": timestamps(sent),
            "status": lookup(status, ("delivered", "bounced", "failed")),
            "opened_at": timestamps(opened_at, ~opened),
            "clicked_at": timestamps(clicked_at, ~clicked),
            "unsubscribed_at": timestamps(opened_at + 60, ~leaves),
            "loaded_at": timestamps(loaded),
        },
    )
    return {
        "crm.campaign_members": assignments,
        "crm.contacts": mess.with_duplicates(rng, contacts),
    }


def source_order_ids(orders: Orders, block: int, index: Ints) -> pa.Array:
    """receipt_id or order_id of orders, as their own tables have it."""
    number = block * 10**8 + orders.number[index]
    channel = orders.channel[index]
    online = where(channel == WEB, numbered("W", number, 11), numbered("X", number, 11))
    online = where(channel == MARKET, numbered("T", number, 11), online)
    return where(channel == POS, numbered("R", number, 11), online)


def make_redemptions(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    catalogue: Catalogue,
    targets: Targets,
    orders: Orders,
) -> pa.Table:
    """crm.coupon_redemptions of one block, each with its order."""
    usable = (orders.returned < 0) & ~orders.is_future & (orders.status != CANCELLED)
    picked: list[Ints] = []
    of_campaign: list[Ints] = []
    of_coupon: list[Ints] = []
    for number in np.unique(targets.campaign):
        choices = catalogue.coupon_choices.get(int(number))
        if choices is None:
            continue
        mine = targets.is_treated & (targets.campaign == number)
        treated = np.zeros(people.n, dtype=np.bool_)
        treated[targets.person[mine]] = True
        begin = START + catalogue.campaign_day[number] * DAY
        window: Bools = (orders.at > begin) & (orders.at < begin + 14 * DAY)
        caused = orders.campaign == number
        chance = np.where(caused, REDEEMED_CAUSED, REDEEMED_OTHER)
        hit = usable & treated[orders.person] & window & (rng.random(len(chance)) < chance)
        index = np.flatnonzero(hit)
        picked.append(index)
        of_campaign.append(np.full(len(index), number))
        # The product's coupon if it is in the basket, else the best allowed.
        small, large, product = choices
        holds = np.unique(orders.line_order[orders.product == product[2]])
        enough = orders.total[index] >= large[1]
        coupon = np.where(enough, large[0], small[0])
        of_coupon.append(np.where(np.isin(index, holds), product[0], coupon))
    order = np.concatenate(picked) if picked else np.zeros(0, np.int64)
    campaign = np.concatenate(of_campaign) if picked else order
    coupon = np.concatenate(of_coupon) if picked else order
    member_ids = ids.member_ids(2 * people.index)
    at = orders.at[order]
    has_order = rng.random(len(order)) < 0.97
    rows = batch(
        "crm.coupon_redemptions",
        {
            "redemption_id": numbered("D", block * 10**8 + np.arange(len(order)), 11),
            "coupon_id": lookup(coupon, catalogue.coupon_ids),
            "campaign_id": lookup(campaign, catalogue.campaign_ids),
            "member_id": member_ids.take(pa.array(orders.person[order])),
            "order_id": masked(source_order_ids(orders, block, order), has_order),
            "redeemed_at": timestamps(at),
            "loaded_at": timestamps(mess.arrival(rng, extracted_at(at), LAST_ARRIVAL)),
        },
    )
    return mess.with_duplicates(rng, rows)


def make_tickets(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    orders: Orders,
) -> pa.Table:
    """crm.service_tickets of one block: after orders, mostly about them."""
    usable = np.flatnonzero(~orders.is_future & (orders.returned < 0))
    buyers = int((people.orders > 0).sum())
    n = min(rng.poisson(TICKETS_PER_BUYER * buyers) + 2, len(usable))
    order = np.sort(rng.choice(usable, n, replace=False))
    person = orders.person[order]
    opened = orders.at[order] + rng.integers(3600, 6 * DAY, n)
    opened = np.minimum(opened, END - 2 * 3600)
    closed = opened + rng.integers(1800, 5 * DAY, n)
    is_open = closed > END
    topic = rng.integers(0, len(TOPICS), n)
    severity = rng.choice(3, n, p=[0.5, 0.35, 0.15])
    asked = ~is_open & (rng.random(n) < 0.55)
    satisfaction = np.clip(5 - severity - rng.integers(0, 3, n), 1, 5)
    opened_text = time_text(timestamps(opened))
    opened_text, _ = mess.spoil_dates(rng, opened_text, np.ones(n, dtype=np.bool_))
    phone = np.where(rng.random(n) < 0.7, ids.phone[person], 0)
    updated = np.where(is_open, opened, np.maximum(closed, opened))
    rows = batch(
        "crm.service_tickets",
        {
            "ticket_id": numbered("K", block * 10**8 + np.arange(n), 11),
            "member_id": masked(
                ids.member_ids(2 * people.index[person]),
                people.is_member[person],
            ),
            "mobile": mess.write_phones(rng, mess.spoil_phones(rng, phone)),
            "channel": take(TICKET_CHANNELS, rng.integers(0, 4, n)),
            "topic": take([topic for topic, _ in TOPICS], topic),
            "severity": take(SEVERITIES, severity),
            "description": take([text for _, text in TOPICS], topic),
            "opened_at": opened_text,
            "closed_at": masked(time_text(timestamps(closed)), ~is_open),
            "satisfaction": masked(pa.array(satisfaction).cast(pa.string()), asked),
            "loaded_at": time_text(timestamps(extracted_at(updated))),
        },
    )
    return mess.with_duplicates(rng, rows)
