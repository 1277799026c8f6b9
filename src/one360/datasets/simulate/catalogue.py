"""The retailer: cities, stores, brands, products, bundles, campaigns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from one360.datasets.simulate.text import Floats, Ints, numbered, strings
from one360.datasets.simulate.timeline import (
    DAY,
    FIRST_DATE,
    START,
    day_of,
    extracted_at,
    timestamps,
)
from one360.datasets.simulate.writer import batch, money, time_text

# city, province, district names for stores, share of customers
CITIES: tuple[tuple[str, str, str, float], ...] = (
    ("上海", "上海", "徐汇 静安 浦东 五角场 虹桥", 14),
    ("北京", "北京", "朝阳 海淀 西单 望京", 12),
    ("广州", "广东", "天河 越秀 番禺", 8),
    ("深圳", "广东", "南山 福田 宝安", 9),
    ("杭州", "浙江", "西湖 滨江 武林", 7),
    ("成都", "四川", "春熙路 高新 锦江", 7),
    ("南京", "江苏", "新街口 江宁", 5),
    ("武汉", "湖北", "江汉路 光谷", 5),
    ("苏州", "江苏", "观前 园区", 5),
    ("重庆", "重庆", "解放碑 江北", 5),
    ("西安", "陕西", "小寨", 4),
    ("长沙", "湖南", "五一广场", 3),
    ("天津", "天津", "滨江道", 3),
    ("青岛", "山东", "台东", 2.5),
    ("厦门", "福建", "中山路", 2.5),
    ("宁波", "浙江", "天一", 2),
    ("郑州", "河南", "二七", 2),
    ("沈阳", "辽宁", "中街", 1.5),
    ("大连", "辽宁", "青泥洼", 1.5),
    ("昆明", "云南", "南屏街", 1),
)
STORE_TYPES = ("旗舰店", "标准店", "社区店")

# department: brands (two budget, two middle, one premium) and categories;
# category: base price in yuan, sub-categories.
DEPARTMENTS: dict[str, tuple[str, dict[str, tuple[float, str]]]] = {
    "粮油调味 Pantry": (
        "禾满仓 田小厨 谷雨里 麦浪时光 橄榄庄园",
        {
            "意面 Pasta": (14, "直条意面 螺旋意面"),
            "意面酱 Pasta sauce": (18, "番茄肉酱 罗勒青酱"),
            "火锅底料 Hotpot base": (16, "牛油底料 菌汤底料"),
            "蘸料 Dips": (9, "芝麻酱 香辣蘸料"),
        },
    ),
    "饮料冲调 Drinks": (
        "泉畔 鲜小橙 茶语集 山岚咖啡 云顶珍萃",
        {
            "咖啡豆 Coffee beans": (58, "深烘咖啡豆 中烘咖啡豆"),
            "咖啡器具 Coffee gear": (29, "滤纸 手冲壶"),
            "茶叶 Tea": (48, "绿茶 乌龙茶"),
            "果汁 Juice": (12, "橙汁 苹果汁"),
        },
    ),
    "休闲零食 Snacks": (
        "嘎嘣屋 果味多 松鼠森林 拾味铺 可可公馆",
        {
            "坚果 Nuts": (32, "每日坚果 开心果"),
            "饼干 Biscuits": (11, "曲奇 苏打饼干"),
            "巧克力 Chocolate": (26, "黑巧克力 牛奶巧克力"),
        },
    ),
    "乳品烘焙 Dairy and bakery": (
        "晨牧 牛小白 麦香坊 北纬牧场 花园烘焙",
        {
            "牛奶 Milk": (15, "纯牛奶 低脂牛奶"),
            "面包 Bread": (10, "吐司 全麦面包"),
            "果酱 Jam": (17, "草莓酱 蓝莓酱"),
        },
    ),
    "护肤 Skin care": (
        "清颜坊 水润记 花间集 素肌研 凝光实验室",
        {
            "洁面 Cleanser": (59, "洁面乳 洁面泡沫"),
            "爽肤水 Toner": (89, "保湿爽肤水 舒缓爽肤水"),
            "面霜 Face cream": (139, "保湿面霜 修护面霜"),
            "面膜 Masks": (69, "补水面膜 泥膜"),
        },
    ),
    "洗护 Hair and body": (
        "沐野 净朗 发丝物语 白茶屋 香榭舍",
        {
            "洗发水 Shampoo": (39, "去屑洗发水 柔顺洗发水"),
            "护发素 Conditioner": (42, "护发素 发膜"),
            "牙膏 Toothpaste": (15, "清新牙膏 美白牙膏"),
            "牙刷 Toothbrush": (12, "软毛牙刷 电动牙刷头"),
        },
    ),
    "家清纸品 Household": (
        "净小二 洁家帮 云柔 绿叶集 北欧净界",
        {
            "纸巾 Tissues": (22, "抽纸 卷纸"),
            "洗衣液 Laundry": (36, "洗衣液 洗衣凝珠"),
            "清洁剂 Cleaners": (18, "厨房清洁剂 浴室清洁剂"),
        },
    ),
    "母婴 Baby": (
        "萌小芽 贝乐熊 初芽 亲子鹿 安朵拉",
        {
            "纸尿裤 Nappies": (98, "纸尿裤 拉拉裤"),
            "婴儿湿巾 Baby wipes": (24, "手口湿巾 加厚湿巾"),
            "辅食 Baby food": (38, "米粉 果泥"),
        },
    ),
    "宠物 Pets": (
        "汪星仓 喵小鲜 毛孩日记 爪爪俱乐部 宠爱大师",
        {
            "猫粮 Cat food": (79, "成猫粮 幼猫粮"),
            "猫砂 Cat litter": (35, "豆腐猫砂 膨润土猫砂"),
            "狗粮 Dog food": (89, "成犬粮 幼犬粮"),
        },
    ),
    "服饰 Apparel": (
        "简衣社 轻步 青禾纺 北岸制衣 羽境",
        {
            "T恤 T-shirts": (69, "短袖T恤 长袖T恤"),
            "外套 Jackets": (199, "风衣 夹克"),
            "袜子 Socks": (19, "棉袜 运动袜"),
        },
    ),
    "家居 Home": (
        "小屋记 木棉居 悦眠 四季厨 澜舍",
        {
            "床品 Bedding": (189, "四件套 枕头"),
            "厨具 Cookware": (129, "炒锅 汤锅"),
            "收纳 Storage": (35, "收纳箱 收纳袋"),
        },
    ),
    "数码 Electronics": (
        "快充派 小核 声动 极光数码 深蓝科技",
        {
            "耳机 Headphones": (199, "蓝牙耳机 有线耳机"),
            "充电器 Chargers": (69, "快充充电器 无线充电器"),
            "数据线 Cables": (29, "编织数据线 磁吸数据线"),
        },
    ),
}
COLOURED = ("服饰 Apparel", "家居 Home", "数码 Electronics")
COLOURS = ("黑色", "白色", "灰色", "藏青", "米色", "粉色", "墨绿")
SERIES = ("经典", "轻享", "尊享", "有机", "限定", "家庭装")
BRAND_TIER = (0, 0, 1, 1, 2)  # budget, middle, premium
TIER_PRICE = (0.6, 1.0, 3.2)
PRODUCTS_PER_BRAND_CATEGORY = 6

BUNDLES: tuple[tuple[str, ...], ...] = (
    ("意面 Pasta", "意面酱 Pasta sauce"),
    ("火锅底料 Hotpot base", "蘸料 Dips"),
    ("咖啡豆 Coffee beans", "咖啡器具 Coffee gear"),
    ("面包 Bread", "果酱 Jam"),
    ("洁面 Cleanser", "爽肤水 Toner", "面霜 Face cream"),
    ("洗发水 Shampoo", "护发素 Conditioner"),
    ("牙膏 Toothpaste", "牙刷 Toothbrush"),
    ("纸尿裤 Nappies", "婴儿湿巾 Baby wipes"),
    ("猫粮 Cat food", "猫砂 Cat litter"),
    ("充电器 Chargers", "数据线 Cables"),
)
BUNDLES_PER_PATTERN = 3

# name, type, channel, objective, first day, length in days, coupon
# (percent, amount or none).
CAMPAIGNS: tuple[tuple[str, str, str, str, dt.date, int, str], ...] = (
    ("七夕礼遇", "festival", "wechat", "repurchase", dt.date(2024, 8, 5), 10, "amount"),
    ("开学季", "seasonal", "sms", "repurchase", dt.date(2024, 9, 1), 14, "percent"),
    ("双十一预热", "festival", "sms", "repurchase", dt.date(2024, 10, 25), 14, "amount"),
    ("年货节", "festival", "wechat", "repurchase", dt.date(2025, 1, 3), 14, "amount"),
    ("春季焕新", "seasonal", "email", "cross_sell", dt.date(2025, 3, 10), 14, "percent"),
    ("会员日", "member_day", "wechat", "repurchase", dt.date(2025, 4, 18), 7, "percent"),
    ("618 主场", "festival", "sms", "repurchase", dt.date(2025, 6, 2), 14, "amount"),
    ("夏日清凉", "seasonal", "email", "cross_sell", dt.date(2025, 7, 21), 14, "none"),
    ("中秋团圆", "festival", "wechat", "repurchase", dt.date(2025, 9, 22), 14, "amount"),
    ("双十一狂欢", "festival", "sms", "repurchase", dt.date(2025, 10, 27), 14, "percent"),
    ("新春献礼", "festival", "wechat", "repurchase", dt.date(2026, 1, 26), 14, "amount"),
    ("春日唤醒", "win_back", "sms", "reactivate", dt.date(2026, 4, 13), 14, "percent"),
    ("618 先享", "festival", "email", "repurchase", dt.date(2026, 5, 25), 14, "amount"),
)


@dataclass
class Catalogue:
    """Small tables as arrays; P products, S stores, B brands, C campaigns.

    by_brand / by_category / by_tier list product numbers grouped, with the
    first position and the count of each group.
    """

    city: list[str]
    province: list[str]
    city_shares: Floats
    stores_of_city: tuple[Ints, Ints]  # first store, number of stores
    store_ids: pa.StringArray
    store_city: Ints
    product_ids: pa.StringArray
    brands: list[str]
    categories: list[str]
    departments: list[str]
    subcategories: list[str]
    product_brand: Ints
    product_category: Ints
    product_cents: Ints
    brand_department: Ints
    brand_tier: Ints
    category_department: Ints
    by_brand: tuple[Ints, Ints, Ints]
    by_category: tuple[Ints, Ints, Ints]
    by_popularity: Ints
    by_price: Ints
    bundles: npt.NDArray[np.int64]  # (number, 3) products, -1 = none
    campaign_ids: pa.StringArray
    campaign_day: Ints
    campaign_length: Ints
    campaign_channel: list[str]
    coupon_ids: pa.StringArray
    # Per campaign with coupons: from a small spend, from a larger one, for
    # one product; columns are coupon number, least spend (cents), product.
    coupon_choices: dict[int, npt.NDArray[np.int64]]
    tables: dict[str, pa.Table]


def _grouped(groups: Ints, count: int) -> tuple[Ints, Ints, Ints]:
    order = np.argsort(groups, kind="stable")
    counts = np.bincount(groups, minlength=count)
    return order, np.cumsum(counts) - counts, counts


def make_catalogue(rng: np.random.Generator) -> Catalogue:
    """Make the retailer; the same for any scale."""
    loaded = int(extracted_at(np.array([START - DAY]))[0])
    tables: dict[str, pa.Table] = {}

    # Stores
    city = [row[0] for row in CITIES]
    province = [row[1] for row in CITIES]
    shares = np.array([row[3] for row in CITIES])
    store_city = np.array([at for at, row in enumerate(CITIES) for _ in row[2].split()])
    districts = [name for row in CITIES for name in row[2].split()]
    stores = len(districts)
    store_ids = numbered("S", np.arange(1, stores + 1), 3)
    store_type = rng.choice(3, stores, p=[0.2, 0.5, 0.3])
    opened = [
        str(dt.date(2008, 1, 1) + dt.timedelta(days=int(day)))
        for day in rng.integers(0, 5800, stores)
    ]
    counts = np.bincount(store_city)
    tables["pos.stores"] = batch(
        "pos.stores",
        {
            "store_id": pa.concat_arrays([store_ids, strings(["TEST01"])]),
            "store_name": strings(
                [
                    f"{city[at]}{district}{STORE_TYPES[kind]}"
                    for at, district, kind in zip(store_city, districts, store_type, strict=True)
                ]
                + ["测试门店"]
            ),
            "province": strings([province[at] for at in store_city] + [None]),
            "city": strings([city[at] for at in store_city] + [None]),
            "store_type": strings([STORE_TYPES[kind] for kind in store_type] + ["测试"]),
            "opened_on": strings([*opened, None]),
            "loaded_at": time_text(timestamps(np.full(stores + 1, loaded))),
        },
    )

    # Brands, categories, products
    departments = list(DEPARTMENTS)
    brands: list[str] = []
    brand_department: list[int] = []
    brand_tier: list[int] = []
    categories: list[str] = []
    category_department: list[int] = []
    rows: list[tuple[int, int, str, str, str | None, float]] = []
    for number, (brand_words, inside) in enumerate(DEPARTMENTS.values()):
        first_brand = len(brands)
        for brand, tier in zip(brand_words.split(), BRAND_TIER, strict=True):
            brands.append(brand)
            brand_department.append(number)
            brand_tier.append(tier)
        for category, (base, kinds) in inside.items():
            categories.append(category)
            category_department.append(number)
            for maker in range(first_brand, len(brands)):
                for item in range(PRODUCTS_PER_BRAND_CATEGORY):
                    kind = kinds.split()[item % 2]
                    colour = None
                    if departments[number] in COLOURED:
                        colour = COLOURS[int(rng.integers(len(COLOURS)))]
                    name = " ".join(
                        word
                        for word in (
                            brands[maker],
                            SERIES[item % len(SERIES)] + kind,
                            colour,
                        )
                        if word
                    )
                    yuan = base * TIER_PRICE[brand_tier[maker]] * float(rng.lognormal(0, 0.18))
                    rows.append(
                        (
                            maker,
                            len(categories) - 1,
                            name,
                            kind,
                            colour,
                            max(1.9, round(yuan) - 0.1),
                        )
                    )
    products = len(rows)
    product_ids = numbered("P", np.arange(1, products + 1), 6)
    product_brand = np.array([row[0] for row in rows])
    product_category = np.array([row[1] for row in rows])
    cents = np.array([round(row[5] * 100) for row in rows])
    launched = [
        str(FIRST_DATE + dt.timedelta(days=int(day))) for day in rng.integers(-2500, -30, products)
    ]
    tables["pos.products"] = batch(
        "pos.products",
        {
            "product_id": product_ids,
            "product_name": strings([row[2] for row in rows]),
            "brand": strings([brands[row[0]] for row in rows]),
            "department": strings([departments[category_department[row[1]]] for row in rows]),
            "category": strings([categories[row[1]] for row in rows]),
            "subcategory": strings([row[3] for row in rows]),
            "colour": strings([row[4] for row in rows]),
            "list_price": strings([f"{row[5]:.2f}" for row in rows]),
            "launched_on": strings(launched),
            "loaded_at": time_text(timestamps(np.full(products, loaded))),
        },
    )

    # Bundles: named products of one department bought together
    bundle_rows = []
    for pattern in BUNDLES:
        for copy in range(BUNDLES_PER_PATTERN):
            brand_rank = (0, 2, 4)[copy]
            members = []
            for category in pattern:
                at = categories.index(category)
                first = np.flatnonzero(product_category == at)[0]
                members.append(
                    int(first)
                    + brand_rank * PRODUCTS_PER_BRAND_CATEGORY
                    + int(rng.integers(PRODUCTS_PER_BRAND_CATEGORY))
                )
            bundle_rows.append(members + [-1] * (3 - len(members)))

    # Campaigns and coupons
    campaign_day = np.array([day_of(row[4]) for row in CAMPAIGNS])
    campaign_length = np.array([row[5] for row in CAMPAIGNS])
    starts = START + campaign_day * DAY + 10 * 3600
    campaign_ids = numbered("CMP", np.arange(1, len(CAMPAIGNS) + 1), 3)
    campaign_loaded = extracted_at(starts - 8 * DAY)
    tables["crm.campaigns"] = batch(
        "crm.campaigns",
        {
            "campaign_id": campaign_ids,
            "campaign_name": strings([row[0] for row in CAMPAIGNS]),
            "campaign_type": strings([row[1] for row in CAMPAIGNS]),
            "channel": strings([row[2] for row in CAMPAIGNS]),
            "objective": strings([row[3] for row in CAMPAIGNS]),
            "starts_at": time_text(timestamps(starts)),
            "ends_at": time_text(timestamps(START + (campaign_day + campaign_length) * DAY - 1)),
            "loaded_at": time_text(timestamps(campaign_loaded)),
        },
    )
    popularity = rng.permutation(products)
    coupons: list[tuple[int, int | None, str, float, float]] = []
    for at, row in enumerate(CAMPAIGNS):
        if row[6] == "none":
            continue
        steps = ((5, 0), (50, 300)) if row[6] == "amount" else ((8, 0), (15, 199))
        for value, least in steps:
            coupons.append((at, None, row[6], value, least))
        coupons.append((at, int(popularity[at]), "percent", 20, 0))
    coupon_campaign = np.array([row[0] for row in coupons])
    coupon_ids = numbered("CPN", np.arange(1, len(coupons) + 1), 4)
    tables["crm.coupons"] = batch(
        "crm.coupons",
        {
            "coupon_id": coupon_ids,
            "campaign_id": campaign_ids.take(pa.array(coupon_campaign)),
            "product_id": strings(
                [None if row[1] is None else product_ids[row[1]].as_py() for row in coupons]
            ),
            "discount_type": strings([row[2] for row in coupons]),
            "discount_value": money(np.array([round(row[3] * 100) for row in coupons])),
            "min_spend": money(np.array([round(row[4] * 100) for row in coupons])),
            "loaded_at": timestamps(campaign_loaded[coupon_campaign]),
        },
    )
    return Catalogue(
        city=city,
        province=province,
        city_shares=shares / shares.sum(),
        stores_of_city=(np.cumsum(counts) - counts, counts),
        store_ids=store_ids,
        store_city=store_city,
        product_ids=product_ids,
        brands=brands,
        categories=categories,
        departments=departments,
        subcategories=sorted({row[3] for row in rows}),
        product_brand=product_brand,
        product_category=product_category,
        product_cents=cents,
        brand_department=np.array(brand_department),
        brand_tier=np.array(brand_tier),
        category_department=np.array(category_department),
        by_brand=_grouped(product_brand, len(brands)),
        by_category=_grouped(product_category, len(categories)),
        by_popularity=popularity,
        by_price=np.argsort(cents, kind="stable"),
        bundles=np.array(bundle_rows),
        campaign_ids=campaign_ids,
        campaign_day=campaign_day,
        campaign_length=campaign_length,
        campaign_channel=[row[2] for row in CAMPAIGNS],
        coupon_ids=coupon_ids,
        coupon_choices={
            at: np.array(
                [
                    (number, round(row[4] * 100), -1 if row[1] is None else row[1])
                    for number, row in enumerate(coupons)
                    if row[0] == at
                ]
            )
            for at in sorted({row[0] for row in coupons})
        },
        tables=tables,
    )
