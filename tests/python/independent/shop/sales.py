"""What is sold, where, and who bought it on which day."""

from __future__ import annotations

from tests.python.independent.shop.book import Book, at

# rows are set as tables
# fmt: off


def goods(book: Book) -> None:
    """Stores and products."""
    for store, name, province, city, kind in (
        ("S1", "南京路店", "上海", "上海", "flagship"),
        ("S2", "Wangfujing", "北京", "北京", "mall"),
        ("S3", "春熙路店", "四川", "成都", "street"),
        ("S4", None, None, None, None),
    ):
        book.add(
            "pos.stores", store_id=store, store_name=name, province=province, city=city,
            store_type=kind, opened_on="2015-05-01",
        )
    # renamed on night 2; a copy; and a row without a key
    moved = book.add(
        "pos.stores", store_id="S5", store_name="旧店", city="苏州", province="江苏",
        opened_on="2020/6/1",
    )
    book.again("pos.stores", moved, store_name="新店", loaded_at=at(2))
    book.again("pos.stores", moved, loaded_at=at(300))
    book.add("pos.stores", store_id="-", store_name="Nowhere")
    book.add("pos.stores", store_id="S6", store_name="Broken", loaded_at="yesterday")
    for number, name, brand, department, category, subcategory, colour, price in (
        # tea: four brands, four prices
        ("p01", "龙井茶", "Leaf", "food", "tea", "green", "green", "30"),
        ("p02", "Black tea", "Leaf", "food", "tea", "black", "black", "60"),
        ("p03", "普洱 2015", "Leaf", "food", "tea", "puer", "black", "200"),
        ("p04", "Hill green", "Hill", "food", "tea", "green", "green", "20"),
        # coffee
        ("p05", "Espresso", "Bean", "food", "coffee", "beans", "black", "45"),
        ("p06", "Filter roast", "Bean", "food", "coffee", "beans", "brown", "90"),
        ("p07", "Instant", "Moka", "food", "coffee", "instant", None, "25"),
        # kitchen
        ("p08", "Cup", "Clay", "home", "kitchen", "cups", "white", "12"),
        ("p09", "Teapot", "Clay", "home", "kitchen", "pots", "red", "150"),
        ("p10", "Vase", "Clay", "home", "kitchen", "vases", "blue", "400"),
        ("p11", "Steel pan", "Iron", "home", "kitchen", "pans", "grey", "260"),
        # skin care, two products of one price
        ("p12", "Cream", "Glow", "beauty", "skin care", "face", "white", "120"),
        ("p13", "Serum", "Glow", "beauty", "skin care", "face", "gold", "300"),
        ("p14", "Soap", "Plain", "beauty", "skin care", "body", "white", "15"),
        ("p15", "Lotion", "Plain", "beauty", "skin care", "body", "white", "120"),
        # snacks
        ("p16", "坚果", "Crisp", "food", "snacks", "nuts", "brown", "18"),
        ("p17", "Dates", "Crisp", "food", "snacks", "fruit", "red", "35"),
        # a gift card: no brand, no category; two that nobody bought
        ("p18", "Gift card", None, None, None, None, None, "100"),
        ("p19", "Lamp", "Iron", "home", "light", "lamps", "grey", "500"),
    ):
        book.product(
            number, price, product_name=name, brand=brand, department=department,
            category=category, subcategory=subcategory, colour=colour, launched_on="2020-01-01",
        )
    # full width letters, a brand in another case, a price as people write it
    book.add(
        "pos.products", product_id="p20", product_name="ＴＥＡ　ｓｅｔ", brand="clay",
        department="home", category="kitchen", subcategory="pots", colour="红",
        list_price="￥1,080.50", launched_on="2025年3月8日",
    )
    # night 2: dearer; rejected: no key; a price that is none stays a product without one
    book.add(
        "pos.products", product_id="p19", product_name="Lamp", brand="Iron", department="home",
        category="light", subcategory="lamps", colour="grey", list_price="550",
        launched_on="2020-01-01", loaded_at=at(3),
    )
    book.add("pos.products", product_id=None, product_name="Nothing")
    book.add("pos.products", product_id="p21", product_name="Free", list_price="for free")


def regulars(book: Book) -> None:
    """Customers with a rhythm, of every state of NES and stage of life."""
    # Mei: tea every fourteen days in her store with her card, as scanned and as typed (E0);
    # a vase on the way, now and then by web and mini program
    for day in range(6, 421, 14):
        spelling = "VC1001" if day % 4 else " vc-1001 "
        basket = ["p01", ("p02", 1, 54)] if day % 4 == 0 else ["p01"]
        book.till("mei", day, *basket, card_no=spelling, mobile="13800118001", store_id="S1",
                  customer_name="李女士", payment_method="wechat_pay", clock="10:15")
    book.web("mei", 75, "p03", ("p08", 2), user_id="W01", anonymous_id="c-mei", shipping_amount=6,
             mobile="13800118001", recipient_name="李梅", email="mei.li@shop-mail.cn")
    book.mini("mei", 33, "p12", openid="mei-mall", recipient_name="李梅", mobile="13800118001")
    # Bob: coffee every thirty days, last one 45 days ago (S1)
    for day in range(45, 420, 30):
        book.till("bob", day, "p05", "p06", card_no="VC-1002", mobile="13900118002",
                  store_id="S2", customer_name="Mr. Stone", payment_method="card", clock="12:05")
    # Chen: snacks every twenty days by mini program, last one 52 days ago (S2)
    for day in range(52, 400, 20):
        book.mini("chen", day, ("p16", 3), openid="chen-mall", mobile="13700118003",
                  recipient_name="陈晨", city="成都", clock="21:00")
    # a shopper by phone alone: every ten days until 200 days ago (S3, lost)
    for day in range(200, 330, 10):
        book.till("gone", day, "p07", ("p14", 2), mobile="13912118101", store_id="S3")
    # Dou: at the till and in the web shop, ever more often (growing)
    for day in (300, 270, 242, 60, 50, 41, 33, 26, 20, 15, 11, 8, 5, 3, 1):
        book.till("dou", day, "p02", "p17", mobile="136-0011-8004", store_id="S3", clock="18:30")
    for day in (120, 44, 22, 7):
        book.web("dou", day, "p15", user_id="W04", email="dou@letters.cn", status="paid")
    # a card known at the till alone: ever more rarely (declining)
    for day in (415, 410, 404, 399, 393, 388, 382, 377, 371, 364, 350, 330, 300, 250, 190, 120, 30):
        book.till("less", day, "p06", card_no="VC1102", store_id="S2", clock="08:30")
    # came back after two hundred days of silence (won back)
    for day in (400, 388, 375, 364, 352, 340, 4):
        book.till("back", day, "p11", card_no="VC1103", store_id="S1", customer_name="高先生")
    # her usual day is near: within the repurchase window
    for day in range(24, 400, 28):
        book.till("due", day, "p12", card_no="VC1104", store_id="S1", mobile="13912118104")
    # mature, by card, weekends and nights only
    for day in (7, 14, 28, 35, 49, 56, 70, 84, 98, 105, 126, 140, 161, 182, 203, 231, 252, 301):
        book.till("owl", day, "p16", "p05", card_no="VC1105", store_id="S3", clock="23:40",
                  payment_method="alipay")
    # buys Clay alone, at his lunch, dear and cheap (brand loyal)
    for day in range(9, 360, 22):
        book.till("clay", day, "p09" if day % 4 else "p10", "p08", mobile="13912118106",
                  store_id="S1", clock="13:10", customer_name="罗陶")
    # one order: new five days ago, by account and e-mail; long ago; exactly as-of
    book.web("eva", 5, "p13", "p12", user_id="W05", email="eva@moon-mail.org", anonymous_id="c-eva",
             recipient_name="Eva Moon", status="shipped", shipping_amount=12)
    book.till("once", 310, "p10", mobile="13912118107", store_id="S2")
    book.till("today", 0, "p04", mobile="13912118108", store_id="S1", clock="23:59:59.999999")
    # two orders: first and second lately; first lately and one before night 1
    book.till("two", 12, "p04", card_no="VC1109")
    book.till("two", 2, "p04", card_no="VC1109")
    book.till("pair", 70, "p05", card_no="VC1110", store_id="S2")
    book.till("pair", 25, "p05", card_no="VC1110", store_id="S2")
    # the window's edges: 365 days ago is out, 364 in; a second before and after midnight
    book.till("edge", 365, "p01", card_no="VC1111", clock="23:59:59")
    book.till("edge", 364, "p01", card_no="VC1111", clock="00:00:00")
    book.till("edge", 180, "p01", card_no="VC1111", clock="00:00:00")
    book.till("edge", 100, "p02", card_no="VC1111", clock="23:59:59")
    # once a week until three months ago, once since (spend dropped)
    for day in (*range(95, 330, 7), 50):
        book.till("drop", day, "p14", card_no="VC1115", store_id="S2")
    # often and lately for next to nothing (general value)
    for day in range(5, 190, 15):
        book.till("small", day, "p08", card_no="VC1116", store_id="S1")
    # one who bought at the till came to the web shop, for the same category (first in a channel)
    book.till("yang", 190, "p05", mobile="13400118008", store_id="S2")
    book.web("yang", 4, "p05", user_id="W08", mobile="13400118008")
    # two that equal each other in everything: ties of ranks and quantiles
    for who, card in (("tie1", "VC1112"), ("tie2", "VC1113")):
        for day in (150, 90, 30):
            book.till(who, day, "p02", card_no=card, store_id="S2", clock="15:00")
    # two orders on one day, and one on the next
    for number, day, clock in (("a", 66, "09:00"), ("b", 66, "09:00"), ("c", 65, "00:00")):
        book.till("same", day, "p17", card_no="VC1114", clock=clock, number=f"r-same-{number}")


def buyers_with_a_manner(book: Book) -> None:
    """Resellers, price hunters, coupons of others, dear and cheap baskets."""
    # a reseller: cream by the dozen, twice a week, still buying
    for day in range(1, 180, 4):
        book.mini("resell", day, ("p13", 12, 3240), ("p12", 20), openid="sell-mall",
                  mobile="13912118120", recipient_name="倪贩", shipping_amount=0,
                  status="completed" if day % 8 else "paid")
    # a price hunter: three lines of skin care an order, everything at a discount
    for day in range(10, 330, 16):
        book.web("hunt", day, ("p12", 1, 84), ("p14", 2, 21), ("p15", 1, 99), user_id="W60",
                 mobile="13912118121", recipient_name="计算", payment_method="card",
                 clock="06:00")
    # a discount now and then, half of it paid by a bank's coupon
    for day in (20, 55, 110, 170, 210, 260):
        book.till("coupon", day, ("p09", 1, 140, 20), "p16", card_no="VC1122", store_id="S2")
    # dear only, and cheap only, in the same categories
    for day in (15, 60, 100, 145, 190):
        book.till("dear", day, "p03", "p13", "p10", mobile="13912118123", store_id="S1")
        book.till("cheap", day, "p04", "p14", "p08", mobile="13912118124", store_id="S3")
    # stores of the province that is given, of another one, mostly of one city, as often of two
    for day in (204, 104, 54, 34):
        book.till("place", day, "p17", card_no="VC1136", store_id="S1")
        book.till("move", day, "p17", card_no="VC1137", store_id="S1")
    for day, store in ((91, "S2"), (78, "S1"), (62, "S1"), (43, "S1"), (38, "S1"), (32, "S1")):
        book.till("mostly", day, "p16", card_no="VC1126", store_id=store)
    for day, store in ((64, "S1"), (63, "S2"), (37, "S1"), (37, "S2")):
        book.till("torn", day, "p16", card_no="VC1127", store_id=store,
                  number=f"r-torn-{day}-{store}")
    # one order of vases for all her guests
    book.web("gifts", 150, ("p10", 22), user_id="W66", email="gifts@letters.cn")
    # every fifth day until nine days ago: of much value, and late by her own cycle (S1)
    for day in range(9, 125, 5):
        book.till("keen", day, "p11", card_no="VC1128", store_id="S2")
    # half quantities, a gift card, an unknown product, a product without an id
    book.till("odd", 40, ("p18", 1), ("p01", 0.5, 15), ("p99", 3, 9.99), card_no="VC1125")
    book.till("odd", 39, (None, 1, 5), ("p01", 1, 0), card_no="VC1125", store_id="S9")
    # Yao on both of her cards; members of the refused links; the household's phone
    book.till("yao", 160, "p12", card_no="VC1006", mobile="13500118006", store_id="S1")
    book.till("yao", 20, "p15", card_no="VC1007", mobile="13500118006", store_id="S1")
    book.till("han", 95, "p06", card_no="VC1015")
    book.till("zhao", 85, "p16", mobile="13300118013", customer_name="赵先生")
    book.till("zhou", 84, "p16", mobile="13300118013", customer_name="周女士")
    book.till("desk", 83, "p16", mobile="13800138000", customer_name="朱一")
    # the buyers whose records change between the nights
    book.till("cao", 130, "p03", mobile="13912118050", customer_name="曹操", store_id="S2")
    book.till("cao", 60, "p03", mobile="13912118050", customer_name="曹操", store_id="S2")
    book.till("yan", 150, "p14", card_no="VC1051", store_id="S1")
    book.till("yan", 61, "p14", card_no="VC1051", store_id="S1")
    book.mini("jin", 140, "p01", openid="jin-mall")
    book.mini("jin", 47, "p01", openid="jin-club", app_id="club")
    book.web("wei", 118, "p05", user_id="W54", email="wei@letters.cn", recipient_name="魏征")
    book.till("wei", 77, "p05", mobile="13512118053", customer_name="魏征")
    book.till("tao", 6, "p09", card_no="VC1055", mobile="13412118055")
    # two nameless cards with one phone; two names on one card with two phones
    for card in ("VC1117", "VC1118"):
        book.till(f"card-{card}", 82, "p16", mobile="13912118117", card_no=card)
    for mobile, name in (("13912118171", "邓三"), ("13912118172", "邓四")):
        book.till(f"deng-{name}", 81, "p16", mobile=mobile, card_no="VC1071", customer_name=name)
    # a guest known by an e-mail that an account without a name has
    book.web("mail", 79, "p17", anonymous_id="c-mail", email="wide@letters.cn")
    # guests of the web shop: a phone and an e-mail on a browser; a browser of two logins
    book.web("guest", 88, "p11", anonymous_id="c-guest", mobile="13912118130",
             email="guest@letters.cn", recipient_name="客人", status="completed")
    book.web("guest", 48, "p17", anonymous_id="c-guest", mobile="13912118131")
    book.till("guest", 47, "p17", mobile="13912118130")
    book.web("shared", 36, "p08", anonymous_id="c-shared", mobile="13912118132")
    # a login that has no account row, and one whose gifts go to others
    book.web("login", 52, "p16", user_id="W99", mobile="13912118133", recipient_name="戚光")
    book.web("login", 51, "p16", user_id="W99", mobile="13912118133", recipient_name="戚光")
    book.web("login", 50, "p16", user_id="W99", mobile="13912118134", recipient_name="云朵")
    # nobody: no card, no phone, no browser
    book.till("nobody", 31, "p01", ("p02", 2))
    book.till("nobody", 30, "p04", store_id="S2", card_no="无", mobile="000")
    book.web("nobody", 29, "p16")
    book.mini("nobody", 28, "p16", openid=None)


def returns(book: Book) -> None:
    """What came back, was cancelled, or never went out."""
    # linked and in part; linked in full; twice, more than was sold
    book.till("coupon-back", 52, ("p16", -1, -18), card_no="VC1122", store_id="S2",
              returns_receipt_id="r-coupon-55")
    book.till("due-back", 20, ("p12", -1, -120), card_no="VC1104", returns_receipt_id="r-due-24")
    book.till("clay-back1", 8, ("p08", -1, -12), mobile="13912118106",
              returns_receipt_id="r-clay-9")
    book.till("clay-back2", 7, ("p08", -1, -12), mobile="13912118106",
              returns_receipt_id="r-clay-9")
    # by another customer; of an order that nobody knows; without a receipt; before the sale
    book.till("less-back", 29, ("p06", -1, -90), card_no="VC1102", returns_receipt_id="r-bob-45")
    book.till("tie1-back", 28, ("p02", -1, -60), card_no="VC1112", returns_receipt_id="r-lost-1")
    book.till("edge-back", 27, ("p02", -1, -60), card_no="VC1111")
    book.till("dear-back", 16, ("p13", -1, -300), mobile="13912118123",
              returns_receipt_id="r-dear-15")
    # an exchange: one line back, one out
    book.till("owl-swap", 6, ("p16", -1, -18), "p17", card_no="VC1105",
              returns_receipt_id="r-owl-7")
    # of a sale before the window, within the window; of a line at a lower price
    book.till("less-old", 350, ("p06", -1, -80), card_no="VC1102", returns_receipt_id="r-less-371",
              clock="16:00")
    # everything returned: nothing is kept
    for day in (99, 69):
        book.web("all", day, "p09", ("p08", 2), user_id="W61", email="all@letters.cn",
                 shipping_amount=8, mobile="13912118140")
        book.web("all", day - 3, ("p09", -1, -150), ("p08", -2, -24), user_id="W61",
                 email="all@letters.cn", returns_order_id=f"o-all-{day}", number=f"o-all-{day}-b",
                 status="refunded")
    # refunded by its status alone, with a return on top
    book.web("refund", 42, "p06", "p05", user_id="W62", status="refunded", mobile="13912118141")
    book.web("refund", 21, "p06", user_id="W62", status="completed", mobile="13912118141")
    book.mini("refund", 9, "p06", openid="refund-mall", status="refunded")
    book.mini("refund", 8, ("p06", -1, -90), openid="refund-mall", returns_order_id="x-refund-9",
              number="x-refund-9-b")
    # everything cancelled, upper case; a customer of no order
    book.web("cancel", 26, "p13", user_id="W63", status=" CANCELLED ", mobile="13912118142")
    book.mini("cancel", 24, "p13", openid="cancel-mall", status="cancelled")
    # a return alone, and an order of nothing
    book.till("return-only", 19, ("p17", -2, -70), card_no="VC1143")
    book.till("zero", 18, ("p17", 1, 0), card_no="VC1144")
    # status is empty; means of payment in other words
    book.web("empty", 17, "p01", user_id="W60", status=None, payment_method="ＣＡＲＤ")


def faults_of_sales(book: Book) -> None:
    """Rows that are rejected, doubled, late or corrected."""
    # a header without lines, whose total counts; and one whose total differs from its lines
    book.till("bare", 34, card_no="VC1150", total_amount=88)
    book.web("bare", 33, user_id="W64", total_amount=66.6, mobile="13912118150", shipping_amount=6)
    book.till("less-total", 31, "p05", card_no="VC1102", number="r-less-31", total_amount=44.99)
    # lines without a header, and of a header that was rejected
    for system in ("pos", "web", "wechat"):
        table = {"pos": "pos.receipt_lines"}.get(system, f"{system}.order_lines")
        key = "receipt_id" if system == "pos" else "order_id"
        line = {"product_id": "p01", "quantity": 1, "list_amount": 30, "net_amount": 30,
                "coupon_amount": 0, "loaded_at": at(60)}
        book.add(table, **{key: f"{system}-lost"}, line_no=1, **line)
        book.add(table, **{key: None}, line_no=1, **line)
        book.add(table, **{key: f"{system}-keyless"}, line_no=None, **line)
    book.till("trial", 60, "p01", store_id="test01", card_no="VC1001")
    book.web("trial", 60, "p01", user_id="W90")
    book.mini("trial", 60, "p01", openid="test-mall")
    # sold at a negative price; the other line of the receipt stays
    book.till("minus", 58, ("p01", 1, -30), "p04", card_no="VC1151", total_amount=-10)
    # codes, keys and clocks that are wrong
    book.web("what", 57, "p01", user_id="W60", status="lost in space")
    book.mini("what", 57, "p01", openid="chen-mall", status="?!")
    book.till("nokey", 56, "p01", number=None, card_no="VC1151")
    book.web("nokey", 56, user_id="W60", number="o-notime", loaded_at=at(56))["ordered_at"] = None
    book.till("future", 0, "p01", card_no="VC1151", clock="12:00", loaded_at=at(1, "11:59:59"))
    # a day to the second after it was loaded is still taken
    book.till("early", 3, "p01", card_no="VC1151", clock="12:00", loaded_at=at(4, "12:00"))
    book.till("clock", 20000, "p01", card_no="VC1151", loaded_at=at(50))
    # a receipt twice, and in two versions
    twice = book.till("twice", 46, "p02", card_no="VC1152")
    book.again("pos.receipts", twice, loaded_at=at(40))
    version = book.till("fixed", 45, "p02", card_no="VC1152", total_amount=59)
    book.again("pos.receipts", version, total_amount=60, loaded_at=at(30))
    # night 2: a sale of long ago arrives, another is credited to a card, a third disappears
    book.till("late", 230, "p05", card_no="VC1110", store_id="S2", loaded_at=at(7))
    found = book.till("found", 44, "p04", store_id="S2")
    book.again("pos.receipts", found, card_no="VC1152", loaded_at=at(6))
    book.till("void", 43, "p10", card_no="VC1152", gone=True)
    # night 2: a web order of night 1 is cancelled, another delivered
    for day, before, after in ((16, "paid", "cancelled"), (15, "paid", "completed")):
        order = book.web("status", day, "p15", user_id="W65", status=before, mobile="13912118160")
        book.again("web.orders", order, status=after, loaded_at=at(day - 5))


def guests(book: Book) -> None:
    """Orders that name nobody but a browser."""
    # the e-mail of a member, on a browser on which another login was signed in
    book.web("weak", 44, "p01", anonymous_id="c-weak", email="double@letters.cn")
    # two phones at one moment: the larger one is the browser's
    for number, mobile in (("o-both-1", "15912118092"), ("o-both-2", "15912118091")):
        book.web("both", 43, "p01", number=number, anonymous_id="c-both", mobile=mobile)


def sales(book: Book) -> None:
    """All of it."""
    for write in (goods, regulars, buyers_with_a_manner, returns, faults_of_sales, guests):
        write(book)
