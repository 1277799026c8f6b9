"""The K-means clusters of RFM, by scikit-learn called as the doc block ml__rfm_centroids says."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from tests.python.independent.tags_rfm import segment_of
from tests.python.independent.world import Rows, World, table

MEASURES = ("recency", "frequency", "monetary")
MOST_MEASURED = 3_000


def log_values(row: dict[str, Any]) -> tuple[float, ...]:
    """ln(1 + x) of the three values, below 0 taken as 0."""
    values = (row["recency_days"], row["frequency"], row["monetary"])
    return tuple(math.log1p(max(float(value), 0.0)) for value in values)


def drawn(world: World) -> Rows:
    """The customers that centres are fitted on."""
    customers = world["steps.rfm_values"]
    most = world.setting("rfm_cluster_sample_rows")
    if len(customers) <= most:
        return customers
    limit = most / len(customers)
    return [
        row
        for row in customers
        if int(hashlib.md5(row["one_id"].encode()).hexdigest(), 16) / 16**32 < limit
    ]


def kmeans(points: np.ndarray, k: int, seed: int) -> KMeans:
    """K-means as the doc block calls it."""
    with threadpool_limits(1):
        return KMeans(n_clusters=k, n_init=5, random_state=seed).fit(points)


def silhouette(points: np.ndarray, labels: np.ndarray) -> float:
    """Mean silhouette; NaN where it is not defined."""
    if not 2 <= len(set(labels.tolist())) < len(points):
        return math.nan
    return float(silhouette_score(points, labels))


def nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Index of each point's nearest centre."""
    return np.array(
        [min(range(len(centres)), key=lambda c: math.dist(p, centres[c])) for p in points]
    )


def chosen_k(world: World, checked: np.ndarray, distinct: int, seed: int) -> int:
    """The number of clusters of the variable, or of the highest silhouette."""
    asked = world.setting("rfm_clusters")
    if asked:
        return min(asked, distinct)
    best = min(distinct, 2)
    highest = -math.inf
    for k in range(2, min(12, distinct - 1) + 1):
        quality = silhouette(checked, kmeans(checked, k, seed).labels_)
        if quality > highest:
            best, highest = k, quality
    return best


@table("tags.rfm_centroids", key=["cluster_id"])
def rfm_centroids(world: World) -> Rows:
    """Centres and scaling (doc block ml__rfm_centroids)."""
    sample = drawn(world)
    if not sample:
        return []
    seed = world.setting("rfm_cluster_seed")
    logs = np.array(sorted(log_values(row) for row in sample))
    mean = logs.mean(axis=0).round(9)
    deviation = logs.std(axis=0).round(9)
    scale = np.where(deviation == 0, 1.0, deviation)
    points = (logs - mean) / scale
    checked = points
    if len(points) > MOST_MEASURED:
        generator = np.random.default_rng(seed)
        checked = points[sorted(generator.choice(len(points), MOST_MEASURED, replace=False))]
    distinct = len({tuple(point) for point in points.tolist()})
    fit = kmeans(points, chosen_k(world, checked, distinct, seed), seed)
    rounded_centres = {tuple(centre) for centre in fit.cluster_centers_.round(9).tolist()}
    centres = sorted(rounded_centres, key=lambda centre: (-centre[2], -centre[1], centre[0]))
    parameters = {
        "centres": [list(centre) for centre in centres],
        "mean": mean.tolist(),
        "scale": scale.tolist(),
        "seed": seed,
    }
    version = hashlib.sha256(json.dumps(parameters).encode()).hexdigest()[:16]
    quality = silhouette(checked, nearest(checked, np.array(centres)))
    return [
        {
            "model_version": version,
            "chosen_by": "variable" if world.setting("rfm_clusters") else "silhouette",
            "cluster_id": number,
            "cluster_count": len(centres),
            **{f"{name}_centre": value for name, value in zip(MEASURES, centre, strict=True)},
            **{f"{name}_mean": value for name, value in zip(MEASURES, mean.tolist(), strict=True)},
            **{
                f"{name}_scale": value for name, value in zip(MEASURES, scale.tolist(), strict=True)
            },
            "silhouette": None if math.isnan(quality) else quality,
            "inertia": float(fit.inertia_),
            "sample_rows": len(sample),
            "customer_count": len(world["steps.rfm_values"]),
        }
        for number, centre in enumerate(centres, start=1)
    ]


@table("tags.rfm_cluster_quality", key=["model_version"])
def rfm_cluster_quality(world: World) -> Rows:
    """One row: what the centres were fitted on (description of rfm_cluster_quality)."""
    columns = ("model_version", "chosen_by", "cluster_count", "silhouette", "inertia")
    columns += ("sample_rows", "customer_count")
    return [{name: row[name] for name in columns} for row in world["tags.rfm_centroids"][:1]]


@table("tags.rfm_clusters", key=["cluster_id"])
def rfm_clusters(world: World) -> Rows:
    """Centres in days, orders and money, and their names (description of rfm_clusters)."""
    result = []
    for row in world["tags.rfm_centroids"]:
        typical = {
            name: math.expm1(row[f"{name}_centre"] * row[f"{name}_scale"] + row[f"{name}_mean"])
            for name in MEASURES
        }
        is_recent = row["recency_centre"] <= 0
        is_frequent = row["frequency_centre"] >= 0
        is_high_spend = row["monetary_centre"] >= 0
        above = {"r_above": is_recent, "f_above": is_frequent, "m_above": is_high_spend}
        result.append(
            {
                "model_version": row["model_version"],
                "segment_code": segment_of(world, above, "averages_8"),
                "cluster_id": row["cluster_id"],
                "typical_recency_days": typical["recency"],
                "typical_frequency": typical["frequency"],
                "typical_monetary": typical["monetary"],
                "is_recent": is_recent,
                "is_frequent": is_frequent,
                "is_high_spend": is_high_spend,
            }
        )
    return result


@table("tags.rfm_cluster_members", key=["one_id"])
def rfm_cluster_members(world: World) -> Rows:
    """The nearest centre of each customer; equal distances go to the smaller number."""
    centroids = sorted(world["tags.rfm_centroids"], key=lambda row: row["cluster_id"])
    result = []
    for customer in world["steps.rfm_values"]:
        distances = []
        for row in centroids:
            point = [
                (value - row[f"{name}_mean"]) / row[f"{name}_scale"]
                for name, value in zip(MEASURES, log_values(customer), strict=True)
            ]
            centre = [row[f"{name}_centre"] for name in MEASURES]
            distances.append((math.dist(point, centre), row["cluster_id"]))
        distance, cluster_id = min(distances)
        result.append(
            {
                "one_id": customer["one_id"],
                "model_version": centroids[0]["model_version"],
                "cluster_id": cluster_id,
                "distance": distance,
                "as_of_date": world.as_of_date,
            }
        )
    return result
