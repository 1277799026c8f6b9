"""Where the reference data of the tests is, if it is there."""

import os
from pathlib import Path

import pytest

_DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "data"


def reference_file(name: str) -> Path:
    """The file, or skip the test that asks for it."""
    folder = Path(os.environ.get("ONE360_REFERENCE_DATA") or _DEFAULT)
    path = folder / name
    if not path.exists():
        pytest.skip(f"reference data is not here: {path} (set ONE360_REFERENCE_DATA)")
    return path
