"""Notes that a person objects to a purpose, and lifts it again.

She stays a customer. What the purpose covers is not done with her data from the next build on,
whatever a source says of her consent later; see ``int_identity__objections``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from one360 import tombstones
from one360.engines.lock import held
from one360.errors import UsageError
from one360.paths import DatasetPaths
from one360.rights.built import built, people_of
from one360.rights.person import Person
from one360.rules.project import Rules
from one360.rules.rights import ProcessingPurpose
from one360.rules.schema import one_of


def object_to(paths: DatasetPaths, project: Path, wanted: str, purpose_code: str) -> str:
    """Keep a person out of what a purpose covers from the next build on; return her one_id.

    Raises:
        UsageError: nothing is built, the identifier names nobody or several, she objects already,
            or there is no such purpose.
        One360Error: the warehouse cannot be read, or is in use.
    """
    _check(project, purpose_code)
    with held(paths):
        found = tombstones.read(paths)
        person = _person(paths, project, wanted)
        if _matching(found, person, purpose_code):
            raise UsageError(f"{wanted!r} is of somebody who objects to {purpose_code} already")
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
        found.object_to(person.one_id, purpose_code, now, _names(person))
        tombstones.write(paths, found)
        return person.one_id


def lift(paths: DatasetPaths, project: Path, wanted: str, purpose_code: str) -> str:
    """Let what a person said otherwise count again; return her one_id.

    Raises:
        UsageError: the identifier names nobody, several, or somebody who does not object to it, or
            there is no such purpose.
        One360Error: the warehouse cannot be read, or is in use.
    """
    _check(project, purpose_code)
    with held(paths):
        found = tombstones.read(paths)
        person = _person(paths, project, wanted)
        matching = _matching(found, person, purpose_code)
        if not matching:
            raise UsageError(f"{wanted!r} is of nobody who objects to {purpose_code}")
        for each in matching:
            found.lift(each)
        tombstones.write(paths, found)
        return person.one_id


def _check(project: Path, purpose_code: str) -> None:
    rules = Rules(project)
    if faults := rules.faults((ProcessingPurpose,)):
        raise UsageError(faults[0])
    codes = [row.purpose_code for row in rules.rows(ProcessingPurpose)]
    if purpose_code not in codes:
        raise UsageError(f"there is no purpose {purpose_code!r}; {one_of(purpose_code, codes)}")


def _person(paths: DatasetPaths, project: Path, wanted: str) -> Person:
    with built(paths) as connection:
        (person,) = people_of(connection, paths, project, [wanted])
        return person


def _names(person: Person) -> Iterator[tuple[str, str]]:
    """Her records, and the identifiers that nobody else has, as the warehouse writes them."""
    for profile in person.profiles:
        key = (profile.source_system, profile.profile_type, profile.natural_key)
        yield "record", "|".join(key)
    for each in person.identifiers:
        if not each.is_shared:
            yield (
                "identifier",
                "|".join((each.identifier_type, each.namespace or "", each.value)),
            )


def _matching(
    found: tombstones.Tombstones, person: Person, purpose_code: str
) -> list[tombstones.Objection]:
    """What she has objected to, by what names her: her one_id may be another's after a split."""
    hashes = {found.hash_of(*each) for each in _names(person)}
    return [
        each
        for each in found.objections
        if each.purpose_code == purpose_code and hashes & set(each.identifiers)
    ]
