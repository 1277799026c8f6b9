"""Community: members by a nickname, their posts and replies, and likes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from one360.datasets.simulate import mess
from one360.datasets.simulate.catalogue import Catalogue
from one360.datasets.simulate.circles import Circles
from one360.datasets.simulate.identities import LINKED, Identities, masked
from one360.datasets.simulate.orders import Orders
from one360.datasets.simulate.people import People, person_ids
from one360.datasets.simulate.pos import LAST_ARRIVAL
from one360.datasets.simulate.text import Bools, Ints, numbered, take, where
from one360.datasets.simulate.timeline import DAY, END, START, extracted_at, timestamps
from one360.datasets.simulate.truth import profiles
from one360.datasets.simulate.wechat import NICKNAMES
from one360.datasets.simulate.writer import batch

MEMBERS = 0.12  # of all people, beside influencers and half of their followers
POSTS_PER_MEMBER = 1.2
POSTS_OF_INFLUENCER = 12.0
REPLIES_PER_POST = 0.9
LIKES_PER_POST = 1.6
LIKES_OF_INFLUENCER = 6.0
BODIES = (
    "今天刚到货，包装很好",
    "有没有人用过这个？",
    "第二次买了，还是一样好",
    "颜色和图片有点不一样",
    "求推荐，预算两百左右",
    "Love it, will buy again",
    "快递很快，给客服点赞",
    "加我微信 13912345678 一起拼单",
    "发票寄到 lili@example.com 谢谢",
    "尺码偏小，建议拍大一码",
)


@dataclass(frozen=True)
class Posts:
    """p posts and replies; author: position in the block; parent: position here, -1 = none."""

    author: Ints
    at: Ints
    parent: Ints


def make_community(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    orders: Orders,
    catalogue: Catalogue,
    circles: Circles,
) -> dict[str, pa.Table]:
    """The three tables of the community and the truth of its members, one block."""
    is_in = (rng.random(people.n) < MEMBERS) | circles.is_influencer
    is_in |= (circles.follows >= 0) & (rng.random(people.n) < 0.5)
    person = np.flatnonzero(is_in)
    joined = START + rng.integers(0, END - START - 3 * DAY, people.n)
    tables = _members(rng, block, people, ids, person, joined)
    posts = _posts(rng, person, is_in, joined, orders, circles)
    tables["community.posts"] = _post_rows(rng, block, ids, people, catalogue, posts)
    tables["community.likes"] = _likes(rng, block, ids, people, person, posts, circles)
    return tables


def _user_ids(people: People, ids: Identities) -> pa.StringArray:
    return numbered("K", (people.index * 1_000_003 + ids.salt) % 10**8, 8)


def _members(
    rng: np.random.Generator,
    block: int,
    people: People,
    ids: Identities,
    person: Ints,
    joined: Ints,
) -> dict[str, pa.Table]:
    """Members; most left something by which another system knows them too."""
    n = len(person)
    own_phone = people.household[person] < 0
    phone = own_phone & (rng.random(n) < 0.45)
    email = rng.random(n) < 0.35
    unionid = people.has_wechat[person] & (rng.random(n) < 0.35)
    phone_known = (people.is_member & (ids.crm_phone > 0)) | (people.has_web & (ids.web_phone > 0))
    email_known = (people.is_member & ids.crm_has_email) | (people.has_web & ids.web_has_email)
    linked = unionid | (phone & phone_known[person]) | (email & email_known[person])
    lacks = ~linked & (rng.random(n) < LINKED)
    unionid |= lacks & people.has_wechat[person]
    phone |= lacks & ~unionid & own_phone & phone_known[person]
    email |= lacks & ~unionid & ~phone & email_known[person]
    written_email, is_test = mess.write_emails(rng, masked(ids.email.take(pa.array(person)), email))
    since = joined[person]
    number = mess.spoil_phones(rng, np.where(phone, ids.phone[person], 0))
    user_ids = _user_ids(people, ids).take(pa.array(person))
    loaded = mess.arrival(rng, extracted_at(since), LAST_ARRIVAL)
    rows = batch(
        "community.members",
        {
            "user_id": user_ids,
            "nickname": take(NICKNAMES, rng.integers(0, len(NICKNAMES), n)),
            "mobile": mess.write_phones(rng, number),
            "email": written_email,
            "unionid": masked(ids.unionid.take(pa.array(person)), unionid),
            "joined_at": timestamps(since),
            "updated_at": timestamps(since),
            "loaded_at": timestamps(loaded),
        },
    )
    # a nickname of before, in the extract of the day of joining
    stale = np.flatnonzero(rng.random(n) < mess.SUPERSEDED_ACCOUNT)
    renamed = np.minimum(since[stale] + rng.integers(DAY, 200 * DAY, len(stale)), END - 3600)
    newer = rows.take(pa.array(stale))
    for name, column in (
        ("nickname", take(NICKNAMES, rng.integers(0, len(NICKNAMES), len(stale)))),
        ("updated_at", timestamps(renamed)),
        ("loaded_at", timestamps(extracted_at(renamed))),
    ):
        newer = newer.set_column(newer.schema.get_field_index(name), name, column)
    tables = [rows, newer, _testers(rng, block)]
    return {
        "community.members": mess.with_duplicates(rng, pa.concat_tables(tables)),
        "truth.profiles": profiles(
            "community_account",
            user_ids.filter(pa.array(~is_test)),
            person_ids(people.index[person[~is_test]]),
        ),
    }


def _testers(rng: np.random.Generator, block: int) -> pa.Table:
    n = 2
    nothing = pa.nulls(n, pa.string())
    at = START + rng.integers(0, END - START - DAY, n)
    return batch(
        "community.members",
        {
            "user_id": numbered("KT", block * 10**6 + np.arange(n), 8),
            "nickname": take(mess.TEST_NAMES, rng.integers(0, len(mess.TEST_NAMES), n)),
            "mobile": nothing,
            "email": nothing,
            "unionid": nothing,
            "joined_at": timestamps(at),
            "updated_at": timestamps(at),
            "loaded_at": timestamps(extracted_at(at)),
        },
    )


def _posts(
    rng: np.random.Generator,
    person: Ints,
    is_in: Bools,
    joined: Ints,
    orders: Orders,
    circles: Circles,
) -> Posts:
    """Posts of members, replies to them, and answers of influencers before a follower buys."""
    often = circles.is_influencer[person]
    count = rng.poisson(np.where(often, POSTS_OF_INFLUENCER, POSTS_PER_MEMBER))
    author = np.repeat(person, count)
    at = joined[author] + (rng.random(len(author)) * (END - DAY - joined[author])).astype(np.int64)
    # A follower asks, the influencer answers, the follower buys.
    asks = np.flatnonzero(
        is_in[circles.moved_person]
        & (orders.at[circles.moved_order] > joined[circles.moved_person] + 5 * DAY)
    )
    asker = circles.moved_person[asks]
    bought_at = orders.at[circles.moved_order[asks]]
    asked_at = bought_at - rng.integers(2 * DAY, 4 * DAY, len(asks))
    answered_at = bought_at - rng.integers(3600, 2 * DAY, len(asks))

    author = np.concatenate([author, asker])
    at = np.concatenate([at, asked_at])
    parent = np.full(len(author), -1)
    first_asked = len(author) - len(asks)
    replied = np.repeat(np.arange(len(author)), rng.poisson(REPLIES_PER_POST, len(author)))
    replier = person[rng.integers(0, len(person), len(replied))]
    is_own = rng.random(len(replied)) < mess.REPLY_TO_ONESELF
    replier = np.where(is_own, author[replied], replier)
    replied_at = at[replied] + 60 + rng.exponential(DAY, len(replied)).astype(np.int64)
    replies = Posts(
        np.concatenate([author, circles.follows[asker], replier]),
        np.concatenate([at, answered_at, replied_at]),
        np.concatenate([parent, first_asked + np.arange(len(asks)), replied]),
    )
    # some answer a reply
    last = len(replies.author)
    nested = np.flatnonzero((replies.parent >= 0) & (rng.random(last) < 0.15))
    again = person[rng.integers(0, len(person), len(nested))]
    again_at = replies.at[nested] + 60 + rng.exponential(DAY, len(nested)).astype(np.int64)
    return Posts(
        np.concatenate([replies.author, again]),
        np.minimum(np.concatenate([replies.at, again_at]), END - 600),
        np.concatenate([replies.parent, nested]),
    )


def _post_ids(block: int, number: Ints) -> pa.StringArray:
    return numbered("B", block * 10**8 + number, 11)


def _post_rows(
    rng: np.random.Generator,
    block: int,
    ids: Identities,
    people: People,
    catalogue: Catalogue,
    posts: Posts,
) -> pa.Table:
    n = len(posts.author)
    post_ids = _post_ids(block, np.arange(n))
    # the post at the root says what it is about
    root = np.where(posts.parent >= 0, posts.parent, np.arange(n))
    root = np.where(posts.parent[root] >= 0, posts.parent[root], root)
    product = np.where(rng.random(n) < 0.6, rng.integers(0, len(catalogue.product_ids), n), -1)
    topic = rng.integers(0, len(catalogue.categories), n)
    is_gone = rng.random(n) < mess.POST_DELETED
    deleted = np.minimum(posts.at + rng.integers(3600, 60 * DAY, n), END - 60)
    loaded = mess.arrival(rng, extracted_at(np.where(is_gone, deleted, posts.at)), LAST_ARRIVAL)
    rows = batch(
        "community.posts",
        {
            "post_id": post_ids,
            "user_id": where(
                rng.random(n) < mess.AUTHOR_UNKNOWN,
                "K_gone",
                _user_ids(people, ids).take(pa.array(posts.author)),
            ),
            "parent_post_id": take(post_ids, posts.parent),
            "topic": take(catalogue.categories, topic[root]),
            "product_id": take(catalogue.product_ids, product[root]),
            "body": take(BODIES, rng.integers(0, len(BODIES), n)),
            "posted_at": timestamps(mess.clocks_ahead(rng, posts.at)),
            "deleted_at": timestamps(deleted, ~is_gone),
            "loaded_at": timestamps(loaded),
        },
    )
    return mess.with_duplicates(rng, rows)


def _likes(
    rng: np.random.Generator,
    block: int,
    ids: Identities,
    people: People,
    person: Ints,
    posts: Posts,
    circles: Circles,
) -> pa.Table:
    often = circles.is_influencer[posts.author]
    count = rng.poisson(np.where(often, LIKES_OF_INFLUENCER, LIKES_PER_POST))
    post = np.repeat(np.arange(len(posts.author)), count)
    n = len(post)
    liker = person[rng.integers(0, len(person), n)]
    at = np.minimum(posts.at[post] + rng.exponential(2 * DAY, n).astype(np.int64) + 5, END - 60)
    # likes of a post that is not there
    gone = rng.random(n) < mess.LIKE_OF_NOTHING
    number = np.where(gone, len(posts.author) + 10**6 + post, post)
    rows = batch(
        "community.likes",
        {
            "like_id": numbered("L", block * 10**8 + np.arange(n), 11),
            "post_id": _post_ids(block, number),
            "user_id": _user_ids(people, ids).take(pa.array(liker)),
            "liked_at": timestamps(mess.clocks_ahead(rng, at)),
            "loaded_at": timestamps(mess.arrival(rng, extracted_at(at), LAST_ARRIVAL)),
        },
    )
    return mess.with_duplicates(rng, rows)
