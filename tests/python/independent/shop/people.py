"""Who is known to the shop, and by which records: members, accounts, followers, consents."""

from __future__ import annotations

from tests.python.independent.shop.book import Book, at

# rows are set as tables
# fmt: off


def member(book: Book, number: str, joined: int, updated: int, **cells: object) -> dict:
    """A row of crm.members: joined and last changed so many days ago."""
    given = {"joined_at": at(joined), "updated_at": at(updated), "status": "active"}
    return book.add("crm.members", member_id=number, **{**given, **cells})


def account(book: Book, user: str, registered: int, **cells: object) -> dict:
    """A row of web.accounts."""
    given = {"registered_at": at(registered), "updated_at": at(registered)}
    return book.add("web.accounts", user_id=user, **{**given, **cells})


def follower(book: Book, openid: str, subscribed: int, **cells: object) -> dict:
    """A row of wechat.users."""
    given = {"app_id": "mall", "subscribed_at": at(subscribed), "updated_at": at(subscribed)}
    return book.add("wechat.users", openid=openid, **{**given, **cells})


def consent(book: Book, number: str, channel: str, granted: bool | None, days: int, **cells):
    """A row of crm.member_consents."""
    given = {"is_granted": granted, "changed_at": at(days), "purpose": None}
    return book.add("crm.member_consents", member_id=number, channel=channel, **{**given, **cells})


def known_everywhere(book: Book) -> None:
    """People of two to four systems, whose records meet by every kind of identifier."""
    # Mei: all systems; card, phone and e-mail are spelt differently in each
    member(
        book, "M01", 700, 100, card_no="vc 1001", full_name="李梅", gender="女",
        birth_date="1990-03-10", mobile="138 0011 8001", email="Mei.Li@Shop-Mail.cn",
        province="上海", city="上海", address=" 南京路1号 ", card_level="platinum",
        joined_store_id="S1", join_channel="store", unionid="un-mei", income_band="150-174K",
        marital_status="married", household_size="3", kids_count="1", home_ownership="owner",
    )
    account(
        book, "W01", 650, email="mei.li@shop-mail.cn", mobile="+86-138-0011-8001",
        full_name="李梅", gender="F", birth_date="1990/3/10", city="上海市", province="上海",
    )
    # one unionid over two apps, the second followed and left
    follower(book, "mei-mall", 600, unionid="un-mei", nickname="梅子🌸", gender="2",
             city="Shanghai")
    follower(
        book, "mei-club", 580, app_id="club", unionid="un-mei", nickname="Mei", gender="2",
        unsubscribed_at=at(40, "09:00"), updated_at=at(40, "09:00"),
    )
    # Bob: CRM and till; a Latin name with a title and full width digits
    member(
        book, "M02", 620, 300, card_no="ＶＣ－１００２", full_name="Mr. Bob Stone", gender="M",
        birth_date="1958-02-28", mobile="１３９００１１８００２", email="bob@stone-post.com",
        province="北京", city="北京", card_level="gold", join_channel="store",
    )
    # Chen: CRM with a unionid, WeChat; no card was ever shown
    member(
        book, "M03", 610, 610, full_name="陈晨", gender="male", birth_date="19850301",
        mobile="13700118003", card_level="silver", unionid="un-chen", join_channel="wechat",
        city="成都", province="四川",
    )
    follower(book, "chen-mall", 605, unionid="un-chen", gender="1", city="成都", province="四川")
    # Dou: an account and a phone at the till, no member; born on a leap day
    account(
        book, "W04", 500, email="dou@letters.cn", mobile="13600118004", full_name="窦丹",
        gender="0", birth_date="2000-02-29",
    )
    # Eva: an e-mail joins an account and a membership without a phone
    member(
        book, "M05", 200, 200, full_name="Eva Moon", email="<mailto:eva@moon-mail.org>",
        gender="female", birth_date="2009年5月1日", join_channel="web", card_level="basic",
    )
    account(book, "W05", 190, email="EVA@moon-mail.org ", full_name="Moon Eva", gender="w")
    # Yao joined twice: two memberships, two cards, one phone and name
    # the newer one says nothing of children, of the household other than the older one, and of
    # the age other than the birth date
    for number, card, joined, said in (
        ("M06", "VC1006", 400, dict(income_band="35-49K", household_size="4", kids_count="3+")),
        ("M07", "VC1007", 90, dict(income_band="50-74K", household_size="2", age_band="25-34")),
    ):
        member(
            book, number, joined, joined, card_no=card, full_name="姚瑶", gender="f",
            birth_date="1979-07-07", mobile="13500118006", card_level="silver", city="Suzhou",
            **said,
        )
    # phone, surname and birth date join where the given name is spelt in another way
    member(
        book, "M08", 420, 420, full_name="黄海洋", gender="男", birth_date="1996-02-14",
        mobile="13400118008", city="北京",
    )
    account(
        book, "W08", 410, full_name="黄海阳", birth_date="1996-02-14", mobile="13400118008",
        email="haiyang@letters.cn",
    )
    # e-mail, surname and birth date, the e-mail being shared with a wife
    member(
        book, "M09", 415, 415, full_name="钱进", birth_date="1970-01-31", gender="M",
        email="family.qian@letters.cn",
    )
    member(
        book, "M10", 415, 415, full_name="孙丽", birth_date="1972-11-30", gender="F",
        email="family.qian@letters.cn",
    )
    account(book, "W09", 400, full_name="钱 进", birth_date="1970-01-31",
            email="family.qian@letters.cn")
    account(book, "W10", 400, full_name="孙丽", email="family.qian@letters.cn")
    account(book, "W13", 390, full_name="钱劲", birth_date="1970-01-31",
            email="family.qian@letters.cn")
    # a landline, a phone of Hong Kong and one that is none
    account(book, "W11", 90, mobile="+852 9123 4567", full_name="Kit Wong", email="kit@@wrong")
    account(book, "W12", 80, mobile="12345", full_name="无", email="ｗｉｄｅ＠ｌｅｔｔｅｒｓ．ｃｎ")
    # a reseller with an account, who signs in as often as he orders
    follower(book, "sell-mall", 200, unionid="un-sell", nickname="批发")
    account(book, "W70", 200, unionid="un-sell")
    # one large order, reviewed: a few points below the next tier and nothing more to review
    account(book, "W66", 160, full_name="冯礼", email="gifts@letters.cn")


def refused(book: Book) -> None:
    """Values that several people share and links that contradict others."""
    # a couple with one phone: names and genders differ, the phone joins neither
    member(book, "M13", 380, 380, full_name="赵强", gender="M", mobile="13300118013", city="上海")
    member(book, "M14", 380, 380, full_name="周敏", gender="F", mobile="13300118013", city="上海")
    # the phone of a company: five names are more than max_customers
    for position, name in enumerate(["吴一凡", "郑二妹", "王三宝", "冯四海", "陈五常"]):
        account(book, f"W2{position}", 370 - 60 * position, full_name=name, mobile="13200118020")
    # four names within thirty days on one phone
    for position, name in enumerate(["褚六一", "卫七夕", "蒋八方", "沈九州"]):
        account(book, f"W3{position}", 300 - 9 * position, full_name=name, mobile="13100118030")
    # two unionids on one card: the second link is refused
    member(book, "M15", 360, 360, card_no="VC1015", full_name="韩云", gender="F",
           unionid="union-han-yun")
    member(book, "M16", 350, 350, card_no="VC1015", full_name="杨帆", gender="F",
           unionid="union-yang-fan")
    # the same two unionids over an e-mail and one name
    account(book, "W15", 340, full_name="韩云", unionid="union-han-two", email="hanyun@letters.cn")
    account(book, "W16", 335, full_name="韩云", unionid="union-han-yun", email="hanyun@letters.cn")
    # placeholders of the blocklist
    for user, name in (("W40", "朱一"), ("W41", "秦二")):
        account(book, user, 200, full_name=name, mobile="13800138000", email="none@letters.cn")
    # a card number of 300 letters joins nobody
    for number in ("M17", "M18"):
        member(book, number, 330, 330, card_no="LONG" * 75, birth_date="1900-01-01")
    # two birth dates, two unionids and two cards on one phone or e-mail
    member(book, "M19", 320, 320, birth_date="1961-06-01", email="club@letters.cn")
    member(book, "M20", 320, 320, birth_date="1966-06-01", email="club@letters.cn")
    follower(book, "sun-1", 310, unionid="un-sun1", mobile="13012118042")
    follower(book, "sun-2", 310, unionid="un-sun2", mobile="13012118042")
    # more than a person has: two birth dates and four names, held together by unionid and card
    member(
        book, "M71", 305, 305, card_no="VC1071", full_name="邓一", unionid="un-deng",
        birth_date="1980-01-01",
    )
    account(book, "W71", 304, full_name="邓二", unionid="un-deng", birth_date="1981-01-01")
    # one name and two genders on one e-mail
    account(book, "W44", 300, full_name="许愿", gender="F", email="wish@letters.cn")
    account(book, "W45", 300, full_name="许愿", gender="M", email="wish@letters.cn")


def alone(book: Book) -> None:
    """People of one system, and of nothing but a record."""
    # members who never bought: prospects of every age band, one without any value
    for number, birth_date, level in (
        ("M21", "2008-06-01", "basic"), ("M22", "2008-02-28", "basic"),
        ("M23", "2001-02-28", "silver"), ("M24", "1991-03-01", "gold"),
        ("M26", "1971-02-27", None),
        ("M27", "1961-02-28", "N/A"), ("M28", "2099-01-01", "basic"), ("M29", "三月", None),
    ):
        member(book, number, 250, 250, birth_date=birth_date, card_level=level, city="广州")
    member(book, "M25", 250, 250, birth_date="1980-12-31", card_level="diamond",
           email="bounce@letters.cn")
    book.add("crm.members", member_id="M30")
    # what the source says of age and household where no birth date is given
    member(
        book, "M31", 240, 240, full_name="欧阳娜", age_band="45-54", income_band="Under 15K",
        household_size="5+", kids_count="None/Unknown", home_ownership="Renter", gender="x",
        status="blocked", join_channel="partner",
    )
    # income alone, and an age that begins with no number
    member(book, "M35", 235, 235, full_name="俞岱", age_band="under 25", income_band="25-34K")
    # names that come apart, in letters and in characters, and one of the two; companies
    member(book, "M38", 230, 230, given_name="Ada ", family_name="BYRON", company="Engine Works")
    member(book, "M39", 230, 230, given_name="宝", family_name="欧阳", company="N/A")
    member(book, "M40", 230, 230, given_name="Test", family_name="User 8")
    member(book, "M41", 230, 230, full_name="白雪", family_name="白", company="白氏茶行")
    # half a place each: the stores she goes to lie in it, and in another
    member(book, "M36", 235, 235, full_name="任盈", card_no="VC1136", province="上海")
    member(book, "M37", 235, 235, full_name="柳青", card_no="VC1137", province="浙江")
    # joined a year ago to the day, and tomorrow
    member(book, "M32", 365, 365, full_name="何田田", city="杭州", birth_date="1988-02-28",
           household_size="1", kids_count="0")
    member(book, "M33", 364, 364, full_name="吕方", city="杭州", birth_date="1988-03-30")
    # followers: of a club alone, one left, one came again, one who lets the app read a phone
    follower(book, "ann-club", 20, app_id="club", nickname="Ann")
    follower(
        book, "left-mall", 200, unsubscribed_at=at(10), updated_at=at(10), nickname="走了",
        gender="2",
    )
    follower(book, "back-mall", 15, unsubscribed_at=at(90), updated_at=at(15), gender="1")
    follower(book, "phone-mall", 120, mobile="0086 13912118051", province="广东", city="深圳")


def corrected(book: Book) -> None:
    """Copies, newer versions, and what night 2 says otherwise."""
    first = member(
        book, "M34", 500, 400, full_name="施工", mobile="13812118034", city="南京", gender="M"
    )
    # the same row once more: an exact duplicate; and one in another order of spelling
    book.again("crm.members", first, loaded_at=at(300))
    # a newer version: the phone changed; the older one is superseded
    book.again("crm.members", first, mobile="13812118035", updated_at=at(200), loaded_at=at(199))
    # night 2: moved to another city
    book.again(
        "crm.members", first, mobile="13812118035", city="苏州", updated_at=at(5), loaded_at=at(4)
    )
    # two versions of one time: the one loaded last counts; then the content
    tied = account(book, "W34", 300, full_name="甲甲", email="tie@letters.cn", loaded_at=at(299))
    book.again("web.accounts", tied, full_name="乙乙", loaded_at=at(299))
    # merged on night 2: the account of somebody known by phone at the till gets that phone
    late = account(book, "W50", 200, full_name="曹操", email="cao@letters.cn")
    book.again("web.accounts", late, mobile="13912118050", updated_at=at(6), loaded_at=at(6))
    # split on night 2: a unionid typed by mistake joined a member to a follower
    wrong = member(
        book, "M51", 300, 300, full_name="严格", unionid="un-jin", mobile="13612118051",
        card_no="VC1051", gender="F",
    )
    follower(book, "jin-mall", 290, unionid="un-jin", gender="1")
    follower(book, "jin-club", 280, app_id="club", unionid="un-jin", gender="1")
    book.again("crm.members", wrong, unionid=None, updated_at=at(3), loaded_at=at(3))
    # gone on night 2: a member and an account that the sources deleted
    member(book, "M52", 280, 280, full_name="华佗", city="亳州", gender="M", gone=True)
    account(book, "W52", 270, full_name="金针", email="needle@letters.cn", gone=True)
    # on night 2 the account that held a chain together is deleted: its ends fall apart
    member(book, "M53", 260, 260, full_name="魏征", mobile="13512118053", gender="M")
    account(
        book, "W53", 255, full_name="魏征", mobile="13512118053", email="wei@letters.cn", gone=True
    )
    account(book, "W54", 250, full_name="魏征", email="wei@letters.cn")
    # new on night 2
    member(book, "M55", 8, 8, full_name="陶渊", card_no="VC1055", mobile="13412118055", gender="M")


def dated(book: Book) -> None:
    """What the end of a day, and a change after the as-of date, decide."""
    # four names on one phone: the fourth comes thirty days after the first by the days of the
    # business, twenty-nine by those of UTC; a window of thirty days holds three of them
    for user, registered_at, name in (
        ("W80", at(290, "23:30"), "雷一鸣"), ("W81", at(280), "倪二娘"),
        ("W82", at(270), "汤三多"), ("W83", at(260, "00:30"), "滕四方"),
    ):
        account(book, user, 0, full_name=name, mobile="15912118080", registered_at=registered_at,
                updated_at=registered_at)
    # changed the day after the as-of date: last seen when it joined
    member(book, "M84", 100, -1, full_name="毕昇", city="杭州")
    # registers the day after the as-of date, and was signed in before: not registered yet
    account(book, "W85", -1, full_name="安然", gender="F")
    book.visit("c-early", at(11), (0, "signed_in"), (30, "page_viewed"), user="W85")


def joined_otherwise(book: Book) -> None:
    """A member held to an account by a browser alone, and one that goes over to somebody else."""
    # the guest of the browser types the member's e-mail; of the login nothing else is known
    member(book, "M86", 150, 150, full_name="孟双", email="double@letters.cn")
    book.visit("c-weak", at(45), (0, "signed_in"), user="W86")
    # on night 2 the member has the phone of another customer, whose account has the same name;
    # both customers live on
    moves = member(book, "M87", 140, 140, full_name="高飞", mobile="15912118087")
    account(book, "W87", 139, full_name="高飞", mobile="15912118087", email="gao@letters.cn")
    account(book, "W88", 138, full_name="高飞", mobile="15912118087", email="gao@letters.cn")
    account(book, "W89", 137, full_name="高飞", mobile="15912118089")
    book.again("crm.members", moves, mobile="15912118089", updated_at=at(4), loaded_at=at(4))


def rejected(book: Book) -> None:
    """A row for the reject reasons of people; orders and events have theirs beside them."""
    member(book, "M90", 100, 100, full_name="测试账号9", mobile="13312118090")
    # a tester once, a person in the newer row: both rows are rejected
    tester = member(book, "M91", 100, 100, full_name="test", card_no="VC1091")
    book.again("crm.members", tester, full_name="丁一", updated_at=at(90), loaded_at=at(90))
    member(book, "N/A", 100, 100, full_name="谁")
    member(book, "M92", 100, 100, full_name="贝贝", updated_at="31/12/2025", loaded_at=at(99))
    account(book, "W90", 100, email="qa.test1@letters.cn", full_name="质检")
    account(book, "", 100, full_name="谁")
    follower(book, "test-mall", 100, nickname="Test User 7")
    follower(book, "null", 100, nickname="谁")


def consents(book: Book) -> None:
    """Every channel granted, refused, withdrawn and granted again."""
    for channel in ("sms", "email", "phone", "wechat", "app_push"):
        consent(book, "M01", channel, True, 600)
        # Chen wants nothing: an initial opt-out on every channel
        consent(book, "M03", channel, False, 610)
    # Bob withdrew sms lately and phone long ago, and took e-mail back up
    consent(book, "M02", "sms", True, 500)
    consent(book, "M02", "sms", False, 20)
    consent(book, "M02", "phone", True, 500)
    consent(book, "M02", "phone", False, 200)
    consent(book, "M02", "email", True, 500)
    consent(book, "M02", "email", False, 300)
    consent(book, "M02", "email", True, 29)
    # yes and no at one moment: the no counts; case and blanks are the till's
    consent(book, "M05", " EMAIL", True, 100)
    consent(book, "M05", "email", False, 100)
    # the two memberships of one customer: the later word counts
    consent(book, "M06", "sms", True, 400)
    consent(book, "M07", "sms", False, 90)
    # consent without a phone or an address: nothing to reach by
    consent(book, "M30", "sms", True, 100)
    consent(book, "M30", "email", True, 100)
    # WeChat without a record there: nothing to reach by
    consent(book, "M14", "wechat", True, 100)
    # app push alone, no address needed
    consent(book, "M31", "app_push", True, 100)
    # sms for the couple whose phone is shared
    consent(book, "M13", "sms", True, 100)
    # the last instant of the as-of day, and the first of the next one
    consent(book, "M32", "sms", True, 0, changed_at=at(0, "23:59:59.999999"))
    consent(book, "M33", "sms", True, 0, changed_at=at(-1, "00:00:00"))
    # an empty answer is a no
    consent(book, "M34", "phone", None, 60)
    # recent first consent, exactly moment_days ago and a day more
    consent(book, "M24", "email", True, 30)
    consent(book, "M25", "email", True, 31)
    # who may be reached, by more than one channel
    for number in ("M08", "M34", "M53"):
        consent(book, number, "sms", True, 200)
        consent(book, number, "phone", True, 200)
    # of other purposes: service messages by one channel, profiling by none, an objection that was
    # taken back, and one to a purpose that is no contact
    consent(book, "M08", "all", True, 190, capture_source="Web_Form")
    consent(book, "M08", "email", False, 180, capture_source="store")
    consent(book, "M08", "phone", False, 170, purpose="service")
    consent(book, "M34", "all", False, 160, purpose="PROFILING", capture_source="call")
    consent(book, "M25", "all", False, 160, purpose="profiling")
    consent(book, "M25", "all", True, 150, purpose="profiling")
    consent(book, "M01", "all", False, 140, purpose="sharing")
    consent(book, "M02", "all", False, 140, purpose="third_party_data")
    # rejected: key, code, purpose, time, a tester; and copied
    consent(book, "M02", "all", False, 60, purpose="pigeons")
    consent(book, None, "sms", True, 60)
    consent(book, "M02", "pigeon", True, 60)
    consent(book, "M02", "sms", True, 0, changed_at=at(20000), loaded_at=at(59))
    consent(book, "M02", "wechat", True, 0, changed_at=at(50), loaded_at=at(52))
    consent(book, "M90", "sms", True, 60)
    copy = consent(book, "M24", "sms", True, 70)
    book.again("crm.member_consents", copy, loaded_at=at(60))
    book.again("crm.member_consents", copy, is_granted=False, loaded_at=at(65))


def people(book: Book) -> None:
    """All of them."""
    for write in (
        known_everywhere, refused, alone, corrected, dated, joined_otherwise, rejected, consents,
    ):
        write(book)
