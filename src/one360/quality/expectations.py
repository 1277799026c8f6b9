"""Expectations in short: what the suites of both checkpoints are written in."""

from __future__ import annotations

from collections.abc import Sequence

import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

CRITICAL = FailureSeverity.CRITICAL
WARNING = FailureSeverity.WARNING


def present(column: str, mostly: float = 1, severity: FailureSeverity = CRITICAL) -> Expectation:
    """The column has values."""
    return gxe.ExpectColumnValuesToNotBeNull(column=column, mostly=mostly, severity=severity)


def distinct(*columns: str, mostly: float = 1.0) -> Expectation:
    """The columns together tell the rows apart."""
    if len(columns) == 1:
        return gxe.ExpectColumnValuesToBeUnique(column=columns[0], mostly=mostly, severity=CRITICAL)
    return gxe.ExpectCompoundColumnsToBeUnique(
        column_list=list(columns), mostly=mostly, severity=CRITICAL
    )


def between(
    column: str,
    low: float | pd.Timestamp | None,
    high: float | pd.Timestamp | None,
    mostly: float = 1.0,
    severity: FailureSeverity = CRITICAL,
) -> Expectation:
    """Values lie between the two, both included; None is no limit."""
    return gxe.ExpectColumnValuesToBeBetween(
        column=column, min_value=low, max_value=high, mostly=mostly, severity=severity
    )


def not_before(
    earlier: str, later: str, mostly: float = 1.0, severity: FailureSeverity = CRITICAL
) -> Expectation:
    """One time is not before another, where both are there."""
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=later,
        column_B=earlier,
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        mostly=mostly,
        severity=severity,
    )


def one_of(
    column: str, values: Sequence[object], mostly: float = 1, severity: FailureSeverity = CRITICAL
) -> Expectation:
    """Values are of a list."""
    return gxe.ExpectColumnValuesToBeInSet(
        column=column, value_set=list(values), mostly=mostly, severity=severity
    )


def like(
    column: str,
    regex: str,
    description: str,
    mostly: float = 1,
    severity: FailureSeverity = CRITICAL,
) -> Expectation:
    """Texts match a pattern; the description says of the column what that means."""
    return gxe.ExpectColumnValuesToMatchRegex(
        column=column,
        regex=regex,
        mostly=mostly,
        severity=severity,
        description=f"{column} {description}",
    )
