"""What dbt makes of the models, as it ran on the shop of every kind of row."""

from __future__ import annotations

from tests.python.every_kind import NIGHTS, EveryKind

#: Characters of a line of compiled SQL that a reader still takes in.
LONGEST_LINE = 650


def test_no_line_of_a_model_or_function_is_too_long_to_read(every_kind: EveryKind) -> None:
    compiled = {
        key: result["compiled_code"]
        for key, result in every_kind.results(NIGHTS[-1]).items()
        if key.startswith(("model.", "function."))
    }
    # a Python model is handed over with all that it reads in one line of dbt's own
    longest = {
        key: max(map(len, code.splitlines()))
        for key, code in compiled.items()
        if code and "def model(dbt" not in code
    }
    assert len(longest) > 200
    assert {key: length for key, length in longest.items() if length > LONGEST_LINE} == {}
