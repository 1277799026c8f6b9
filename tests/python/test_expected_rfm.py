"""Published RFM segment tables come out of the project itself: import, variables, build."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from one360.tags.rfm_clusters import assign_clusters

from .project import Project, reference_data

pytestmark = [pytest.mark.reference, pytest.mark.build]

#: The names that the published tables use for the codes of the seed rfm_segments.
ONLINE_RETAIL_NAMES = {
    "hibernating": "hibernating",
    "loyal_customers": "loyal_customers",
    "champions": "champions",
    "at_risk": "at_Risk",
    "potential_loyalists": "potential_loyalists",
    "about_to_sleep": "about_to_sleep",
    "need_attention": "need_attention",
    "promising": "promising",
    "cannot_lose_them": "cant_loose",
    "new_customers": "new_customers",
}
R_NAMES = {
    "about_to_sleep": "About To Sleep",
    "at_risk": "At Risk",
    "cannot_lose_them": "Can't Lose Them",
    "champions": "Champions",
    "lost": "Lost",
    "loyal_customers": "Loyal Customers",
    "need_attention": "Need Attention",
    "new_customers": "New Customers",
    "potential_loyalists": "Potential Loyalist",
    "promising": "Promising",
}


def published(table: str) -> dict:
    entries = json.loads(reference_data("expected.json").read_text(encoding="utf-8"))
    return next(entry["expect"] for entry in entries if entry["id"] == table)


def built(folder: Path, file: str, options: list[str], variables: dict) -> Project:
    project = Project(folder, variables=variables)
    command = [str(Path(sys.executable).with_name("one360")), "import", "orders"]
    command += [str(reference_data(file)), "--dataset", project.dataset, *options]
    done = subprocess.run(
        command, env=project.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    project.begin()
    project.dbt("run", "--select", "+tag_rfm").check()
    return project


@pytest.fixture(scope="module")
def r_orders(tmp_path_factory):
    project = built(
        tmp_path_factory.mktemp("r_orders"),
        "rfm_orders/rfm_data_orders.parquet",
        ["--customer", "customer_id", "--time", "order_date", "--amount", "revenue"]
        + ["--rows-are-orders"],
        {
            "as_of": "2006-12-31",
            "rfm_window_days": 0,
            "rfm_scoring": "quantile",
            "rfm_segment_map": "rfm_r_10",
        },
    )
    yield project
    project.close()


def test_segments_of_the_r_package_rfm(r_orders):
    found = r_orders.query(
        """
        select segment_code, count(*), sum(frequency)::bigint, sum(monetary)::double
        from tags.tag_rfm group by segment_code
        """
    )
    expected = published("rfm_r_orders_segments")
    assert {R_NAMES[code]: list(row) for code, *row in found} == expected["segments"]
    assert sum(row[1] for row in found) == expected["customers"]


def test_sql_places_customers_where_python_does(r_orders):
    with duckdb.connect(str(r_orders.warehouse), read_only=True) as connection:
        centroids = connection.execute("select * from tags.rfm_centroids").df()
        members = connection.execute(
            """
            select recency_days, frequency, monetary::double as monetary, cluster_id
            from tags_internal.int_tags__rfm_values
            inner join tags.rfm_cluster_members using (one_id)
            where scope = 'overall'
            """
        ).df()
    assert len(members) == 995
    assert (assign_clusters(members, centroids) == members["cluster_id"]).all()


def test_segments_of_online_retail_2010_2011(tmp_path):
    project = built(
        tmp_path,
        "online_retail/online_retail_2010_2011.parquet",
        ["--customer", "CustomerID", "--order", "InvoiceNo", "--time", "InvoiceDate"]
        + ["--price", "UnitPrice", "--quantity", "Quantity", "--product", "StockCode"]
        + ["--return-prefix", "C"],
        {
            "as_of": "2011-12-11 12:50",
            "rfm_window_days": 0,
            "rfm_scoring": "rank",
            "rfm_segment_map": "rf_10",
        },
    )
    try:
        found = dict(
            project.query("select segment_code, count(*) from tags.tag_rfm group by segment_code")
        )
    finally:
        project.close()
    expected = published("online_retail_2010_2011_rfm")
    customers = expected.pop("customers")
    assert {ONLINE_RETAIL_NAMES[code]: count for code, count in found.items()} == expected
    assert sum(found.values()) == customers
