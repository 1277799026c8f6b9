"""Rules of the tag families: weights, levels, cut points, segments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from one360.rules.schema import AnyCode, Code, Flag, Number, Row, Share, Text, Whole, one_of

if TYPE_CHECKING:
    from one360.rules.project import Rules

#: The largest member value score, and the most orders that int_member_value__actions tries.
HIGHEST_SCORE = 2000
MOST_ORDERS = 24


class Named(Row):
    """A row with a name in both languages."""

    name_en: Text
    name_zh: Text


class Weight(Named):
    """The weight of an indicator; those of a score sum to 1."""

    weight: Share

    @property
    def of(self) -> str:
        """The score that the weight belongs to."""
        return ""

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row | None, str]]:
        """The weights of each score sum to 1."""
        for scope in dict.fromkeys(row.of for row in rows):
            total = sum(row.weight for row in rows if row.of == scope)
            if abs(total - 1) > 0.000001:
                of = f" of scope {scope}" if scope else ""
                yield None, f"the weights{of} sum to {total:.6g}; allowed is 1"


# --- RFM -------------------------------------------------------------------------------


class RfmSegment(Named):
    """A segment of RFM."""

    seed = "rfm_segments"
    keys = (("segment_code",), ("name_en",), ("name_zh",))

    segment_code: Code
    description: Text

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[None, str]]:
        """Customers whom no line fits have a segment too."""
        if "others" not in {row.segment_code for row in rows}:
            yield None, "segment_code others has no row; customers whom no line fits are others"


class RfmSegmentMap(Row):
    """A line of a segment map."""

    seed = "rfm_segment_maps"
    keys = (("map_name", "position"),)

    map_name: Code
    position: Whole
    basis: Literal["score", "average"]
    r_from: Whole
    r_to: Whole
    f_from: Whole
    f_to: Whole
    m_from: Whole
    m_to: Whole
    segment_code: Code

    @model_validator(mode="after")
    def _has_ranges(self) -> Self:
        low, high = (1, 5) if self.basis == "score" else (0, 1)
        for letter in "rfm":
            begin, end = getattr(self, f"{letter}_from"), getattr(self, f"{letter}_to")
            if not low <= begin <= end <= high:
                raise ValueError(
                    f"{letter}_from is {begin} and {letter}_to {end}; allowed for basis "
                    f"{self.basis} are numbers from {low} to {high}, the first no larger"
                )
        return self

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row | None, str]]:
        """Every line names a segment, and the variable a map."""
        maps = sorted({row.map_name for row in rows})
        chosen = rules.variables.get("rfm_segment_map", maps[0] if maps else None)
        if chosen not in maps:
            said = f"there is no map {chosen}, which variable rfm_segment_map names"
            yield None, f"{said}; {one_of(chosen, maps)}"
        known = [row.segment_code for row in rules.rows(RfmSegment)]
        for row in rows:
            if row.segment_code not in known:
                yield row, f"segment_code is {row.segment_code}; {one_of(row.segment_code, known)}"


class RfmCuts(Row):
    """The fixed cut points of a measure."""

    seed = "rfm_cuts"
    keys = (("measure",),)
    complete = "measure"

    measure: Literal["recency_days", "frequency", "monetary"]
    cut_1: Number
    cut_2: Number
    cut_3: Number
    cut_4: Number

    @model_validator(mode="after")
    def _increase(self) -> Self:
        cuts = [self.cut_1, self.cut_2, self.cut_3, self.cut_4]
        if sorted(set(cuts)) != cuts:
            shown = ", ".join(f"{cut:g}" for cut in cuts)
            raise ValueError(f"cut_1 to cut_4 are {shown}; allowed are increasing numbers")
        return self


# --- NES, loyalty, activity ------------------------------------------------------------


class NesState(Named):
    """A state of NES."""

    seed = "nes_states"
    keys = (("state_code",), ("position",))
    complete = "state_code"

    state_code: Literal["N", "E0", "S1", "S2", "S3"]
    position: Whole
    description: Text


class LoyaltyWeight(Weight):
    """The weight of an indicator of loyalty."""

    seed = "loyalty_weights"
    keys = (("scope", "indicator_code"),)

    scope: Literal["brand", "overall"]
    indicator_code: Literal[
        "visits", "dwell_seconds", "visit_days", "pages", "last_visit", "purchases", "amount",
        "last_purchase", "searches", "visits_against_like", "purchases_against_like",
        "amount_against_like", "days_against_like", "searches_against_like",
    ]  # fmt: skip
    indicator_group: Literal["site", "brand"]

    @property
    def of(self) -> str:
        """Brand and overall are scores of their own."""
        return self.scope

    @model_validator(mode="after")
    def _has_sense(self) -> Self:
        if self.scope == "overall" and self.indicator_code.endswith("_against_like"):
            raise ValueError(
                f"indicator_code is {self.indicator_code}; allowed for scope overall is none "
                "against like brands"
            )
        return self


class LoyaltyLevel(Named):
    """A level of loyalty."""

    seed = "loyalty_levels"
    keys = (("level_code",), ("position",), ("score_from",))

    level_code: Code
    position: Whole
    score_from: Number = Field(ge=1, le=100)

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row, str]]:
        """No score is without a level."""
        lowest = min(rows, key=lambda row: row.score_from, default=None)
        if lowest and lowest.score_from != 1:
            yield lowest, f"score_from is {lowest.score_from:g}; allowed for the lowest level is 1"


class ActivityWeight(Weight):
    """The weight of an indicator of activity."""

    seed = "activity_weights"
    keys = (("indicator_code",),)

    indicator_code: Literal[
        "last_login", "last_purchase", "reviews", "orders", "login_days", "dwell_seconds", "pages"
    ]


class ActivityLevel(Named):
    """A level of activity."""

    seed = "activity_levels"
    keys = (("level_code",), ("position",))
    complete = "level_code"

    level_code: Literal["high", "medium", "low"]
    position: Whole


# --- channel, interest, moments --------------------------------------------------------


class ContactResponseWeight(Weight):
    """The weight of a response to a message."""

    seed = "contact_response_weights"
    keys = (("indicator_code",),)

    indicator_code: Literal["open", "click", "conversion"]


class InterestWeight(Named):
    """How much an event counts and how fast that fades."""

    seed = "interest_weights"
    keys = (("event_type",),)

    event_type: Literal["product_viewed", "product_searched", "product_wishlisted", "product_added"]
    weight: Number = Field(ge=0)
    half_life_days: Number = Field(gt=0)


class MomentType(Named):
    """A type of moment."""

    seed = "moment_types"
    keys = (("moment_type",), ("position",))

    moment_type: Code
    position: Whole
    moment_group: Literal["first_time", "anomaly", "special_day"]


# --- member value ----------------------------------------------------------------------


class MemberValueWeight(Weight):
    """The weight of an indicator of the member value score."""

    seed = "member_value_weights"
    keys = (("indicator_code",),)

    indicator_code: Literal[
        "amount", "purchases", "login_days", "responses", "verified_reviews", "kept_order_share",
        "good_standing",
    ]  # fmt: skip
    indicator_group: Literal["amount", "frequency", "interaction", "reputation"]


class MemberValueTier(Named):
    """A tier of the member value score."""

    seed = "member_value_tiers"
    keys = (("level_code",), ("position",), ("score_from",))

    level_code: Code
    position: Whole
    score_from: Whole = Field(ge=0, le=HIGHEST_SCORE)
    is_top_programme: Flag

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row, str]]:
        """No score is without a tier."""
        lowest = min(rows, key=lambda row: row.score_from, default=None)
        if lowest and lowest.score_from != 0:
            yield lowest, f"score_from is {lowest.score_from}; allowed for the lowest tier is 0"


class MemberValueAction(Named):
    """An action that is proposed for reaching the next tier."""

    seed = "member_value_actions"
    keys = (("action_code",),)

    action_code: Literal["buy_again", "spend_more", "write_review", "sign_in"]
    effort_per_unit: Number = Field(gt=0)
    max_units: Whole = Field(ge=1)

    @model_validator(mode="after")
    def _is_tried(self) -> Self:
        if self.action_code == "buy_again" and self.max_units > MOST_ORDERS:
            raise ValueError(
                f"max_units is {self.max_units}; allowed for buy_again is a whole number from 1 "
                f"to {MOST_ORDERS}"
            )
        return self


# --- price, preferences, demographics --------------------------------------------------


class PriceLevel(Row):
    """A level of price sensitivity or of spending power."""

    seed = "price_levels"
    keys = (("tag_code", "level_code"), ("tag_code", "score_from"))

    tag_code: Literal["price_sensitivity", "spending_power"]
    level_code: AnyCode
    score_from: Number

    @model_validator(mode="after")
    def _is_a_share(self) -> Self:
        if self.tag_code == "spending_power" and not 0 <= self.score_from <= 1:
            raise ValueError(
                f"score_from is {self.score_from:g}; allowed for spending_power is a share of "
                "customers from 0 to 1"
            )
        return self


class Daypart(Row):
    """A part of the business day."""

    seed = "dayparts"
    keys = (("daypart_code",),)

    daypart_code: AnyCode
    hour_from: Whole = Field(ge=0, le=23)
    hour_to: Whole = Field(ge=0, le=24)

    def holds(self, hour: int) -> bool:
        """Whether an hour lies in it; a part that ends before it begins goes over midnight."""
        if self.hour_from < self.hour_to:
            return self.hour_from <= hour < self.hour_to
        return hour >= self.hour_from or hour < self.hour_to

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[None, str]]:
        """Together they hold every hour once."""
        for hour in range(24):
            parts = [row.daypart_code for row in rows if row.holds(hour)]
            if len(parts) != 1:
                named = f"{len(parts)}: {', '.join(parts)}" if parts else "none"
                yield None, f"hour {hour} lies in {named}; allowed is one daypart for each hour"


class AgeBand(Named):
    """An age band."""

    seed = "age_bands"
    keys = (("band_code",), ("age_from",))

    band_code: AnyCode
    age_from: Whole = Field(ge=0, le=120)

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row, str]]:
        """No age is without a band."""
        lowest = min(rows, key=lambda row: row.age_from, default=None)
        if lowest and lowest.age_from != 0:
            yield lowest, f"age_from is {lowest.age_from}; allowed for the first band is 0"


SEEDS = (
    RfmSegment, RfmSegmentMap, RfmCuts, NesState, LoyaltyWeight, LoyaltyLevel, ActivityWeight,
    ActivityLevel, ContactResponseWeight, InterestWeight, MomentType, MemberValueWeight,
    MemberValueTier, MemberValueAction, PriceLevel, Daypart, AgeBand,
)  # fmt: skip
