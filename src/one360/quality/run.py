"""Evaluates suites and gives one row per expectation.

Great Expectations passes in silence where it should not: an expectation about a
column that does not exist is a failure like any other, one about an empty table
a success. Here the first raises and the second is ``not_applicable``.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TextIO

# No statistics about use are sent anywhere.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx  # noqa: E402
import pandas as pd  # noqa: E402
import pyarrow as pa  # noqa: E402
from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: E402
from great_expectations.expectations.expectation import Expectation  # noqa: E402

from one360.errors import One360Error  # noqa: E402
from one360.quality.suite import Suite, columns_of, mostly_of  # noqa: E402

PASSED = "passed"
FAILED = "failed"
NOT_APPLICABLE = "not_applicable"

#: Columns of the results, in order.
RESULT_SCHEMA = pa.schema(
    [
        ("checkpoint", pa.string()),
        ("suite", pa.string()),
        ("expectation", pa.string()),
        ("column_name", pa.string()),
        ("rule", pa.string()),
        ("severity", pa.string()),
        ("status", pa.string()),
        ("observed_value", pa.string()),
        ("is_success", pa.bool_()),
        ("evaluated_rows", pa.int64()),
        ("unexpected_count", pa.int64()),
        ("unexpected_percent", pa.float64()),
    ]
)

#: Expectations on the table as a whole are evaluated on an empty one too.
_EVALUATES_EMPTY_TABLES = ("expect_table_row_count",)
#: These look at NULLs; all others skip them.
_EVALUATES_NULLS = (
    "expect_column_values_to_not_be_null",
    "expect_column_values_to_be_null",
    "expect_table_row_count",
)
_MOST_LABELS = 5

#: Outcome of an expectation on an empty table that should have rows. Great Expectations
#: would say that no row is wrong.
_NO_ROW = {
    "status": FAILED,
    "is_success": False,
    "observed_value": "no row",
    "evaluated_rows": 0,
}


class QualityError(One360Error):
    """An expectation could not be evaluated, so it says nothing about the data."""


def run_suites(
    checkpoint: str, frames: Mapping[str, pd.DataFrame], suites: Iterable[Suite]
) -> pd.DataFrame:
    """Evaluate every expectation of ``suites`` on its frame.

    Args:
        checkpoint: Name of the point in the run: ``raw_in`` or ``marts_out``.
        frames: Table name → rows, with at least the columns the suite looks at.
        suites: What to expect. Each must have a frame.

    Returns:
        One row per expectation with the columns of ``RESULT_SCHEMA``. ``is_success``
        is NULL where ``status`` is ``not_applicable``: the table is empty, or the
        columns hold nothing but NULLs and the expectation looks at values. An empty
        table of a suite that needs rows fails instead.

    Raises:
        QualityError: a frame or a column is missing, two suites share a name, or
            Great Expectations could not evaluate an expectation.
    """
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    for suite in suites:
        if suite.name in seen:
            raise QualityError(f"two suites are called {suite.name}")
        seen.add(suite.name)
        frame = _frame_of(suite, frames)
        expectations = [_for_size(item, len(frame)) for item in suite.expectations]
        evaluated = {
            number: item
            for number, item in enumerate(expectations)
            if _is_applicable(item, frame, suite)
        }
        results = _evaluate(suite, frame, evaluated) if evaluated else {}
        for number, expectation in enumerate(expectations):
            row = {
                "checkpoint": checkpoint,
                "suite": suite.name,
                "expectation": expectation.expectation_type,
                "column_name": ", ".join(columns_of(expectation)) or None,
                "rule": describe(expectation),
                "severity": str(expectation.severity.value),
            }
            if number in results:
                rows.append(row | _outcome(suite, frame, results[number]))
            elif number in evaluated:
                raise QualityError(
                    f"suite {suite.name}: no result for {expectation.expectation_type}"
                )
            elif frame.empty and suite.needs_rows:
                rows.append(row | _NO_ROW)
            else:
                rows.append(row | {"status": NOT_APPLICABLE, "evaluated_rows": 0})
    text = [item.name for item in RESULT_SCHEMA if item.type == pa.string()]
    return pd.DataFrame(rows, columns=RESULT_SCHEMA.names).astype(
        {
            **dict.fromkeys(text, "string"),
            "is_success": "boolean",
            "evaluated_rows": "Int64",
            "unexpected_count": "Int64",
            "unexpected_percent": "Float64",
        }
    )


@cache
def _whole_frame() -> Any:
    """What any frame is handed to: Great Expectations writes its settings anew for each place."""
    # it tells of every temporary folder it makes
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    frames = context.data_sources.add_pandas("frames").add_dataframe_asset("rows")
    return frames.add_batch_definition_whole_dataframe("all")


def to_arrow(results: pd.DataFrame) -> pa.Table:
    """Results as an Arrow table, typed even where a column is NULL throughout."""
    return pa.Table.from_pandas(results, schema=RESULT_SCHEMA, preserve_index=False)


def report_failures(results: pd.DataFrame, stream: TextIO | None = None) -> None:
    """Write one line per failed expectation, the critical ones first."""
    failed = results[results["status"] == FAILED].sort_values("severity", kind="stable")
    for row in failed.to_dict("records"):
        line = "{checkpoint} {severity}: {suite}: {rule}".format_map(row)
        if row["evaluated_rows"] > 1 and not pd.isna(row["unexpected_count"]):
            line += " ({unexpected_count} of {evaluated_rows} rows do not)".format_map(row)
        if not pd.isna(row["observed_value"]):
            line += "; found {observed_value}".format_map(row)
        print(line, file=stream or sys.stderr)


def _frame_of(suite: Suite, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    if suite.table not in frames:
        raise QualityError(f"suite {suite.name}: there is no table {suite.table}")
    frame = frames[suite.table]
    missing = [name for name in suite.columns if name not in frame.columns]
    if missing:
        raise QualityError(
            f"suite {suite.name}: {suite.table} has no column {', '.join(missing)}; "
            f"it has {', '.join(map(str, frame.columns))}"
        )
    # Great Expectations groups by what is NULL, which needs plain column types.
    return frame[list(suite.columns)] if suite.columns else frame


def _is_applicable(expectation: Expectation, frame: pd.DataFrame, suite: Suite) -> bool:
    kind = expectation.expectation_type
    if frame.empty:
        return kind.startswith(_EVALUATES_EMPTY_TABLES)
    columns = list(columns_of(expectation))
    is_left_empty = any(name in suite.may_be_empty and frame[name].isna().all() for name in columns)
    if not columns or (kind.startswith(_EVALUATES_NULLS) and not is_left_empty):
        return True
    return bool(frame[columns].notna().all(axis="columns").any())


def _for_size(expectation: Expectation, rows: int) -> Expectation:
    """The expectation itself, or a wider one where rows are too few for a share."""
    asked = getattr(expectation, "mostly", 1)
    mostly = mostly_of(rows, asked)
    if mostly == asked:
        return expectation
    return expectation.copy(update={"mostly": mostly}, deep=True)


def _evaluate(
    suite: Suite, frame: pd.DataFrame, expectations: Mapping[int, Expectation]
) -> dict[int, Any]:
    """Results by the position of their expectation in the suite.

    Which rows are wrong is asked only where one is and can be named: it takes as long as the rest.
    """
    batch = _whole_frame().get_batch(batch_parameters={"dataframe": frame})
    results = _validate(batch, suite, expectations, "BASIC")
    wrong = {key: expectations[key] for key, result in results.items() if not result.success}
    if wrong and suite.row_label:
        results |= _validate(batch, suite, wrong, "SUMMARY")
    return results


def _validate(
    batch: Any, suite: Suite, expectations: Mapping[int, Expectation], result_format: str
) -> dict[int, Any]:
    # Results come in another order than asked; a note carries the position.
    asked = [
        item.copy(update={"meta": {**(item.meta or {}), "position": number}}, deep=True)
        for number, item in expectations.items()
    ]
    validated = batch.validate(
        gx.ExpectationSuite(name=suite.name, expectations=asked),
        result_format={"result_format": result_format, "partial_unexpected_count": _MOST_LABELS},
    )
    results = {}
    for result in validated.results:
        message = _exception(result.exception_info)
        if message:
            config = result.expectation_config
            raise QualityError(
                f"suite {suite.name}: {config.type} on "
                f"{config.kwargs.get('column', suite.table)} cannot be evaluated: {message}"
            )
        results[result.expectation_config.meta["position"]] = result
    return results


def _exception(info: Mapping[str, Any] | None) -> str | None:
    """Message of an exception, which stands at one of two depths."""
    if not info:
        return None
    if "raised_exception" in info:
        return str(info["exception_message"]) if info["raised_exception"] else None
    return next((found for item in info.values() if (found := _exception(item))), None)


def _outcome(suite: Suite, frame: pd.DataFrame, result: Any) -> dict[str, Any]:
    details = result.result
    missing = details.get("missing_count") or 0
    observed = details.get("observed_value")
    labels = details.get("partial_unexpected_index_list")
    columns = columns_of(result.expectation_config.to_domain_obj())
    if observed is None and suite.is_of_facts and len(frame) == 1 and len(columns) == 1:
        observed = frame[columns[0]].iloc[0]
    elif observed is None and not result.success and suite.row_label and labels:
        observed = ", ".join(str(frame[suite.row_label].iloc[index]) for index in labels)
    return {
        "status": PASSED if result.success else FAILED,
        "is_success": bool(result.success),
        "observed_value": None if observed is None else _shown(observed),
        "evaluated_rows": int(details.get("element_count", len(frame))) - int(missing),
        "unexpected_count": details.get("unexpected_count"),
        "unexpected_percent": details.get("unexpected_percent"),
    }


# --- words ---------------------------------------------------------------------------


def describe(expectation: Expectation) -> str:
    """What an expectation asks, as a sentence for people."""
    kind = expectation.expectation_type
    writer = _SENTENCES.get(kind)
    if expectation.description:
        text = str(expectation.description)
    elif writer is None:
        text = kind.removeprefix("expect_").replace("_", " ")
        columns = ", ".join(columns_of(expectation))
        text = f"{columns}: {text}" if columns else text
    else:
        text = writer(expectation)
    mostly = getattr(expectation, "mostly", 1)
    return text if mostly in (None, 1) else f"{text}, for at least {mostly * 100:g} % of rows"


def _shown(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return str(value.date() if value == value.normalize() else value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def _range(expectation: Any) -> str:
    low, high = expectation.min_value, expectation.max_value
    if low is not None and low == high:
        return f"is {_number(low)}"
    if low is not None and high is not None:
        return f"is from {_number(low)} to {_number(high)}"
    return f"is at least {_number(low)}" if high is None else f"is at most {_number(high)}"


def _number(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.10g}"
    return _shown(pd.Timestamp(value)) if hasattr(value, "year") else str(value)


_SENTENCES: dict[str, Callable[[Any], str]] = {
    "expect_column_values_to_not_be_null": lambda item: f"{item.column} has a value",
    "expect_column_values_to_be_unique": lambda item: f"{item.column} occurs once",
    "expect_compound_columns_to_be_unique": lambda item: (
        f"{' + '.join(item.column_list)} occurs once"
    ),
    "expect_column_values_to_be_between": lambda item: f"{item.column} {_range(item)}",
    "expect_column_values_to_be_in_set": lambda item: (
        f"{item.column} is one of {', '.join(map(_number, item.value_set))}"
    ),
    "expect_column_values_to_match_regex": lambda item: f"{item.column} has the form {item.regex}",
    "expect_column_values_to_not_match_regex": lambda item: (
        f"{item.column} contains nothing of the form {item.regex}"
    ),
    "expect_column_pair_values_a_to_be_greater_than_b": lambda item: (
        f"{item.column_A} is not before {item.column_B}"
        if item.or_equal
        else f"{item.column_A} is greater than {item.column_B}"
    ),
    "expect_column_unique_value_count_to_be_between": lambda item: (
        f"number of different values of {item.column} {_range(item)}"
    ),
    "expect_column_mean_to_be_between": lambda item: f"mean of {item.column} {_range(item)}",
    "expect_column_max_to_be_between": lambda item: f"largest {item.column} {_range(item)}",
    "expect_table_row_count_to_be_between": lambda item: f"number of rows {_range(item)}",
}
