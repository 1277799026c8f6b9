"""Names of time zones, as variables and raw tables give them."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, available_timezones

from one360.errors import did_you_mean


def time_zone(name: str) -> str:
    """The name of an IANA time zone.

    Raises:
        ValueError: there is none of this name; the words say what is allowed.
    """
    try:
        if re.fullmatch(r"[A-Za-z_]+(/[A-Za-z0-9_+-]+)*", name):
            ZoneInfo(name)
            return name
    except (OSError, ValueError, LookupError):
        pass
    near = did_you_mean(name, available_timezones())
    raise ValueError(f"allowed is an IANA time zone such as Asia/Shanghai or UTC{near}")
