"""What customers say to each other: the community, shares and referrals."""

from __future__ import annotations

from tests.python.independent.shop.book import Book, at

# rows are set as tables
# fmt: off


def members(book: Book) -> None:
    """Members of the community: known by phone, e-mail, unionid, or by nothing else."""
    for number, nickname, days, cells in (
        # Mei and Bob, by what the CRM knows too; a follower; nobody whom anybody knows
        ("K01", "茶友", 300, {"mobile": "138 0011 8001"}),
        ("K02", "Bob", 280, {"email": "M60@edges.cn "}),
        ("K03", "Lily", 200, {"unionid": "un-61"}),
        ("K04", None, 150, {}),
        # a phone that the till knows; the number of a web login; no date of joining
        ("K05", "老王", 120, {"mobile": "13912118106"}),
        ("K06", "W01", 100, {"email": "none"}),
        ("K07", "云", None, {"updated_at": at(60)}),
        # joins on night 2; after the as-of date
        ("K08", "新人", 6, {}),
        ("K09", "明天", -1, {"loaded_at": at(0, "23:00")}),
        # rejected: a tester by name, one by e-mail, no number
        ("K90", "测试员", 100, {}), ("K91", "QA", 100, {"email": "tester7@shop.cn"}),
        (None, "谁", 100, {}), ("guest", "游客", 100, {}),
    ):
        joined = None if days is None else at(days, "00:00" if days == -1 else "09:00")
        book.add("community.members", user_id=number, nickname=nickname, joined_at=joined,
                 **{"updated_at": joined, **cells})
    first = book.rows["community.members"][0]
    book.again("community.members", first, nickname="茶仙", updated_at=at(9), loaded_at=at(8))


def posts(book: Book) -> None:
    """Posts, replies and likes: own and of others, deleted, of nothing."""
    for number, author, parent, days, cells in (
        ("b1", "K01", None, 50, {"topic": "茶 ", "product_id": "p01", "body": "电话13800118001"}),
        ("b2", "K02", "b1", 49, {"topic": "茶", "body": "好喝吗"}),
        # answers herself, an answer, somebody whom no member is, nobody
        ("b3", "K01", "b2", 48, {}), ("b4", "K03", "b3", 47, {}), ("b5", "K77", "b1", 46, {}),
        ("b6", None, "b1", 45, {}),
        # to a post that is not there, to a placeholder for none
        ("b7", "K05", "b99", 44, {}), ("b8", "K05", "0", 43, {"product_id": "p77"}),
        # deleted, on night 2, after the as-of date; the last instant and after it
        ("b9", "K02", None, 30, {"deleted_at": at(29)}),
        ("b10", "K02", "b8", 20, {"deleted_at": at(2)}),
        ("b11", "K04", "b8", 27, {"deleted_at": at(-1, "00:00"), "loaded_at": at(0, "23:00")}),
        ("b12", "K04", None, 0, {"posted_at": at(0, "23:59:59.999999")}),
        ("b13", "K04", None, -1, {"posted_at": at(-1, "00:00"), "loaded_at": at(0, "23:00")}),
        # rejected
        (None, "K01", None, 40, {}), ("b90", "K90", None, 40, {}), ("b91", "K91", None, 40, {}),
        ("b92", "K01", None, 20000, {"loaded_at": at(40)}),
        ("b93", "K01", None, 20, {"loaded_at": at(22)}),
        ("b94", "K01", None, 40, {"posted_at": None, "loaded_at": at(40)}),
        ("b95", "K01", None, 40, {"posted_at": "bald", "loaded_at": at(40)}),
    ):
        book.add("community.posts", post_id=number, user_id=author, parent_post_id=parent,
                 **{"posted_at": at(days, "11:00"), **cells})
    second = book.rows["community.posts"][1]
    book.again("community.posts", second, loaded_at=at(1))
    book.again("community.posts", second, body="好喝", loaded_at=at(1))
    for number, post, author, days, cells in (
        ("l1", "b1", "K02", 49, {}), ("l2", "b1", "K03", 48, {}), ("l3", "b1", "K01", 47, {}),
        # of a reply, of nothing, of no post; by nobody whom anybody knows
        ("l4", "b2", "K01", 46, {}), ("l5", "b99", "K01", 45, {}), ("l6", None, "K01", 44, {}),
        ("l7", "b1", "K77", 43, {}), ("l8", "b1", None, 42, {}), ("b1", "b8", "K02", 3, {}),
        ("l9", "b8", "K01", 0, {"liked_at": at(0, "23:59:59.999999")}),
        ("l10", "b8", "K01", -1, {"liked_at": at(-1, "00:00"), "loaded_at": at(0, "23:00")}),
        (None, "b1", "K01", 40, {}), ("l90", "b1", "K90", 40, {}),
        ("l91", "b1", "K01", 20000, {"loaded_at": at(40)}),
        ("l92", "b1", "K01", 20, {"loaded_at": at(22)}),
        ("l93", "b1", "K01", 40, {"liked_at": None, "loaded_at": at(40)}),
    ):
        book.add("community.likes", like_id=number, post_id=post, user_id=author,
                 **{"liked_at": at(days, "11:00"), **cells})
    book.again("community.likes", book.rows["community.likes"][0], loaded_at=at(1))


def shares(book: Book) -> None:
    """Shares in the mini program, and who opened, registered and ordered by them."""
    for number, share, step, openid, visitor, days, cells in (
        ("1", "s1", "share", "mei-mall", None, 40, {"product_id": "p10"}),
        ("2", "s1", "open", "mei-mall", "chen-mall", 40, {"product_id": "p10"}),
        ("3", "s1", "Order", "mei-mall", "chen-mall", 39, {"order_id": "x-chen-52"}),
        # opens her own, somebody whom no app knows, nobody
        ("4", "s1", "open", "mei-mall", "mei-mall", 39, {}),
        ("5", "s1", "open", "mei-mall", "nobody-mall", 38, {}),
        ("6", "s1", "open", "mei-mall", "guest", 38, {}),
        # registers and orders, once for all; by another app; no number of the share
        ("7", "s2", "share", "mei-mall", None, 20, {"campaign_id": "k3"}),
        ("8", "s2", "register", "mei-mall", "back-mall", 19, {}),
        ("9", "s2", "order", "mei-mall", "back-mall", 18, {"order_id": "x-none"}),
        ("10", "s2", "order", "mei-mall", "chen-mall", 18, {}),
        ("11", "s2", "order", "mei-mall", "mei-mall", 18, {}),
        ("12", None, "share", "ann-club", None, 10, {"app_id": "club"}),
        ("13", None, "open", "ann-club", "mei-mall", 9, {"app_id": "club"}),
        ("14", "s3", "share", None, None, 9, {}),
        # the last instant and after it
        ("15", "s4", "share", "chen-mall", None, 0, {"occurred_at": at(0, "23:59:59.999999")}),
        ("16", "s4", "open", "chen-mall", "mei-mall", -1,
         {"occurred_at": at(-1, "00:00"), "loaded_at": at(0, "23:00")}),
        # rejected
        (None, "s1", "open", "mei-mall", "chen-mall", 30, {}),
        ("90", "s1", "forward", "mei-mall", "chen-mall", 30, {}),
        ("91", "s1", None, "mei-mall", "chen-mall", 30, {}),
        ("92", "s1", "open", "test-mall", "chen-mall", 30, {}),
        ("93", "s1", "open", "mei-mall", "chen-mall", 20000, {"loaded_at": at(30)}),
        ("94", "s1", "open", "mei-mall", "chen-mall", 20, {"loaded_at": at(22)}),
        ("95", "s1", "open", "mei-mall", "chen-mall", 30, {"occurred_at": None}),
    ):
        book.add("wechat.share_events", event_id=number, share_id=share, event_type=step,
                 openid=openid, visitor_openid=visitor,
                 **{"app_id": "mall", "channel": "group", "occurred_at": at(days, "11:00"),
                    **cells})
    book.again("wechat.share_events", book.rows["wechat.share_events"][1], loaded_at=at(1))


def referrals(book: Book) -> None:
    """Referrals by members: entered, not entered, of oneself."""
    for number, step, member, referred, days, cells in (
        ("f1", "refer", "M01", None, 60, {}), ("f2", "register", "M01", "M02", 58, {}),
        ("f3", "order", "M01", "M02", 50, {}), ("f4", "order", "M01", "M03", 40, {}),
        ("f5", "refer", "M02", None, 30, {}), ("f6", "register", "M02", "M02", 29, {}),
        ("f7", "register", "M02", "M77", 28, {}), ("f8", "register", "M02", "0", 27, {}),
        ("f9", "refer", None, None, 26, {}), ("f10", "register", "M77", "M05", 25, {}),
        ("f11", "register", "M06", "M08", -1,
         {"occurred_at": at(-1, "00:00"), "loaded_at": at(0, "23:00")}),
        # rejected
        (None, "refer", "M01", None, 60, {}), ("f90", "reward", "M01", "M02", 57, {}),
        ("f91", "", "M01", "M02", 57, {}), ("f92", "refer", "M90", None, 57, {}),
        ("f93", "refer", "M01", None, 20000, {"loaded_at": at(57)}),
        ("f94", "refer", "M01", None, 20, {"loaded_at": at(22)}),
        ("f95", "refer", "M01", None, 57, {"occurred_at": None}),
    ):
        book.add("crm.referral_events", event_id=number, event_type=step, member_id=member,
                 referred_member_id=referred, referral_code=f"R{member}",
                 **{"channel": "SMS", "occurred_at": at(days, "11:00"), **cells})
    asked = book.rows["crm.referral_events"][1]
    book.again("crm.referral_events", asked, channel="poster", loaded_at=at(2))


def voices(book: Book) -> None:
    """All of it."""
    for write in (members, posts, shares, referrals):
        write(book)
