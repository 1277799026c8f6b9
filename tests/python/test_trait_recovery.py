"""Traits that people of the demo retailer were made with are found again by their tags.

The simulator gives people habits (truth/people.parquet); the raw files hold only what they do.
Each customer is taken for the person that most of its profiles belong to. A tag is judged as

    precision   of the customers it gives a value, how many have that trait
    recall      of the customers that have a trait, how many are given it

among all customers with any evidence in the window, and among those where the signal is strong:
enough of what an analyst can see, orders and lines, whatever the truth. The tables are printed
(pytest -s, or the report of a failure).
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.python.project import Project

pytestmark = [pytest.mark.build, pytest.mark.nightly]

#: What precision and recall must reach where the signal is strong.
GOAL = 0.9


@dataclass(frozen=True)
class Trait:
    """A trait of the truth and the tag that finds it.

    Args:
        name: what is printed.
        truth: the trait of a person, an expression over truth.people; NULL = has none.
        table: the table of the tag.
        found: what the tag says, an expression over the table; NULL = says nothing.
        strong: where the signal is strong, a condition over the table.
        meaning: the same in words.
        is_asserted: whether the goal is asserted for strong signals.
    """

    name: str
    truth: str
    table: str
    found: str
    strong: str
    meaning: str
    is_asserted: bool = True


TRAITS = [
    Trait(
        "price hunter",
        "case when is_price_hunter then 'hunter' end",
        "tags.tag_price",
        "case when found.is_price_hunter then 'hunter' end",
        "line_count >= 5",
        "5 lines kept",
    ),
    Trait(
        "reseller",
        "case when is_reseller then 'reseller' end",
        "tags.tag_rfm",
        "case when is_reseller_suspect then 'reseller' end",
        "frequency >= 10",
        "10 orders",
    ),
    Trait(
        "weekday habit",
        "weekday_habit",
        "tags.tag_preferences",
        "preferred_weekpart",
        "weekpart_evidence >= 10",
        "10 orders",
    ),
    # people without a habit order around half past three, which is a preference of theirs
    # for the afternoon but no habit of the truth
    Trait(
        "time of day habit",
        "time_of_day_habit",
        "tags.tag_preferences",
        "nullif(preferred_daypart, 'afternoon')",
        "daypart_evidence >= 5",
        "5 orders",
    ),
    Trait(
        "favourite brand",
        "favourite_brand",
        "tags.tag_preferences",
        "preferred_brand",
        "brand_evidence >= 15 and brand_share >= 0.25",
        "15 lines, a quarter of one brand",
    ),
    # one line in six, fewer than fall into the categories of the favourite brand
    Trait(
        "favourite category",
        "favourite_category",
        "tags.tag_preferences",
        "preferred_category",
        "category_evidence >= 15 and category_share >= 0.2",
        "15 lines, a fifth of one category",
        is_asserted=False,
    ),
    Trait(
        "channel habit",
        "channel_habit",
        "tags.tag_channel",
        "preferred_channel",
        "channel_orders >= 8",
        "8 orders",
    ),
    Trait(
        "contact habit",
        "contact_habit",
        "tags.tag_channel",
        "preferred_contact_channel",
        "contacts >= 10",
        "10 contacts",
        is_asserted=False,
    ),
]


@dataclass(frozen=True)
class Recovery:
    """How well a trait is found again among some customers."""

    judged: int
    having: int
    given: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.having if self.having else 0.0


@pytest.fixture(scope="module")
def tagged(demo: Project) -> Project:
    """The demo with the tags that are judged and a table truth.customers."""
    models = " ".join(sorted({f"+{trait.table.split('.')[1]}" for trait in TRAITS}))
    demo.dbt(
        "build",
        *("--select", *models.split()),
        *("--exclude", "+customer_profiles"),
        *("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
    ).check()
    return demo


def recovery(project: Project, trait: Trait, condition: str) -> Recovery:
    """Judge a tag among the customers of its table that meet a condition."""
    truth = project.raw / "truth"
    rows = project.query(
        f"""
        with

        owners as (
            select bridge.one_id, profiles.person_id, count(*) as profiles
            from read_parquet('{truth}/profiles.parquet') as profiles
            inner join identity.int_identity__profiles as known using (profile_type, natural_key)
            inner join core.customer_profiles as bridge using (profile_id)
            group by all
        ),

        persons as (
            select one_id, person_id
            from owners
            qualify row_number() over (partition by one_id order by profiles desc, person_id) = 1
        ),

        judged as (
            select {trait.truth} as has_trait, persons.one_id
            from persons
            inner join read_parquet('{truth}/people.parquet') as people using (person_id)
        )

        select
            count(*),
            count(judged.has_trait),
            count({trait.found}),
            count(case when judged.has_trait = {trait.found} then 1 end)
        from judged
        inner join {trait.table} as found using (one_id)
        where {condition}
        """
    )
    return Recovery(*rows[0])


def test_traits_of_the_demo_are_found_again(tagged: Project) -> None:
    print(
        f"\n{'trait':<20}{'customers':<34}{'judged':>8}{'have it':>9}{'given':>7}"
        f"{'precision':>11}{'recall':>8}"
    )
    missed = []
    for trait in TRAITS:
        for condition, meaning in (("true", "all"), (trait.strong, trait.meaning)):
            found = recovery(tagged, trait, condition)
            print(
                f"{trait.name:<20}{meaning:<34}{found.judged:>8}{found.having:>9}{found.given:>7}"
                f"{found.precision:>11.3f}{found.recall:>8.3f}"
            )
        if trait.is_asserted and min(found.precision, found.recall) < GOAL:
            missed.append(f"{trait.name}: precision {found.precision}, recall {found.recall}")
    assert not missed, missed
