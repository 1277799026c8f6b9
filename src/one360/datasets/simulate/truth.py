"""Who owns which source profile: the truth behind the raw files."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from one360.datasets.simulate.text import lookup
from one360.datasets.simulate.writer import batch

PROFILE_TYPES = (
    ("crm", "crm_member"),
    ("pos", "pos_shopper"),
    ("web", "web_account"),
    ("web", "web_cookie"),
    ("wechat", "wechat_user"),
    ("call_centre", "call_centre_guest"),
    ("community", "community_account"),
    ("marketplace", "marketplace_buyer"),
    ("marketplace", "marketplace_guest"),
)


def profiles(profile_type: str, natural_key: pa.StringArray, person_id: pa.StringArray) -> pa.Table:
    """truth.profiles rows of one type; both arrays have shape (k,)."""
    names = [name for _, name in PROFILE_TYPES]
    code = np.full(len(natural_key), names.index(profile_type))
    return batch(
        "truth.profiles",
        {
            "source_system": lookup(code, [system for system, _ in PROFILE_TYPES]),
            "profile_type": lookup(code, names),
            "natural_key": natural_key,
            "person_id": person_id,
        },
    )
