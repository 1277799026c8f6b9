"""Tags from raw files to customer_360: what stops a build, few customers, the past."""

import datetime as dt
import random

import pytest

from .project import UNCHECKED, Project

pytestmark = pytest.mark.build

RUN = ("run", *UNCHECKED, "--select")
START = dt.date(2024, 1, 1)
END = dt.date(2025, 12, 31)


def write_receipts(
    project: Project, days: dict[str | None, list[dt.date]], amount: float = 50
) -> None:
    """One receipt of one line per card (None: anonymous) and day, at noon in Shanghai."""
    receipts, lines = [], []
    for card, dates in days.items():
        for date in dates:
            number = f"{card}-{date:%Y%m%d}"
            sold_at = f"{date} 04:00"
            receipts.append(
                {"receipt_id": number, "card_no": card, "sold_at": sold_at, "total_amount": amount}
            )
            lines.append(
                {
                    "receipt_id": number, "line_no": 1, "product_id": "p1", "quantity": 1,
                    "list_amount": amount, "net_amount": amount, "coupon_amount": 0,
                    "loaded_at": f"{date} 05:00",
                }
            )  # fmt: skip
    project.write("pos.receipts", receipts)
    project.write("pos.receipt_lines", lines)


def shoppers(seed: int = 7) -> dict[str | None, list[dt.date]]:
    """Three hundred customers who buy about every 20 to 60 days; every second one stops."""
    generator = random.Random(seed)
    days: dict[str | None, list[dt.date]] = {}
    for number in range(300):
        cycle = generator.choice([20, 30, 40, 60])
        stops = START + dt.timedelta(days=generator.randrange(60, 650))
        until = stops if number % 2 else END
        date = START + dt.timedelta(days=generator.randrange(cycle))
        dates = []
        while date <= until:
            dates.append(date)
            date += dt.timedelta(days=max(1, round(cycle * generator.lognormvariate(0, 0.3))))
        days[f"CARD{number:04d}"] = dates
    return days


@pytest.fixture(scope="module")
def shop(shared_project):
    shared_project.write_small_shop()
    shared_project.begin()
    shared_project.dbt(*RUN, "+customer_360", "+customer_tags").check()
    return shared_project


def test_a_handful_of_customers_get_all_families(shop):
    ((buyers, *families),) = shop.query(
        """
        select
            (select count(distinct one_id) from core.orders where not is_return),
            count(rfm_segment_code), count(rfm_cluster_segment_code), count(nes_status),
            count(loyalty_level), count(activity_level)
        from tags.customer_360 where frequency > 0
        """
    )
    assert buyers > 0
    assert families == [buyers] * 5


def test_a_shop_without_customers_has_empty_tags(project):
    write_receipts(project, {None: [START, END]})
    project.begin()
    project.dbt(*RUN, "+customer_360", "+customer_tags", "+tag_nes_calibration").check()
    assert project.query("select count(*) from tags.tag_rfm") == [(0,)]
    assert project.query("select count(*) from tags.rfm_centroids") == [(0,)]
    assert project.query("select sum(customers) from tags.tag_nes_calibration") == [(0,)]


def test_nes_is_calibrated_and_the_past_is_as_it_was_known_then(project):
    days = shoppers()
    write_receipts(project, days)
    project.begin()
    project.dbt(*RUN, "+tag_nes", "+tag_nes_calibration", "+tag_rfm", as_of=str(END)).check()
    shares = dict(
        project.query(
            "select nes_status, bought_again_share from tags.tag_nes_calibration "
            "where tested_customers > 0"
        )
    )
    assert shares["S3"] < 0.1
    assert shares["E0"] > 0.5
    assert shares["E0"] > shares["S1"] > shares["S3"]

    past = dt.date(2025, 6, 30)
    tags = """
        select nes.* exclude (one_id), rfm.* exclude (one_id) from tags.tag_nes as nes
        left join tags.tag_rfm as rfm using (one_id) order by all
    """
    project.dbt(*RUN, "+tag_nes", "+tag_rfm", parse=False, as_of=str(past)).check()
    with_future_rows = project.query(tags)
    write_receipts(project, {card: [d for d in ds if d <= past] for card, ds in days.items()})
    project.dbt(*RUN, "+tag_nes", "+tag_rfm", parse=False, as_of=str(past)).check()
    assert project.query(tags) == with_future_rows
