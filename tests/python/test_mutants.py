"""The list of mutants fits the project: each fault can be put in, each catcher is there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutation.mutants import KINDS, Mutant, read_mutants
from tests.python.project import ROOT

MUTANTS = read_mutants()

#: As many there must be at least, over all and in each area.
LEAST, LEAST_OF_AN_AREA = 200, 8


def test_there_are_enough_mutants_in_every_area():
    areas = {mutant.area for mutant in MUTANTS}
    assert len(MUTANTS) >= LEAST
    for area in areas:
        assert sum(mutant.area == area for mutant in MUTANTS) >= LEAST_OF_AN_AREA, area


def test_every_mutant_can_be_put_in():
    faults = []
    for mutant in MUTANTS:
        try:
            changed = mutant.applied((ROOT / mutant.file).read_text(encoding="utf-8"))
            if mutant.file.endswith(".py"):
                ast.parse(changed)
        except (ValueError, SyntaxError) as error:
            faults.append(f"{mutant.label}: {error}")
    assert not faults, "\n".join(faults)


def test_what_should_catch_is_there():
    for catcher in {mutant.caught_by for mutant in MUTANTS} - set(KINDS):
        for name in catcher.split():
            file, _, test = name.partition("::")
            path = ROOT / file
            assert path.is_file(), catcher
            assert not test or f"def {test.split('[')[0]}(" in path.read_text(), catcher


def test_a_fault_that_does_not_fit_is_refused():
    text = Path(ROOT / "README.md").read_text(encoding="utf-8")
    for old in ("no such text in the file", "one360"):
        with pytest.raises(ValueError, match="times in the file, not once"):
            Mutant("docs", "none", "README.md", old, "x", "unit").applied(text)
