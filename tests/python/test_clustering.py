"""K-means on RFM: finds groups that are there, and does not fall over where none are."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from one360.tags.rfm_clusters import CENTROID_TYPES, MEASURES, assign_clusters, fit_rfm_clusters


def simulated(seed: int = 1, size: int = 400) -> tuple[pd.DataFrame, np.ndarray]:
    """Five kinds of customers, log-normal around centres that lie far apart."""
    generator = np.random.default_rng(seed)
    centres = np.array([[3, 60, 9000], [10, 8, 60], [200, 30, 4000], [300, 1, 30], [15, 2, 2500]])
    parts = [
        np.exp(np.log(centre) + generator.normal(0, 0.18, size=(size, 3))) for centre in centres
    ]
    values = np.vstack(parts)
    frame = pd.DataFrame(
        {
            "recency_days": values[:, 0].round(),
            "frequency": np.maximum(values[:, 1].round(), 1),
            "monetary": values[:, 2].round(2),
        }
    )
    return frame, np.repeat(np.arange(len(centres)), size)


@pytest.mark.parametrize("k", [5, "auto"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_well_separated_customers_are_found_again(k, seed):
    frame, truth = simulated(seed)
    centroids = fit_rfm_clusters(frame, k=k)
    assert len(centroids) == 5
    assert adjusted_rand_score(truth, assign_clusters(frame, centroids)) >= 0.9


def test_a_sample_finds_the_same_groups():
    frame, truth = simulated()
    drawn = frame.sample(500, random_state=4)
    centroids = fit_rfm_clusters(drawn, k=5, customers=len(frame))
    assert centroids["sample_rows"].eq(500).all()
    assert centroids["customer_count"].eq(len(frame)).all()
    assert adjusted_rand_score(truth, assign_clusters(frame, centroids)) >= 0.9


def test_assignment_equals_predict_of_scikit_learn():
    frame, _ = simulated()
    centroids = fit_rfm_clusters(frame, k=7)
    centres = np.ascontiguousarray(centroids[[f"{m}_centre" for m in MEASURES]].to_numpy())
    mean = centroids[[f"{m}_mean" for m in MEASURES]].to_numpy()[0]
    scale = centroids[[f"{m}_scale" for m in MEASURES]].to_numpy()[0]
    points = (np.log1p(frame.to_numpy()) - mean) / scale
    reference = KMeans(n_clusters=7, init=centres, n_init=1, max_iter=1).fit(points)
    reference.cluster_centers_ = centres
    expected = centroids["cluster_id"].to_numpy()[reference.predict(points)]
    assert (assign_clusters(frame, centroids) == expected).all()


def test_row_order_changes_nothing():
    frame, _ = simulated()
    shuffled = frame.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(fit_rfm_clusters(frame, k=6), fit_rfm_clusters(shuffled, k=6))


def test_clusters_are_numbered_by_falling_spend():
    frame, _ = simulated()
    centroids = fit_rfm_clusters(frame, k=5)
    assert centroids["monetary_centre"].is_monotonic_decreasing
    assert centroids["cluster_id"].tolist() == [1, 2, 3, 4, 5]


def test_no_customers_give_no_clusters_with_the_same_columns():
    empty = pd.DataFrame({"recency_days": [], "frequency": [], "monetary": []})
    centroids = fit_rfm_clusters(empty, k=8)
    assert centroids.empty
    assert list(centroids.columns) == list(CENTROID_TYPES)


@pytest.mark.parametrize("k", [0, 1, 8])
@pytest.mark.parametrize("rows", [1, 5])
def test_few_customers_give_no_more_clusters_than_customers(k, rows):
    frame, _ = simulated()
    few = frame.iloc[::400].head(rows)
    centroids = fit_rfm_clusters(few, k=k)
    assert 1 <= len(centroids) <= rows
    assert assign_clusters(few, centroids).shape == (rows,)


@pytest.mark.parametrize("k", [0, 8])
def test_equal_customers_form_one_cluster(k):
    same = pd.DataFrame({"recency_days": [9] * 50, "frequency": [2] * 50, "monetary": [7.5] * 50})
    centroids = fit_rfm_clusters(same, k=k)
    assert len(centroids) == 1
    assert centroids["recency_scale"].item() == 1
    assert np.isnan(centroids["silhouette"].item())


def test_a_version_stands_for_the_parameters():
    frame, _ = simulated()
    first = fit_rfm_clusters(frame, k=5)["model_version"].unique()
    again = fit_rfm_clusters(frame, k=5)["model_version"].unique()
    other = fit_rfm_clusters(frame, k=6)["model_version"].unique()
    assert first == again
    assert first != other


def test_a_negative_number_of_clusters_is_refused():
    with pytest.raises(ValueError):
        fit_rfm_clusters(simulated()[0], k=-1)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="monetary"):
        fit_rfm_clusters(simulated()[0].drop(columns="monetary"))
