"""What a failed dbt command means, in one line: cause, remedy, exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from one360.errors import BUSY, FAILURE, GATE, RESOURCES, One360Error, one_line

#: Words by which a message tells that it is not the model's fault, what that means, what to do.
_KINDS = (
    (
        r"no space left on device|disk quota exceeded|file too large|not enough space|"
        r"could not write (all|file)|failed to offload|max_temp_directory_size",
        RESOURCES,
        "the disk is full",
        "make room where warehouse/ and its .tmp folder lie, and build again",
    ),
    (
        r"out of memory|could not allocate|failed to allocate|memoryerror|java heap space|"
        r"outofmemoryerror|bad_alloc",
        RESOURCES,
        "the memory is full",
        "build again with ONE360_THREADS=1, with more memory (ONE360_MEMORY=4GB), or on a larger "
        "machine",
    ),
    (
        r"could not set lock|conflicting lock",
        BUSY,
        "the warehouse is open in another program",
        "close it and build again",
    ),
)

_ABOUT_A_NODE = re.compile(
    r"^(\w+ ){1,2}Error in (model|test|seed|operation|function|unit_test|macro|rpc) .*?"
    r"(\([^()]*\)\s+|-0\s+)",
    re.IGNORECASE | re.DOTALL,
)
_CALLED_FROM = re.compile(r"\s+> in macro .*|\s+> called by .*|\s+compiled code at .*", re.DOTALL)
_DATABASE = re.compile(
    r"^(\s*(Database|Runtime|Invalid Input|IO|Binder|Catalog|Compilation) Error:?\s+)+"
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


def explained(log: str, failed: Sequence[Failed] = (), text: str = "") -> One360Error:
    """The error that says why a build failed.

    Args:
        log: where dbt's log lies, for what one line cannot say.
        failed: nodes that failed, in their order.
        text: what dbt stopped with before it came to nodes.
    """
    everything = "\n".join([text, *(each.message for each in failed)])
    for words, code, cause, remedy in _KINDS:
        if re.search(words, everything, re.IGNORECASE):
            return One360Error(f"nothing is published: {cause}; {remedy}", code)
    if "not everything arrived" in text:
        return One360Error(bare(text), GATE)
    if not failed:
        return One360Error(f"nothing is built: {bare(text) or 'dbt stopped without a word'}")
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    first = failed[0]
    tests = all(each.kind == "test" and each.status == "fail" for each in failed)
    if tests:
        said = found(first.message, first.description)
        what = f"test {first.name}{more} did not pass: {said}"
        remedy = "repair the data or the rule, then dbt retry or build again"
    else:
        what = f"{first.kind} {first.name}{more} failed: {bare(first.message)}"
        remedy = "repair it, then dbt retry or build again"
    return One360Error(
        f"nothing is published: {what}; {remedy}; all of it: {log}", GATE if tests else FAILURE
    )


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
    return one_line(_DATABASE.sub("", text), 600)
