"""Rules and decisions of identity: which values join records, whose word counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from one360.rules.schema import Code, Day, Flag, Hash, Number, Row, Text, Whole, one_of

if TYPE_CHECKING:
    from one360.rules.project import Rules

#: Those of macro identifier_normalisers.
Normaliser = Literal["as_staged", "lower", "upper", "letters_and_digits", "mailbox"]
#: Those of macro golden_methods.
GoldenMethod = Literal[
    "source_priority", "most_recent", "most_frequent", "longest", "verified_first"
]
#: What identity_health measures, and the cases that identity_review lists.
MeasureCode = Literal[
    "profiles_per_customer", "names_per_customer", "birth_dates_per_customer",
    "exclusive_values_per_customer", "weak_links_of_customer", "merged_share",
    "largest_customer", "refused_share", "suppressed_share", "refused_link", "grey_band_pair",
    "unknown_decision", "values_over_cap",
]  # fmt: skip
#: Measures that are shares of a whole; refused links are counted per accepted link.
SHARES = ("merged_share", "suppressed_share")


class IdentifierType(Row):
    """A rule that may join two records."""

    seed = "identifier_types"
    keys = (("identifier_type",), ("priority",))

    # any: input_identifiers may give types of one's own
    identifier_type: Code
    name_en: Text
    name_zh: Text
    record_type: Code | None
    tier: Whole = Field(ge=1)
    priority: Whole
    trust: Number = Field(gt=0, le=1)
    normaliser: Normaliser
    max_customers: Whole = Field(ge=1)
    window_days: Whole | None = Field(ge=1)
    max_customers_in_window: Whole | None = Field(ge=1)
    max_records: Whole = Field(ge=1)
    max_per_customer: Whole | None = Field(ge=1)
    max_per_customer_in_window: Whole | None = Field(ge=1)
    changes_hands: Flag
    is_personal: Flag
    proves_person: Flag
    is_exclusive: Flag
    on_conflict: Literal["refuse", "same_person", "accept"]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.window_days is None) != (self.max_customers_in_window is None):
            raise ValueError(
                "only one of window_days and max_customers_in_window is given; allowed are both "
                "or none"
            )
        if self.max_per_customer_in_window is not None and self.window_days is None:
            raise ValueError(
                "max_per_customer_in_window is given without window_days; allowed are both"
            )
        if self.is_exclusive == (self.on_conflict == "accept"):
            allowed = "refuse, same_person" if self.is_exclusive else "accept"
            raise ValueError(
                f"on_conflict is {self.on_conflict}; of a type whose is_exclusive is "
                f"{str(self.is_exclusive).lower()} allowed are: {allowed}"
            )
        return self


class BlockedIdentifier(Row):
    """A value or pattern that identifies no person, or does although a rule says otherwise."""

    seed = "identifier_blocklist"
    keys = (("identifier_type", "match_kind", "pattern"),)

    identifier_type: Code
    match_kind: Literal["equals", "like"]
    pattern: Text
    reason_code: Code
    is_blocked: Flag

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row, str]]:
        """The type of each value has a rule."""
        types = [rule.identifier_type for rule in rules.rows(IdentifierType)]
        for row in rows:
            name = row.identifier_type
            if name not in types:
                yield row, f"identifier_type is {name}; {one_of(name, types)}"

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.match_kind == "like" and not self.pattern.strip("%_"):
            raise ValueError(
                f"pattern is {self.pattern}; allowed is one with a letter or digit besides % and _"
            )
        return self


class GoldenRule(Row):
    """By what the golden value of an attribute is chosen."""

    seed = "golden_rules"
    keys = (("attribute",),)

    attribute: Literal[
        "full_name", "gender", "birth_date", "place", "card_level", "company", "phone", "email"
    ]
    first_by: GoldenMethod
    then_by: GoldenMethod
    last_by: GoldenMethod


class SourcePriority(Row):
    """Whose word counts first."""

    seed = "source_priority"
    keys = (("source_system",),)

    source_system: Code
    priority: Whole = Field(ge=1, le=8)
    reason: Text


class IdentityNorm(Row):
    """The normal range of a measure of identity."""

    seed = "identity_norms"
    keys = (("measure_code",),)

    measure_code: MeasureCode
    name_en: Text
    name_zh: Text
    normal_from: Number
    normal_to: Number
    reason: Text

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.normal_from > self.normal_to:
            raise ValueError(
                f"normal_from is {self.normal_from:g}; allowed is a number up to normal_to, "
                f"{self.normal_to:g}"
            )
        if self.measure_code in SHARES and not 0 <= self.normal_to <= 1:
            raise ValueError(
                f"normal_to is {self.normal_to:g}; allowed for a share is a number from 0 to 1"
            )
        return self


class Decision(Row):
    """What a reviewer decided about a record."""

    profile_id: Text
    decided_by: Text
    decided_at: Day
    reason: Text

    def told(self) -> str:
        """Which decision by whom and when."""
        return f"{self.seed} by {self.decided_by} on {self.decided_at} (row {self.row})"


class PairDecision(Decision):
    """What a reviewer decided about two records."""

    other_profile_id: Text

    @property
    def pair(self) -> frozenset[str]:
        """The two records, which way round does not matter."""
        return frozenset((self.profile_id, self.other_profile_id))

    @model_validator(mode="after")
    def _is_of_two(self) -> Self:
        if len(self.pair) == 1:
            raise ValueError(
                f"other_profile_id is {self.other_profile_id}, as profile_id; allowed is another "
                "record"
            )
        return self


class NeverLink(PairDecision):
    """Two records that are two customers."""

    seed = "never_link"


class Unmerge(Decision):
    """A record that no rule links again."""

    seed = "unmerge"


class Unbind(Decision):
    """A value that a person holds no more."""

    seed = "unbind"
    keys = (("profile_id", "identifier_hash"),)

    identifier_hash: Hash
    released_date: Day


class ForceLink(PairDecision):
    """Two records that are one customer."""

    seed = "force_link"

    @classmethod
    def check(cls, rows: list[Self], rules: Rules) -> Iterator[tuple[Row, str]]:
        """No decision contradicts another."""
        apart = {row.pair: row for row in rules.rows(NeverLink)}
        alone = {row.profile_id: row for row in rules.rows(Unmerge)}
        for row in rows:
            others = [apart.get(row.pair), *(alone.get(name) for name in sorted(row.pair))]
            for other in filter(None, others):
                yield row, f"{row.told()} and {other.told()} contradict each other"


SEEDS = (
    IdentifierType, BlockedIdentifier, GoldenRule, SourcePriority, IdentityNorm, NeverLink,
    Unmerge, Unbind, ForceLink,
)  # fmt: skip
