"""How the fields of two records are compared: into levels, the best first.

Level 0 is missing (the pair says nothing in this field), level 1 the first label, and the last
label is different. Levels of names, dates, codes and e-mails are SQL over l and r; addresses
and attributes are bags of words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from one360.identity.records import ADDRESS_FIELDS, ATTRIBUTE_FIELDS, ID_FIELDS

#: Bits that a weak level speaks for one person at most.
MOST_WEAK = 2.0


@dataclass(frozen=True)
class Comparison:
    """One comparison of a field.

    Attributes:
        name: the field.
        labels: its levels, the best first; level n has label n - 1.
        usual: how often records of one person are expected to fall into each level; what is
            learnt starts here and is drawn towards it where little is seen.
        sql: the level as SQL; None of a bag.
        columns: the columns that are compared; of a bag, those whose texts are put together.
        agreeing: levels that speak for one person.
        weak: a level that depends on another comparison; it speaks for one person by
            MOST_WEAK bits at most. 0 where there is none.
    """

    name: str
    labels: tuple[str, ...]
    usual: tuple[float, ...]
    sql: str | None
    columns: tuple[str, ...]
    agreeing: tuple[int, ...]
    weak: int = 0

    @property
    def different(self) -> int:
        """The level of texts that have nothing in common."""
        return len(self.labels)


def _case(missing: str, conditions: Sequence[str]) -> str:
    whens = " ".join(f"when {test} then {n}" for n, test in enumerate(conditions, start=1))
    return f"case when {missing} then 0 {whens} else {len(conditions) + 1} end"


def _either_missing(column: str) -> str:
    return f"l.{column} is null or r.{column} is null"


def _similar(column: str, least: float) -> str:
    return f"jaro_winkler_similarity(l.{column}, r.{column}) >= {least}"


def _slips(column: str, most: int) -> str:
    """At most so many letters mistyped, left out, added or swapped."""
    return (
        f"(abs(length(l.{column}) - length(r.{column})) <= {most}"
        f" and damerau_levenshtein(l.{column}, r.{column}) <= {most})"
    )


def _given_name(has_surname: bool) -> Comparison:
    # a single Chinese character is a whole given name
    initial = " or ".join(
        f"(length({side}.given_name) = 1 and not regexp_matches({side}.given_name, '\\p{{Han}}'))"
        for side in ("l", "r")
    )
    within = (
        "coalesce(contains(r.middle, '|' || l.given_name || '|'), false)"
        " or coalesce(contains(l.middle, '|' || r.given_name || '|'), false)"
    )
    swapped = (
        "coalesce(l.given_name_sound = r.surname_sound, false)"
        " and coalesce(r.given_name_sound = l.surname_sound, true)"
        " or coalesce(r.given_name_sound = l.surname_sound, false)"
        " and l.surname_sound is distinct from r.surname_sound"
        if has_surname
        else "false"
    )
    levels = (
        ("equal", 0.72, "l.given_name = r.given_name"),
        ("sounds equal", 0.03, "l.given_name_sound = r.given_name_sound"),
        (
            "short for the other",
            0.04,
            "list_has_any(string_split(trim(l.given_roots, '|'), '|'),"
            " string_split(trim(r.given_roots, '|'), '|'))",
        ),
        ("initial", 0.03, f"({initial}) and left(l.given_name, 1) = left(r.given_name, 1)"),
        ("one of several", 0.02, within),
        ("first and last swapped", 0.03, swapped),
        (
            "mistyped",
            0.07,
            f"least(length(l.given_name_sound), length(r.given_name_sound)) >= 4"
            f" and {_slips('given_name_sound', 1)} or {_similar('given_name_sound', 0.92)}",
        ),
        ("similar", 0.03, f"not ({initial}) and {_similar('given_name_sound', 0.8)}"),
    )
    return _of_levels("given_name", levels, 0.03, ("given_name",))


def _surname(has_given: bool) -> Comparison:
    swapped = (
        "coalesce(l.surname_sound = r.given_name_sound, false)"
        " or coalesce(r.surname_sound = l.given_name_sound, false)"
        if has_given
        else "false"
    )
    within = (
        "length(l.surname) > 2 and coalesce(contains(r.name_words, '|' || l.surname || '|'), false)"
        " or length(r.surname) > 2"
        " and coalesce(contains(l.name_words, '|' || r.surname || '|'), false)"
    )
    levels = (
        ("equal", 0.78, "l.surname = r.surname"),
        ("sounds equal", 0.03, "l.surname_sound = r.surname_sound"),
        ("first and last swapped", 0.03, swapped),
        ("one of several", 0.02, within),
        (
            "mistyped",
            0.06,
            f"least(length(l.surname_sound), length(r.surname_sound)) >= 4"
            f" and {_slips('surname_sound', 1)} or {_similar('surname_sound', 0.92)}",
        ),
        ("similar", 0.03, _similar("surname_sound", 0.8)),
    )
    return _of_levels("surname", levels, 0.05, ("surname",))


def _gender() -> Comparison:
    levels = (("equal", 0.97, "l.gender = r.gender"),)
    return _of_levels("gender", levels, 0.03, ("gender",))


#: Years between the births of a parent and a child, at least.
GENERATION = 14


def _birth_date() -> Comparison:
    year_only = "length(l.birth_date) = 4 or length(r.birth_date) = 4"
    same_year = "left(l.birth_date, 4) = left(r.birth_date, 4)"
    years = "try_cast(left(l.birth_date, 4) as int) - try_cast(left(r.birth_date, 4) as int)"
    swapped = (
        f"{same_year} and substr(l.birth_date, 5, 2) = substr(r.birth_date, 7, 2)"
        " and substr(l.birth_date, 7, 2) = substr(r.birth_date, 5, 2)"
    )
    levels = (
        ("equal", 0.76, "length(l.birth_date) = 8 and l.birth_date = r.birth_date"),
        ("same year, day unknown", 0.05, f"({year_only}) and {same_year}"),
        ("other year, day unknown", 0.01, year_only),
        ("day and month swapped", 0.02, swapped),
        (
            "same day in another decade",
            0.02,
            f"right(l.birth_date, 4) = right(r.birth_date, 4) and ({years}) % 10 = 0",
        ),
        ("one slip", 0.06, _slips("birth_date", 1)),
        ("near day", 0.02, "abs(l.birth_day - r.birth_day) <= 10"),
        ("two slips", 0.03, "hamming(l.birth_date, r.birth_date) <= 2"),
        ("same year", 0.01, same_year),
        ("different", 0.01, f"abs({years}) < {GENERATION}"),
    )
    return _of_levels(
        "birth_date", levels, 0.01, ("birth_date",), (1, 4, 5, 6, 7), "another generation"
    )


def _code(column: str) -> Comparison:
    """A number that an issuer gave out."""
    levels = (
        ("equal", 0.8, f"l.{column} = r.{column}"),
        ("one slip", 0.06, f"length(l.{column}) > 4 and {_slips(column, 1)}"),
        ("two slips", 0.02, f"length(l.{column}) > 6 and {_slips(column, 2)}"),
    )
    return _of_levels(column, levels, 0.12, (column,))


def _email(names: Sequence[str]) -> Comparison:
    """An address made of the name (ann.lee7@…) says little more than the name when it is alike."""
    local = "split_part({0}.email, '@', 1)"
    one, other = local.format("l"), local.format("r")
    made_of_name = " or ".join(
        f"coalesce(length(l.{part}) > 2 and contains(l.email, l.{part}), false)" for part in names
    )
    slip = f"length({one}) > 4 and {one} = {other} or {_slips('email', 1)}"
    similar = _similar("email", 0.92)
    levels = (
        ("equal", 0.75, "l.email = r.email"),
        ("made of one name", 0.04, f"({made_of_name or 'false'}) and ({slip} or {similar})"),
        ("one slip or another provider", 0.06, slip),
        ("similar", 0.03, similar),
    )
    return replace(_of_levels("email", levels, 0.12, ("email",), (1, 3, 4)), weak=2)


#: Least cosine of each level of a bag.
COSINES = (0.999, 0.8, 0.6, 0.4, 0.2)
_BAG = ("equal", "nearly equal", "alike", "partly alike", "little alike", "different")


def _bag(name: str, columns: tuple[str, ...]) -> Comparison:
    if name == "address":
        usual = (0.45, 0.18, 0.12, 0.08, 0.05, 0.12)
    else:
        usual = (0.7, 0.06, 0.05, 0.04, 0.03, 0.12)
    return Comparison(name, _BAG, usual, None, columns, (1, 2, 3))


def _of_levels(
    name: str,
    levels: tuple[tuple[str, float, str], ...],
    different: float,
    columns: tuple[str, ...],
    agreeing: tuple[int, ...] | None = None,
    last: str = "different",
) -> Comparison:
    usual = (*(share for _, share, _ in levels), different)
    return Comparison(
        name,
        (*(label for label, _, _ in levels), last),
        tuple(share / sum(usual) for share in usual),
        _case(_either_missing(columns[0]), [f"({test})" for _, _, test in levels]),
        columns,
        agreeing or tuple(range(1, len(levels) + 1)),
    )


def comparisons_for(columns: Sequence[str]) -> list[Comparison]:
    """The comparisons that the given columns allow."""
    present = set(columns)
    found: list[Comparison] = []
    if "given_name" in present:
        found.append(_given_name("surname" in present))
    if "surname" in present:
        found.append(_surname("given_name" in present))
    if "gender" in present:
        found.append(_gender())
    if "birth_date" in present:
        found.append(_birth_date())
    found += [_code(column) for column in ("phone", *ID_FIELDS) if column in present]
    if "email" in present:
        found.append(_email([c for c in ("given_name", "surname") if c in present]))
    address = tuple(column for column in ADDRESS_FIELDS if column in present)
    if address:
        found.append(_bag("address", address))
    return found + [_bag(column, (column,)) for column in ATTRIBUTE_FIELDS if column in present]
