"""The list of mutants: one small fault each, as data in mutants/<area>.yml.

    - name: the city is the province          # what is wrong then
      file: models/core/customers.sql
      old: golden.city                        # stands once in the file
      new: golden.province
      caught_by: unit                         # the cheapest test that should notice

`caught_by` is one of

    unit              the dbt unit tests of the models that the file reaches
    rebuild           the fixed shop: those models and what is published of them built once more
    nights            both nights of the fixed shop from nothing, every published table compared
    tests/python/…    a pytest file or test, as pytest names it
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).with_name("mutants")

KINDS = ("unit", "rebuild", "nights")


@dataclass(frozen=True)
class Mutant:
    """One fault: `old` in `file`, where it stands once, becomes `new`."""

    area: str
    name: str
    file: str
    old: str
    new: str
    caught_by: str

    @property
    def label(self) -> str:
        """As a person tells it from others."""
        return f"{self.area}: {self.name} ({self.file})"

    def applied(self, text: str) -> str:
        """The text of the file with the fault.

        Raises:
            ValueError: `old` does not stand in it exactly once, or nothing would change.
        """
        count = text.count(self.old)
        if count != 1:
            raise ValueError(f"{self.label}: old stands {count} times in the file, not once")
        if self.old == self.new:
            raise ValueError(f"{self.label}: old and new are the same")
        return text.replace(self.old, self.new)


def read_mutants(folder: Path = FOLDER) -> list[Mutant]:
    """All mutants, by area and in the order of their files.

    Raises:
        ValueError: an entry lacks a field, has an unknown one or a name that another has.
    """
    mutants = []
    fields = {"name", "file", "old", "new", "caught_by"}
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            if set(entry) != fields:
                raise ValueError(f"{path.name}: {entry} must have {sorted(fields)}")
            mutants.append(Mutant(area=path.stem, **{k: str(v) for k, v in entry.items()}))
    names = [(mutant.area, mutant.name) for mutant in mutants]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two mutants of one name: {twice}")
    return mutants
