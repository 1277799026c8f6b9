"""Who was erased, is restricted or objects: what is done for it, and nothing of whom.

A file beside the warehouse holds a keyed hash of each identifier of the people erased, so that it
outlives the warehouse and serves both engines. Its key is its own, 256 random bits: the values are
gone, so they could not be keyed anew when the salt is rotated.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from one360.errors import One360Error
from one360.files import sync
from one360.paths import DatasetPaths, dataset_paths, project_path, shown
from one360.private import make_private
from one360.rules.project import rules_of
from one360.rules.rights import ProcessingPurpose


@dataclass(frozen=True)
class Erasure:
    """One id of a customer that was erased; times are UTC as text, ``records`` may be 0."""

    one_id: str
    profile_count: int
    issued_at: str | None
    erased_at: str


@dataclass(frozen=True)
class Restriction:
    """A person whose data are stored and not processed; ``identifiers`` are keyed hashes."""

    one_id: str
    restricted_at: str
    identifiers: tuple[str, ...]


@dataclass(frozen=True)
class Objection:
    """A purpose that a person objects to; ``identifiers`` are keyed hashes of what names her."""

    one_id: str
    purpose_code: str
    objected_at: str
    identifiers: tuple[str, ...]


@dataclass
class Tombstones:
    """Everybody who was erased, is restricted or objects to a purpose.

    Attributes:
        key: of the hashes; empty where nobody is noted.
        erasures: one per id.
        identifiers: keyed hashes of ``space|form``, see ``one360.rights.forms``, of people erased.
        restrictions: one per person restricted.
        objections: one per person and purpose.
        lifted: what ``note_of`` gives of restrictions and objections that were lifted.
    """

    key: str = ""
    erasures: list[Erasure] = field(default_factory=list)
    identifiers: set[str] = field(default_factory=set)
    restrictions: list[Restriction] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    lifted: set[str] = field(default_factory=set)

    @property
    def notes(self) -> set[str]:
        """What ``note_of`` gives of all restrictions and objections that hold."""
        held: list[Restriction | Objection] = [*self.restrictions, *self.objections]
        return {self.note_of(each) for each in held}

    @property
    def kept_out(self) -> set[str]:
        """Hashes of all identifiers whose rows nothing reads."""
        return self.identifiers.union(*(each.identifiers for each in self.restrictions))

    def hash_of(self, space: str, form: str) -> str:
        """The keyed hash of an identifier, as macro ``erased_hash`` computes it."""
        return hashlib.sha256(f"{self.key}|{space}|{form}".encode()).hexdigest()[:32]

    def note_of(self, each: Restriction | Objection) -> str:
        """A keyed hash that names a restriction or an objection and nothing of whom."""
        if isinstance(each, Restriction):
            return self.hash_of("restriction", f"{each.one_id}|{each.restricted_at}")
        return self.hash_of("objection", f"{each.one_id}|{each.purpose_code}|{each.objected_at}")

    def lift(self, each: Restriction | Objection) -> None:
        """Let a restriction or an objection end; that it did is kept, so that none gets lost."""
        self.lifted.add(self.note_of(each))
        if isinstance(each, Restriction):
            self.restrictions.remove(each)
        else:
            self.objections.remove(each)

    def restrict(self, one_id: str, restricted_at: str, forms: Iterable[tuple[str, str]]) -> None:
        """Note a person whose data are not processed until it is lifted."""
        self.key = self.key or secrets.token_hex(32)
        hashes = {self.hash_of(space, form) for space, form in forms if form}
        self.restrictions.append(Restriction(one_id, restricted_at, tuple(sorted(hashes))))

    def object_to(
        self, one_id: str, purpose_code: str, objected_at: str, forms: Iterable[tuple[str, str]]
    ) -> None:
        """Note that a person objects to a purpose, until it is lifted."""
        self.key = self.key or secrets.token_hex(32)
        hashes = {self.hash_of(space, form) for space, form in forms if form}
        self.objections.append(Objection(one_id, purpose_code, objected_at, tuple(sorted(hashes))))

    def add(self, erasures: Iterable[Erasure], forms: Iterable[tuple[str, str]]) -> None:
        """Note people, and the forms of their identifiers by space."""
        self.key = self.key or secrets.token_hex(32)
        known = {erasure.one_id for erasure in self.erasures}
        self.erasures += [erasure for erasure in erasures if erasure.one_id not in known]
        self.identifiers |= {self.hash_of(space, form) for space, form in forms if form}


def path_of(paths: DatasetPaths) -> Path:
    """The file; to be backed up with the warehouse and the salt."""
    return paths.warehouse.with_suffix(".erased.json")


def read(paths: DatasetPaths) -> Tombstones:
    """Who was erased.

    Raises:
        One360Error: the file can be read by others, or is not whole.
    """
    path = path_of(paths)
    if not path.exists():
        return Tombstones()
    if path.stat().st_mode & 0o077:
        raise One360Error(f"{shown(path)} can be read by others; run: chmod 600 {shown(path)}")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Tombstones(
            str(found["key"]),
            [Erasure(**each) for each in found["erasures"]],
            set(found["identifiers"]),
            [
                Restriction(each["one_id"], each["restricted_at"], tuple(each["identifiers"]))
                for each in found["restrictions"]
            ],
            [
                Objection(**{**each, "identifiers": tuple(each["identifiers"])})
                # a file of a version before knows none
                for each in found.get("objections", [])
            ],
            set(found.get("lifted", [])),
        )
    except (ValueError, KeyError, TypeError):
        raise One360Error(
            f"{shown(path)}, which says who was erased, is not whole; restore it from your backup"
        ) from None


def write(paths: DatasetPaths, tombstones: Tombstones) -> None:
    """Write the file, for its owner alone; it takes its place when it is on disk."""
    write_private(
        path_of(paths),
        {
            "key": tombstones.key,
            "erasures": [asdict(erasure) for erasure in tombstones.erasures],
            "identifiers": sorted(tombstones.identifiers),
            "restrictions": [asdict(each) for each in tombstones.restrictions],
            "objections": [asdict(each) for each in tombstones.objections],
            "lifted": sorted(tombstones.lifted),
        },
    )


def write_private(path: Path, content: Any) -> None:
    """Write JSON that its owner alone may read, whole or not at all."""
    make_private(path.parent)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
    sync(path.parent)


def pending_path(paths: DatasetPaths) -> Path:
    """What an erasure has yet to do, while it runs."""
    return paths.warehouse.with_name(f".{paths.dataset}.erasing.json")


def report(request: str) -> str:
    """Answer dbt: JSON of ``erasures``, ``identifiers``, ``objections``, ``place`` of the file,
    and by hashes which restrictions and objections hold (``notes``) and were ``lifted``.

    Args:
        request: ``key`` asks for the key of the hashes alone, which so is in no SQL and no log.

    Raises:
        One360Error: an erasure was killed, so what is there is neither as before nor erased; or
            somebody objects to a purpose that is no more.
    """
    paths = dataset_paths()
    if pending_path(paths).exists():
        raise One360Error(
            f"an erasure did not end; run: one360 erase --yes --dataset {paths.dataset}"
        )
    found = read(paths)
    if request == "key":
        return found.key
    _check_purposes(found.objections)
    return json.dumps(
        {
            "place": shown(path_of(paths)),
            "erasures": [asdict(erasure) for erasure in found.erasures],
            "identifiers": [{"identifier_hash": each} for each in sorted(found.kept_out)],
            "objections": [
                {
                    "identifier_hash": identifier,
                    "purpose_code": each.purpose_code,
                    "objected_at": each.objected_at,
                }
                for each in found.objections
                for identifier in each.identifiers
            ],
            "notes": [{"note_hash": each} for each in sorted(found.notes)],
            "lifted": sorted(found.lifted),
        }
    )


def _check_purposes(objections: list[Objection]) -> None:
    """Refuse a seed of purposes without one that somebody objects to: the objection would end."""
    rules = rules_of(project_path()) if objections else None
    # faults of the seed are said where rules are checked
    if rules is None or rules.faults((ProcessingPurpose,)):
        return
    known = {row.purpose_code for row in rules.rows(ProcessingPurpose)}
    for purpose in sorted({each.purpose_code for each in objections} - known):
        count = sum(each.purpose_code == purpose for each in objections)
        raise One360Error(
            f"seed processing_purposes has no purpose {purpose!r}, to which {count} "
            f"{'people object' if count > 1 else 'person objects'}; put its row back"
        )
