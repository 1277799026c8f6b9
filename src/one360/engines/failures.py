"""What a failed dbt command means, in one line: cause, remedy, exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from one360.errors import BUSY, FAILURE, GATE, RESOURCES, One360Error, one_line

#: Words by which a message tells that it is not the model's fault, what that means ('' where the
#: message has to say it), what to do.
_KINDS = (
    (
        r"no space left on device|disk quota exceeded|file too large|not enough space|"
        r"could not write (all|file)|failed to offload|max_temp_directory_size",
        RESOURCES,
        "the disk is full",
        "make room where raw/, warehouse/ (its .tmp too) and published/ lie, and run it again",
    ),
    (
        r"out of memory|could not allocate|failed to allocate|memoryerror|java heap space|"
        r"outofmemoryerror|bad_alloc",
        RESOURCES,
        "the memory is full",
        "run it again with ONE360_THREADS=1, with more memory (ONE360_MEMORY=4GB), or on a larger "
        "machine",
    ),
    (
        r"could not set lock|conflicting lock",
        BUSY,
        "the warehouse is open in another program",
        "close it and run it again",
    ),
    (
        r"permission denied|read-only file system|operation not permitted",
        FAILURE,
        "",
        "let the user who runs one360 read and write there",
    ),
    (
        r"not a valid duckdb database file|corrupt database file",
        FAILURE,
        "",
        "put back a copy of it, or remove it and build and publish again; without a copy of the "
        "warehouse, ids and history begin anew",
    ),
)

_ABOUT_A_NODE = re.compile(
    r"^(\w+ ){1,2}Error in (model|test|seed|operation|function|unit_test|macro|rpc) .*?"
    r"(\([^()]*\)\s+|-0\s+)",
    re.IGNORECASE | re.DOTALL,
)
_TRACEBACK = re.compile(
    r"(?:Python model failed:\s+)?Traceback \(most recent call last\):\n.*\n\s*([\w.]+: )",
    re.DOTALL,
)
_CALLED_FROM = re.compile(r"\s+> in macro .*|\s+> called by .*|\s+compiled code at .*", re.DOTALL)
_DATABASE = re.compile(
    r"^(\s*(Database|Runtime|Invalid Input|IO|Binder|Catalog|Compilation) Error:?\s+"
    r"|\s*Python exception occurred while executing the UDF: (?=\w*Error: )"
    r"|\s*(Permission|File\w*|OS|IO|Value)Error: (\[Errno \d+\] )?)+"
)


@dataclass(frozen=True)
class Failed:
    """A node that failed: its name, kind (model, test …), status (error, fail), message.

    The description of a test is what is wrong where it does not pass.
    """

    name: str
    kind: str
    status: str
    message: str
    description: str = ""


def of_the_machine(message: str) -> tuple[str, str, int] | None:
    """Cause, remedy and exit code of what a machine lacks, None where a message speaks of none."""
    for words, code, cause, remedy in _KINDS:
        if re.search(words, message, re.IGNORECASE):
            return cause, remedy, code
    return None


def failure_of(
    result: Any, log: str, what: str = "", again: str = "dbt retry or build again"
) -> One360Error:
    """The error that says why a dbt command failed.

    Args:
        result: what dbt gave back.
        log: where dbt's log lies, for what one line cannot say.
        what: the line begins so, as in "the dry run failed"; '' for what a build says.
        again: how to go on once it is repaired.
    """
    failed = [
        Failed(
            each.node.name,
            str(each.node.resource_type),
            str(each.status),
            each.message or "",
            str(each.node.description or ""),
        )
        for each in getattr(result.result, "results", ())
        if str(each.status) in ("error", "fail", "runtime error")
    ]
    text = "" if result.exception is None else str(result.exception)
    return explained(log, failed, text, what, again)


def explained(
    log: str,
    failed: Sequence[Failed] = (),
    text: str = "",
    what: str = "",
    again: str = "dbt retry or build again",
) -> One360Error:
    """The error that says why a build failed; ``failure_of`` of what dbt gave back.

    Args:
        log: where dbt's log lies, for what one line cannot say.
        failed: nodes that failed, in their order.
        text: what dbt stopped with before it came to nodes.
        what: the line begins so; '' for what a build says.
        again: how to go on once it is repaired.
    """
    begin = what or "nothing is published"
    for message in (text, *(each.message for each in failed)):
        if kind := of_the_machine(message):
            cause, remedy, code = kind
            return One360Error(f"{begin}: {cause or bare(message)}; {remedy}", code)
    if "not everything arrived" in text:
        return One360Error(bare(text), GATE)
    if not failed:
        said = bare(text) or "dbt stopped without a word"
        return One360Error(f"{what or 'nothing is built'}: {said}")
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    first = failed[0]
    tests = all(each.kind == "test" and each.status == "fail" for each in failed)
    if tests:
        said = found(first.message, first.description)
        cause = f"test {first.name}{more} did not pass: {said}"
        remedy = f"repair the data or the rule, then {again}"
    else:
        cause = f"{first.kind} {first.name}{more} failed: {bare(first.message)}"
        remedy = f"repair it, then {again}"
    return One360Error(f"{begin}: {cause}; {remedy}; all of it: {log}", GATE if tests else FAILURE)


def found(message: str, description: str = "") -> str:
    """What a test found, in one line: what is wrong and in how many rows.

    Args:
        message: what dbt says of its end.
        description: what is wrong where it does not pass, '' if nobody wrote it down.
    """
    rows = re.match(r"Got (\d+) results?\b", message)
    if rows is None:
        return bare(message)
    count = f"{int(rows[1]):,} row{'' if rows[1] == '1' else 's'}"
    return f"{one_line(description)} ({count})" if description else count


def descriptions(target: Path) -> dict[str, str]:
    """What is wrong where a test does not pass, by its unique_id, as dbt last parsed it."""
    try:
        nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    except (OSError, ValueError, KeyError):
        return {}
    return {
        key: str(node.get("description") or "")
        for key, node in nodes.items()
        if node.get("resource_type") == "test"
    }


def bare(message: str) -> str:
    """A message of dbt without where it came from, in one line."""
    text = _CALLED_FROM.sub("", _ABOUT_A_NODE.sub("", message.strip()))
    # of a traceback its end: where it happened stands in the log
    text = _TRACEBACK.sub(r"\1", text)
    return one_line(_DATABASE.sub("", text), 600)
