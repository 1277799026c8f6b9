"""The variables an analyst sets: what each accepts and what it does.

Defaults are in dbt_project.yml. A class is a section of docs/variables.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from one360.errors import did_you_mean
from one360.rules.schema import INCREASING, Currency, Says, refused
from one360.time_zones import time_zone

_REGIONS = """
    AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR
    BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC
    EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB
    LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY
    MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS
    RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL
    TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""

#: Countries whose phone numbers macro phone_rules knows.
PHONE_REGIONS = _REGIONS.split()


def _moment_as_text(value: object) -> object:
    """YAML reads a date or a time that is not quoted as such."""
    return str(value) if isinstance(value, date) else value


def _moment(text: str) -> str:
    if text and not re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?", text):
        raise ValueError
    try:
        datetime.fromisoformat(text or "2026-01-01")
    except ValueError:
        raise ValueError("there is no such day or time") from None
    return text


def _known_by(text: str) -> str:
    return text if text in ("as_of", "now") else _moment(text or "-")


def _days_by_table(days: dict[str, int]) -> dict[str, int]:
    if not all(0 <= each <= 366 for each in days.values()):
        raise ValueError
    return days


def _region(code: str) -> str:
    if code not in PHONE_REGIONS:
        near = did_you_mean(code, PHONE_REGIONS)
        raise ValueError(f"allowed are ISO 3166 country codes in capitals such as CN{near}")
    return code


Region = Annotated[
    str, AfterValidator(_region), Says("ISO 3166 country codes in capitals such as CN")
]


def between(low: float, high: float, effect: str) -> Any:
    """A number within a range."""
    return Field(ge=low, le=high, description=effect)


def so_many(count: int, effect: str) -> Any:
    """A list of so many values."""
    return Field(min_length=count, max_length=count, description=effect)


def does(effect: str) -> Any:
    """What a variable of any other type does."""
    return Field(description=effect)


class Section(BaseModel):
    """Variables of one section."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class TimePlaceSources(Section):
    """Time, place, sources."""

    as_of: Annotated[
        str,
        BeforeValidator(_moment_as_text),
        AfterValidator(_moment),
        Says("empty (the last business day in the data), YYYY-MM-DD or YYYY-MM-DD HH:MM[:SS]"),
    ] = does(
        "Nothing later is seen, in tags and in training alike; in the business time zone. Empty: "
        "the last business day with an order; where there are none with an event, without either "
        "with anything else, and of data without any time the day of the build."
    )
    known_by: Annotated[
        str,
        BeforeValidator(_moment_as_text),
        AfterValidator(_known_by),
        Says("as_of, now, YYYY-MM-DD or YYYY-MM-DD HH:MM[:SS]"),
    ] = does(
        "Which raw rows had arrived (`loaded_at`). as_of: with a date in `as_of` what was there by "
        "the end of the business day after it, or came with the first delivery of its table; with "
        "none all rows. now: all rows, a past date as it happened. A moment, in the business time "
        "zone: what was there by then."
    )
    as_of_follows: Literal["orders", "activity"] = does(
        "With `as_of` empty, whether orders set the date alone where there are any, or events as "
        "well."
    )
    as_of_gap_days: int = between(
        1,
        36500,
        "With `as_of` empty, a row that stands alone more than this many days after all others is "
        "taken for a mistake and sets no date.",
    )
    source_gap_days: int = between(
        0,
        36500,
        "With `as_of` empty, a source whose newest day lies further from the date than this many "
        "days, before or after, is named in a warning.",
    )
    business_timezone: Annotated[
        str, AfterValidator(time_zone), Says("an IANA time zone such as Asia/Shanghai or UTC")
    ] = does(
        "Where a calendar day begins and ends. Raw times are UTC, or of the zone of their table."
    )
    default_region: Annotated[
        str, AfterValidator(_region), Says("an ISO 3166 country code in capitals such as CN")
    ] = does("Country of phone numbers without a calling code.")
    phone_regions: list[Region] = does(
        "Countries whose phone numbers are checked by their full rules; of others only the length "
        "is."
    )
    raw_tables: Annotated[dict[str, Any], Says("a mapping of raw table to relation")] = does(
        "Reads `crm.members` and the like from a table of the warehouse or of an attached database."
    )
    raw_files: Annotated[
        dict[str, Any], Says("a mapping of raw table to path, glob or mapping")
    ] = does("Reads them from files elsewhere.")
    event_presets: Annotated[
        dict[str, str],
        Says("a mapping of raw table to a preset of the seeds event_names, event_columns"),
    ] = does(
        "How names of events and columns are read, such as `{web.events: ga4}`: segment, ga4, "
        "snowplow, amplitude, mixpanel, posthog, sensors or one of your own. "
        "[Events by mapping](event_mapping.md)"
    )
    allow_extra_columns: bool = does(
        "Undeclared raw columns are left out with a warning instead of stopping the build."
    )
    allow_missing_columns: bool = does(
        "Missing descriptive columns read as NULL with a warning instead of stopping the build."
    )
    lookback_days: int = between(
        0,
        36500,
        "Days up to the newest `loaded_at` of whose raw rows every run compares all columns, so "
        "that one changed without a new `loaded_at` is noticed. 0: none; 36500: all. "
        "[Nightly runs](nightly_runs.md)",
    )
    arrival_days: Annotated[
        dict[str, int],
        AfterValidator(_days_by_table),
        Says("a mapping of raw table to a whole number from 0 to 366"),
    ] = does(
        "Days from one delivery of a raw table to the next, such as `{pos.receipts: 1}`, where it "
        "is not to be learnt; 0: nothing is expected of it. [Arrivals](quality_gates.md#arrivals)"
    )
    accept_arrivals: Annotated[list[str], Says("a list of raw tables and systems")] = does(
        "Raw tables and systems, such as `[pos]`, without which a night is built though they did "
        "not arrive as expected. For one run: with `--vars`."
    )


class Money(Section):
    """Money."""

    reporting_currency: Currency = does(
        "All amounts are in it, and so are those of orders that name no currency; others are "
        "converted by seed `exchange_rates`. [Staging](staging.md#money)"
    )
    header_tolerance: float = between(
        0,
        1,
        "A header whose total differs by more than this share of it from its lines, shipping, tax "
        "and discount is named.",
    )
    largest_multiple: float = between(
        10,
        1000000000,
        "A line whose amount or quantity is more than so many times the median of its table (and "
        "of its product) is taken for an error of unit; where more than one in a thousand are, a "
        "warning names them.",
    )


class Identity(Section):
    """Identity."""

    identity_weak_trust: float = between(
        0,
        1,
        "A customer held together by one link trusted less than this is listed in "
        "`identity_review`.",
    )
    identity_silence_days: int = between(
        1,
        3650,
        "A phone or e-mail that nobody used for more than so many days and that comes back with "
        "another name, unionid or device is another holder's; seed `identifier_types` says in "
        "`changes_hands` of which types.",
    )
    identity_explained_profiles: int = between(
        2,
        10000,
        "Customers of more records are not explained step by step in `identity_explanations`, "
        "only each record's strongest link; `identity_review` lists them.",
    )
    erased_orders: Literal["keep", "remove"] = does(
        "What becomes of the orders of people who were erased (`one360 erase`). `keep`: they stay "
        "without their personal columns, so takings and stocks are as before. `remove`: they go "
        "with their lines."
    )
    probabilistic_links: bool = does(
        "Joins profiles by likeness as well, where no exact identifier does; the weights "
        "are learnt from the records."
    )
    probabilistic_sure: float = between(
        0.5,
        0.999999,
        "Pairs at least this likely join records, unless the other records speak against it.",
    )
    probabilistic_review: float = between(
        0.01, 0.999999, "Less sure pairs at least this likely are listed for review."
    )


class PersonalData(Section):
    """Personal data."""

    personal_values: Literal["withhold", "stop"] = does(
        "What publishing does where a text to be published holds a phone, an e-mail address, an id "
        "number, a card, a name or an address. `withhold`: the value is replaced by a keyed hash, "
        "and its table, column and raw row are named. `stop`: nothing is published. "
        "[Personal data](quality_gates.md#personal-data)"
    )
    disclosure_min_customers: int = between(
        2,
        1000,
        "Customers who share what is published of gender, age band, place and birthday with fewer "
        "than so many, themselves included, count as disclosed in `quality.disclosure_risk`.",
    )
    disclosure_max_share: float = between(
        0,
        1,
        "From 1,000 customers on a larger share of disclosed customers is named in a warning.",
    )


class BehaviourCampaignsQuality(Section):
    """Behaviour, campaigns, quality."""

    session_gap_minutes: int = between(1, 1440, "Silence after which a web session ends.")
    page_ping_seconds: int = between(
        0,
        3600,
        "Seconds of attention that a page ping stands for, where it does not say itself.",
    )
    cookie_window_days: int = between(
        0,
        366,
        "On a browser that several logins use, a visit without a sign-in belongs to the last "
        "login before it if that was last seen at most so many days earlier, to the second; else "
        "to the browser, which is unassigned. 0: only a sign-in gives a visit to a login.",
    )
    campaign_window_days: int = between(
        1, 366, "Days after a campaign's start in which an order counts as a conversion."
    )
    gx_sample_rows: int = between(
        1000,
        10000000,
        "Rows of a table that Great Expectations looks at, the same ones in every run.",
    )


class Rfm(Section):
    """RFM."""

    rfm_window_days: int = between(
        0, 36500, "Orders of the last so many days count, the as-of date included; 0 counts all."
    )
    rfm_scoring: Literal["quantile", "rank", "cuts"] = does(
        "How values become scores of 1 to 5. `quantile`: by the 20, 40, 60 and 80 % quantiles "
        "(type 7). `rank`: by the fifth that the rank lies in, cut as `pandas.qcut` does; equal "
        "days and amounts share the smallest of their ranks, customers with equally many orders "
        "are distinguished by their first natural key. `cuts`: by the fixed cut points of the seed "
        "`rfm_cuts`."
    )
    rfm_quantile_margin: float = between(
        0,
        1000,
        "Added to each quantile: a value less than this above it still counts to the lower fifth. "
        "1 is what the R package rfm does; 0 is the plain quantile. The sum is taken to six "
        "decimals. In days, orders and money alike.",
    )
    rfm_segment_map: Annotated[
        str,
        Field(pattern="^[a-z][a-z0-9_]*$"),
        Says("the name of a map in the seed rfm_segment_maps"),
    ] = does(
        "Which segments customers fall into. `averages_8`: the eight of 重要价值 to 一般挽留; "
        "`rfm_r_10`: the ten of the R package rfm; `rf_10`: the ten on recency and frequency of "
        "many tutorials; or lines of one's own in the seed."
    )
    rfm_average_of: Literal["scores", "values"] = does(
        "What `averages_8` compares: a customer's scores with the average scores, or days, orders "
        "and money with their averages. Equal to the average counts as above."
    )
    rfm_returns: Literal["net", "ignore"] = does(
        "`net` takes returns off the spend; `ignore` counts orders as they were placed."
    )
    rfm_weights: list[Annotated[float, Field(ge=0, le=1000)]] = so_many(
        3, "Weights of R, F and M in `rfm_score`, their sum."
    )
    rfm_clusters: int = between(
        0, 50, "Number of K-means clusters; 0 lets the silhouette choose from 2 to 12."
    )
    rfm_cluster_sample_rows: int = between(1000, 10000000, "Customers the centres are fitted on.")
    rfm_cluster_seed: int = between(0, 2147483647, "Seed of the sample and of K-means.")
    reseller_quantile: float = between(
        0.5, 0.999, "Suspected resellers order more often than this share of customers, …"
    )
    reseller_spend_multiple: float = between(
        1, 1000, "… spend more than this many times what that share spends at most, …"
    )
    reseller_recent_share: float = between(
        0, 1, "… and bought as lately as this share of customers."
    )
    min_group_customers: int = between(
        1,
        1000000,
        "Categories and channels with fewer customers in the window get no scores and no price "
        "levels of their own.",
    )


class PricePreferences(Section):
    """Price and preferences.

    Both look back `loyalty_window_days`.
    """

    price_hunter_z_score: float = between(
        1,
        10,
        "So many standard deviations above the share of lines bought at a discount that its "
        "categories lead one to expect, a customer hunts for prices.",
    )
    coupon_reach_share: float = between(
        0.05,
        0.5,
        "Share of a customer's own orders that reach the suggested coupon threshold anyway: "
        "smaller sets it higher.",
    )
    preference_min_confidence: float = between(
        0.5,
        0.999,
        "A preference is given where the probability of each of its two statements (really the "
        "first choice, really above the population) is at least this.",
    )
    preference_min_lift: float = between(
        1, 10, "A preference means odds at least this many times those of the population."
    )


class Nes(Section):
    """NES."""

    nes_multiples: Annotated[list[Annotated[float, Field(ge=0.1, le=1000)]], INCREASING] = so_many(
        3,
        "Purchase cycles since the last order at which E0 ends at the latest (and N, since the "
        "first), S1 ends, and S2 ends at the earliest.",
    )
    nes_active_share: float = between(
        0,
        1,
        "E0 ends where more than this share have bought again within a cycle on earlier dates; the "
        "first multiple is lowered for it, at most to a tenth. 0 takes it as it is.",
    )
    nes_sleeping_share: float = between(
        0,
        1,
        "S3 begins only where fewer than this share have bought again within a cycle on earlier "
        "dates; the third multiple is raised for it. 0 takes the multiples as they are.",
    )
    nes_backtest_days: int = between(
        0,
        1095,
        "Days watched after each date of the back-test; 0 takes twice the customers' mean gap, "
        "within 28 to 180.",
    )
    nes_fallback_cycle_days: float = between(
        1, 3650, "Purchase cycle while no customer has bought twice."
    )


class LoyaltyActivity(Section):
    """Loyalty and activity."""

    loyalty_window_days: int = between(1, 36500, "Days that loyalty looks back.")
    activity_window_days: int = between(1, 36500, "Days that activity looks back.")
    activity_high_share: float = between(0, 0.5, "Share of customers that are highly active.")
    activity_low_share: float = between(0, 0.5, "Share of customers that are least active.")


class History(Section):
    """History, migrations, stability."""

    tag_migration_days: Annotated[list[Annotated[int, Field(ge=1, le=36500)]], INCREASING] = (
        so_many(
            2,
            "`tag_migrations` compares with the last date built so many days ago or earlier, "
            "besides the last one before.",
        )
    )
    tag_psi_days: int = between(
        1,
        3650,
        "The stability index in `tag_scores` compares with the last date built so many days ago "
        "or earlier. A tag that had values within these days and has none now stops the build.",
    )


class Channels(Section):
    """Channels."""

    channel_window_days: int = between(
        1,
        36500,
        "Days of orders and of messages that the preferred shopping channel and the preferred "
        "contact channel rest on.",
    )
    channel_preference_share: float = between(
        0,
        1,
        "A shopping channel is preferred where the customer's own share of orders in it lies "
        "above this …",
    )
    channel_min_confidence: float = between(0.5, 0.999, "… with at least this probability.")
    contact_conversion_days: int = between(
        1,
        366,
        "Days after a message within which an order of a customer who clicked counts as its "
        "conversion.",
    )
    contact_min_contacts: int = between(
        1,
        1000,
        "Messages that must have arrived in a channel before it can be preferred, and in each of "
        "the two windows of fatigue.",
    )
    contact_min_confidence: float = between(
        0.5,
        0.999,
        "A contact channel is preferred where the customer responds in it more readily than its "
        "average customer with at least this probability.",
    )
    fatigue_window_days: int = between(
        1,
        3650,
        "Length of the two windows that outreach fatigue compares: the latest and the one before "
        "it.",
    )
    fatigue_response_ratio: float = between(
        0,
        1,
        "Fatigued: more messages than before and a rate of opening at most this times that of "
        "before.",
    )


class InterestIntent(Section):
    """Interest and intent."""

    interest_window_days: int = between(
        1, 3650, "Days of browsing, searches, favourites and carts that count."
    )
    cart_open_days: int = between(
        1,
        366,
        "Days for which a product put into the cart and not bought since keeps the cart open, and "
        "for which a cart or a favourite makes a customer who never bought interested.",
    )
    intent_hot_share: float = between(
        0, 1, "Share of the customers with an intent score that are hot, …"
    )
    intent_warm_share: float = between(
        0, 1, "… and the share after them that are warm; the rest are cold."
    )


class MemberValue(Section):
    """Member value."""

    member_value_window_days: int = between(1, 3650, "Days that the member value score looks back.")


class Demographics(Section):
    """Demographics."""

    usual_city_min_visits: int = between(
        1, 1000, "Days with a purchase in stores before a city is inferred from them."
    )
    usual_city_min_confidence: float = between(
        0.5,
        0.999,
        "The usual city is that of more than half of those days with at least this probability.",
    )


class LifeCycleMoments(Section):
    """Life cycle and moments."""

    lifecycle_trend_days: int = between(
        28, 3650, "Days of order days that the purchase trend is read from."
    )
    change_z: float = between(
        0.5,
        5,
        "Standard errors from which a trend is rising or falling, and visits or spend have "
        "dropped; at 2.326 one steady customer in a hundred is classified wrongly on each side.",
    )
    lifecycle_core_share: float = between(
        0.01,
        0.5,
        "Share of those who spent anything in `rfm_window_days` that are core customers.",
    )
    moment_days: int = between(
        1,
        366,
        "Days for which a first time, a return, a complaint or an unsubscription is recent, and "
        "from which on the day of the next birthday is told.",
    )
    drop_days: int = between(
        7,
        366,
        "Last days that are compared with the own baseline, the five times as many days before.",
    )
    quiet_hours: list[Annotated[float, Field(ge=0, le=24)]] = so_many(
        2,
        "From the first hour until before the second, in the business time zone, no contact is "
        "made but by e-mail; they count in runs with a time of day. Equal hours: never.",
    )
    contact_cap_7_days: int = between(
        1, 1000, "Messages delivered in the last 7 days from which a customer is left in peace."
    )
    contact_cap_30_days: int = between(1, 1000, "The same of the last 30 days.")


class AssociationRules(Section):
    """Association rules.

    Lists are of categories, subcategories and products, in this order.
    """

    rule_window_days: int = between(
        1, 36500, "Orders of the last so many days are baskets, the as-of date included."
    )
    rule_min_supports: list[Annotated[float, Field(ge=0.000001, le=1)]] = so_many(
        3,
        "A set of items counts from this share of the baskets on, taken to six decimals and "
        "compared in whole numbers.",
    )
    rule_min_confidences: list[Annotated[float, Field(ge=0, le=1)]] = so_many(
        3,
        "A rule holds in at least this share of the baskets with its left side, taken to six "
        "decimals and compared in whole numbers.",
    )
    rule_min_baskets: int = between(
        1, 1000000, "And from so many baskets on, however small the share is."
    )
    rule_max_items: int = between(
        2, 6, "Most items of a rule, both sides together; more than 3 take longer."
    )
    rule_largest_basket: int = between(
        2,
        1000,
        "Baskets of more different items are left out, and counted in `product_rule_levels`: the "
        "sets that one holds grow with the square, and with three items the cube, of what is in "
        "it.",
    )
    rule_sample_baskets: int = between(
        1000,
        1000000000,
        "Of more sales so many are drawn as baskets, by a hash of the order and the same ones in "
        "every run; `product_rule_levels` has both numbers.",
    )
    rule_crowd_items: int = between(
        1,
        1000,
        "Crowds are made for so many items of each level, those that rules of the highest lift "
        "lead to, by their three most confident rules.",
    )


class Predictions(Section):
    """Predictions."""

    prediction_refit_days: int = between(
        1,
        366,
        "Models, and the limits of NES, are fitted anew every so many days, counted from "
        "1970-01-01, and held in between.",
    )
    prediction_look_back_days: int = between(
        28,
        3660,
        "Days that every date of the score frame looks back, as far as there is history.",
    )
    prediction_sample_customers: int = between(
        1000,
        10000000,
        "Customers of the past dates that models are fitted and tested on, the same ones in every "
        "run; scored are all.",
    )
    prediction_min_customers: int = between(
        10,
        1000000,
        "With fewer customers on the dates to learn from, or fewer than a tenth of it of either "
        "outcome, nothing is fitted and nobody is scored.",
    )


class NextProduct(Section):
    """The next product."""

    next_product_level: Literal["category", "subcategory", "product"] = does(
        "What is named to a customer; items of which no such group is known are left out."
    )
    next_product_horizon_days: int = between(
        1,
        366,
        "Days after a date within which the next basket is looked for: learnt is twice as many "
        "days before the as-of date, tested once as many before it.",
    )
    next_product_half_life_days: int = between(
        1, 3650, "Days after which an order counts half in a customer's own habit."
    )
    next_product_sample_customers: int = between(
        100,
        10000000,
        "Customers of the two past dates that are learnt from and tested, the same ones in every "
        "run; the next products of all are named.",
    )
    next_product_network: bool = does(
        "Compares a network of three hidden layers, too, and uses it where it finds most."
    )


class Crowd(BaseModel):
    """What a crowd of look-alikes is seeded by, and how far it is expanded."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    where: str = Field(default="", min_length=1)
    labels: str = Field(default="", pattern="[a-z][a-z0-9_]*")
    size: int = Field(default=1000, ge=1, le=100000000)
    min_similarity: float = Field(default=0, ge=0, le=1)
    leave_out: list[Annotated[str, Field(min_length=1)]] = []


def _crowds(crowds: dict[str, Any]) -> dict[str, Any]:
    for code, given in crowds.items():
        if not re.fullmatch("[a-z][a-z0-9_]*", code):
            raise ValueError(f"crowd {code} has other signs than a-z, 0-9 and _")
        if isinstance(given, dict) and "audience" in given:
            raise ValueError(f"crowd {code}: audiences are not built yet; allowed: where, labels")
        try:
            crowd = Crowd.model_validate(given)
        except ValidationError as error:
            place = " ".join(str(part) for part in error.errors()[0]["loc"]) or "it"
            raise ValueError(
                f"crowd {code}: {place} is refused; allowed are where (text) or labels (code), "
                "size (from 1), min_similarity (0 to 1), leave_out (list of features)"
            ) from None
        if bool(crowd.where) == bool(crowd.labels):
            raise ValueError(f"crowd {code} needs where or labels, one of the two")
    return crowds


class LookAlikes(Section):
    """Look-alikes."""

    look_alike_crowds: Annotated[
        dict[str, Any],
        AfterValidator(_crowds),
        Says("a mapping of crowd to where or labels, size, min_similarity, leave_out"),
    ] = does(
        "Crowds whose look-alikes are named. `where`: SQL condition on `tags.customer_360`; "
        "`labels`: list of the seed `customer_labels`; `size` (1000) and `min_similarity` (0): how "
        "far it is expanded; `leave_out`: features, or beginnings of their names, that are not "
        "looked at, such as those that the condition is made of. [Predictions](predictions.md)"
    )
    look_alike_sample_customers: int = between(
        100,
        1000000,
        "Seeds, and other customers, that a crowd is learnt from and tested on, the same ones in "
        "every run; scored are all.",
    )


class Label(BaseModel):
    """What a tag is learnt from."""

    model_config = ConfigDict(extra="forbid", strict=True)

    labels: str = Field(default="", pattern="[a-z][a-z0-9_]*")
    where: str = Field(default="", min_length=1)
    leave_out: list[Annotated[str, Field(min_length=1)]] = []


def _labels(labels: dict[str, Any]) -> dict[str, Any]:
    for code, given in labels.items():
        if not re.fullmatch("[a-z][a-z0-9_]*", code):
            raise ValueError(f"learnt tag {code} has other signs than a-z, 0-9 and _")
        try:
            label = Label.model_validate(given)
        except ValidationError as error:
            place = " ".join(str(part) for part in error.errors()[0]["loc"]) or "it"
            raise ValueError(
                f"learnt tag {code}: {place} is refused; allowed are labels (code) or where "
                "(text), leave_out (list of features)"
            ) from None
        if bool(label.where) == bool(label.labels):
            raise ValueError(f"learnt tag {code} needs labels or where, one of the two")
    return labels


class LearntTags(Section):
    """Learnt tags."""

    learnt_tags: Annotated[
        dict[str, Any],
        AfterValidator(_labels),
        Says("a mapping of label to labels or where, leave_out"),
    ] = does(
        "Tags that are learnt from labels. `labels`: list of the seed `customer_labels` with ones "
        "and zeros; `where`: SQL condition on `tags.customer_360`, NULL where it is not known; "
        "`leave_out`: features, or beginnings of their names, that are not looked at, such as "
        "those that the label is made of. [Predictions](predictions.md)"
    )


class Influence(Section):
    """Influence."""

    influence_window_days: int = between(
        1, 36500, "Days of shares, replies, likes and referrals that the graph is made of."
    )
    influence_days: int = between(
        1,
        28,
        "Days within which an order follows a contact. Who moves others is followed more often "
        "than chance gives by `change_z` standard deviations.",
    )


class Variables(
    TimePlaceSources, Money, Identity, PersonalData, BehaviourCampaignsQuality, Rfm,
    PricePreferences, Nes, LoyaltyActivity, History, Channels, InterestIntent, MemberValue,
    Demographics, LifeCycleMoments, AssociationRules, Predictions, NextProduct, LookAlikes,
    LearntTags, Influence,
):  # fmt: skip
    """All variables of the project."""


#: The sections, in the order of the docs.
SECTIONS: tuple[type[BaseModel], ...] = Variables.__bases__


def variable_faults(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the values that a project and a command give, one line each."""
    try:
        Variables.model_validate(values)
    except ValidationError as error:
        # one fault of a variable is enough; of one that has no value dbt itself will say so
        first = {str(e["loc"][0]): e for e in reversed(error.errors()) if e["type"] != "missing"}
        return [_fault(name, values[name], each) for name, each in sorted(first.items())]
    return []


def _fault(name: str, value: object, error: Any) -> str:
    if name not in Variables.model_fields:
        known = sorted(Variables.model_fields)
        near = did_you_mean(name, known)
        told = "docs/variables.md lists all" if near else f"; known are: {', '.join(known)}"
        return f"variable {name} is unknown{near} {told}".replace(" ;", ";")
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return refused(f"variable {name}", shown, Variables.model_fields[name], error)
