"""What tells two fits of a model apart."""

from __future__ import annotations

import hashlib
import json
from typing import Any

#: Of a version of which nothing was fitted.
NOTHING = "none"


def version_label(parameters: Any) -> str:
    """Equal for equal parameters, which JSON can hold: v and eight hexadecimal digits.

    The letter comes first as one hash of forty is of digits alone, and publishing withholds what
    looks like a phone number.
    """
    return "v" + hashlib.sha256(json.dumps(parameters).encode()).hexdigest()[:8]
