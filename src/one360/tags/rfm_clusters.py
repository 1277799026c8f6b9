"""K-means on recency, frequency and spend, written as parameters.

The fit happens on a sample; what it returns (centres on scaled axes and the scaling
itself) is enough to place any customer, so the placing of everybody is left to SQL.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

MEASURES = ("recency", "frequency", "monetary")
INPUT_COLUMNS = ("recency_days", "frequency", "monetary")

CENTROID_TYPES: dict[str, str] = {
    "model_version": "str",
    "chosen_by": "str",
    "cluster_id": "int32",
    "cluster_count": "int32",
    **{f"{measure}_centre": "float64" for measure in MEASURES},
    **{f"{measure}_mean": "float64" for measure in MEASURES},
    **{f"{measure}_scale": "float64" for measure in MEASURES},
    "silhouette": "float64",
    "inertia": "float64",
    "sample_rows": "int64",
    "customer_count": "int64",
}

SMALLEST_K, LARGEST_K = 2, 12
#: Rows on which silhouettes are measured; their cost grows with the square.
SILHOUETTE_ROWS = 3_000
_INITIALISATIONS = 5
_DIGITS = 9


def fit_rfm_clusters(
    frame: pd.DataFrame,
    k: int | str = "auto",
    seed: int = 360,
    customers: int | None = None,
) -> pd.DataFrame:
    """Centres of ``k`` groups of customers, and how to use them.

    ``frame`` has one row per customer with ``recency_days``, ``frequency`` and
    ``monetary`` (negative values count as 0), or is a sample out of ``customers`` of
    them; the order of rows does not matter. Each measure is taken as ln(1 + x), since all
    three are heavy-tailed, then shifted and scaled to mean 0 and standard deviation 1 (a
    measure that does not vary keeps scale 1). ``k='auto'`` (or 0) tries 2 to 12 on a
    sample and keeps the k of the highest silhouette (Rousseeuw 1987), the smaller k on a
    tie.

    Returns one row per cluster with the columns of ``CENTROID_TYPES``, numbered from 1
    by falling monetary centre. No rows give no clusters; with fewer distinct customers
    than k there are as many clusters as distinct customers. ``silhouette`` is missing
    where it is not defined (one cluster, or one customer per cluster).
    ``model_version`` is a hash of all parameters, so equal versions place customers
    equally. Raises ValueError on missing columns or k < 0.
    """
    missing = [column for column in INPUT_COLUMNS if column not in frame.columns]
    if missing:
        raise ValueError(f"the frame lacks {', '.join(missing)}")
    wanted = 0 if k == "auto" else int(k)
    if wanted < 0:
        raise ValueError("k must be at least 0 ('auto')")
    if frame.empty:
        return _typed(pd.DataFrame(columns=list(CENTROID_TYPES)))

    points = _log_values(frame)
    # sorted by value, so that the order of rows does not decide what is drawn
    points = points[np.lexsort(points.T[::-1])]

    mean = points.mean(axis=0).round(_DIGITS)
    deviation = points.std(axis=0).round(_DIGITS)
    scale = np.where(deviation > 0, deviation, 1.0)
    scaled = (points - mean) / scale
    checked = _subset(scaled, SILHOUETTE_ROWS, np.random.default_rng(seed))

    distinct = len(np.unique(scaled, axis=0))
    chosen_k = min(wanted, distinct) if wanted else _best_k(checked, distinct, seed)
    fitted = _fit(scaled, chosen_k, seed)

    # numbered by falling spend, then frequency, then recency: a refit of the same
    # customers gives the same numbers
    centres = np.unique(fitted.cluster_centers_.round(_DIGITS), axis=0)
    centres = centres[np.lexsort((centres[:, 0], -centres[:, 1], -centres[:, 2]))]

    result = pd.DataFrame({"cluster_id": np.arange(1, len(centres) + 1)})
    for position, measure in enumerate(MEASURES):
        result[f"{measure}_centre"] = centres[:, position]
        result[f"{measure}_mean"] = mean[position]
        result[f"{measure}_scale"] = scale[position]
    result["cluster_count"] = len(centres)
    result["chosen_by"] = "variable" if wanted else "silhouette"
    result["silhouette"] = _silhouette(checked, _nearest(checked, centres))
    result["inertia"] = float(fitted.inertia_)
    result["sample_rows"] = len(points)
    result["customer_count"] = len(frame) if customers is None else customers
    result["model_version"] = _version(centres, mean, scale, seed)
    return _typed(result)


def assign_clusters(frame: pd.DataFrame, centroids: pd.DataFrame) -> np.ndarray:
    """The ``cluster_id`` of every row of ``frame``: the nearest centre, as the SQL model does.

    Equal distances go to the smaller id. Raises ValueError when there are no centres.
    """
    if centroids.empty:
        raise ValueError("there are no centres to assign to")
    ordered = centroids.sort_values("cluster_id")
    mean = ordered[[f"{m}_mean" for m in MEASURES]].to_numpy()[0]
    scale = ordered[[f"{m}_scale" for m in MEASURES]].to_numpy()[0]
    centres = ordered[[f"{m}_centre" for m in MEASURES]].to_numpy()
    nearest = _nearest((_log_values(frame) - mean) / scale, centres)
    return ordered["cluster_id"].to_numpy()[nearest]


def _log_values(frame: pd.DataFrame) -> np.ndarray:
    values = frame[list(INPUT_COLUMNS)].astype("float64").to_numpy()
    logs: np.ndarray = np.log1p(np.maximum(values, 0.0))
    return logs


def _subset(points: np.ndarray, size: int, generator: np.random.Generator) -> np.ndarray:
    if len(points) <= size:
        return points
    return points[np.sort(generator.choice(len(points), size=size, replace=False))]


def _fit(points: np.ndarray, k: int, seed: int) -> KMeans:
    # one thread: sums come in one order, and threads that wait for a busy machine cost
    # more than they save on so few rows
    with threadpool_limits(1):
        return KMeans(n_clusters=k, n_init=_INITIALISATIONS, random_state=seed).fit(points)


def _best_k(points: np.ndarray, distinct: int, seed: int) -> int:
    highest = min(LARGEST_K, distinct - 1, len(np.unique(points, axis=0)) - 1)
    if highest < SMALLEST_K:
        return min(distinct, SMALLEST_K)
    quality = {
        k: _silhouette(points, _fit(points, k, seed).labels_)
        for k in range(SMALLEST_K, highest + 1)
    }
    return max(quality, key=lambda k: (quality[k], -k))


def _silhouette(points: np.ndarray, labels: np.ndarray) -> float:
    groups = len(np.unique(labels))
    if not 2 <= groups < len(points):
        return float("nan")
    return float(silhouette_score(points, labels))


def _nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    squared = np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=1)
    nearest: np.ndarray = squared.argmin(axis=1)
    return nearest


def _version(centres: np.ndarray, mean: np.ndarray, scale: np.ndarray, seed: int) -> str:
    parameters = {
        "centres": centres.tolist(),
        "mean": mean.tolist(),
        "scale": scale.tolist(),
        "seed": seed,
    }
    return hashlib.sha256(json.dumps(parameters).encode()).hexdigest()[:16]


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[list(CENTROID_TYPES)].astype(CENTROID_TYPES)
