"""All seeds of rules, by room."""

from __future__ import annotations

from one360.rules import identity, lookups, predictions, registry, rights, tags
from one360.rules.schema import Row

#: Room → its seeds, in the order in which docs and faults come.
ROOMS: dict[str, tuple[type[Row], ...]] = {
    "Identity": identity.SEEDS,
    "Tags": tags.SEEDS,
    "Registry": registry.SEEDS,
    "Predictions": predictions.SEEDS,
    "Staging and lookups": lookups.SEEDS,
    "Rights of a person": rights.SEEDS,
}

SEEDS = tuple(seed for seeds in ROOMS.values() for seed in seeds)
