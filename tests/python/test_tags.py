"""Tags from raw files to customer_360: what stops a build, few customers, the past."""

import datetime as dt
import random

import pytest

from .project import Project

pytestmark = pytest.mark.build

BUILD = ("build", "--exclude-resource-type", "test", "unit_test", "--select")
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
    shared_project.dbt(*BUILD, "+customer_360", "+customer_tags", "tag_catalogue").check()
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


def test_an_unknown_segment_map_stops_the_build_and_names_those_there_are(shop):
    result = shop.dbt(
        "run", "--select", "int_rfm__segment_map", parse=False, rfm_segment_map="rfm_11"
    )
    assert not result.success
    assert (
        "variable rfm_segment_map is rfm_11; the seed rfm_segment_maps has: "
        "averages_8, rf_10, rfm_r_10"
    ) in result.output


@pytest.mark.parametrize(
    ("seed", "model", "change", "message"),
    [
        (
            "loyalty_weights",
            "int_loyalty__weights",
            "weight = weight + 0.05 where scope = 'brand' and indicator_code = 'visits'",
            "seed loyalty_weights: the weights of scope brand sum to 1.05, not to 1",
        ),
        (
            "activity_weights",
            "int_activity__weights",
            "weight = 0 where indicator_code = 'orders'",
            "seed activity_weights: the weights of scope activity sum to 0.8, not to 1",
        ),
        (
            "activity_weights",
            "int_activity__weights",
            "indicator_code = 'ordrs' where indicator_code = 'orders'",
            "seed activity_weights: there is no indicator ordrs; known are: last_login",
        ),
        (
            "contact_response_weights",
            "int_channel__contact_weights",
            "weight = 0.5 where indicator_code = 'open'",
            "seed contact_response_weights: the weights of scope contact sum to 0.75, not to 1",
        ),
        (
            "interest_weights",
            "int_interest__weights",
            "event_type = 'product_seen' where event_type = 'product_viewed'",
            "seed interest_weights: there is no event type product_seen; known are: product_viewed",
        ),
        (
            "interest_weights",
            "int_interest__weights",
            "half_life_days = 0 where event_type = 'product_added'",
            "seed interest_weights: the half-life of product_added must be above 0",
        ),
        (
            "member_value_weights",
            "int_member_value__weights",
            "weight = -0.35 where indicator_code = 'amount'",
            "seed member_value_weights: the weights of scope member_value sum to 0.3, not to 1",
        ),
        (
            "member_value_tiers",
            "int_member_value__tiers",
            "score_from = 10 where level_code = 'base'",
            "seed member_value_tiers: the lowest tier must begin at 0",
        ),
        (
            "member_value_actions",
            "int_member_value__efforts",
            "max_units = 25 where action_code = 'buy_again'",
            "seed member_value_actions: max_units of buy_again must be at most 24",
        ),
    ],
)
def test_weights_that_do_not_fit_stop_the_build(shop, seed, model, change, message):
    shop.execute(f"update seeds.{seed} set {change}")
    try:
        result = shop.dbt("run", "--select", model)
    finally:
        shop.dbt("seed", "--select", seed).check()
    assert not result.success
    assert message in result.output


@pytest.mark.parametrize(
    "variables",
    [{"rfm_scoring": "best"}, {"nes_multiples": [1, 3, 2]}, {"activity_high_share": 0.7}],
)
def test_variables_out_of_range_are_refused(shop, variables):
    result = shop.dbt("run", "--select", "int_rfm__segment_map", parse=False, **variables)
    assert not result.success
    assert f"variable {next(iter(variables))} is" in result.output


def test_a_shop_without_customers_has_empty_tags(project):
    write_receipts(project, {None: [START, END]})
    project.dbt(*BUILD, "+customer_360", "+customer_tags", "+tag_nes_calibration").check()
    assert project.query("select count(*) from tags.tag_rfm") == [(0,)]
    assert project.query("select count(*) from tags.rfm_centroids") == [(0,)]
    assert project.query("select sum(customers) from tags.tag_nes_calibration") == [(0,)]


def test_nes_is_calibrated_and_the_past_is_as_it_was_known_then(project):
    days = shoppers()
    write_receipts(project, days)
    project.dbt(*BUILD, "+tag_nes", "+tag_nes_calibration", "+tag_rfm", as_of=str(END)).check()
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
    project.dbt(*BUILD, "+tag_nes", "+tag_rfm", parse=False, as_of=str(past)).check()
    with_future_rows = project.query(tags)
    write_receipts(project, {card: [d for d in ds if d <= past] for card, ds in days.items()})
    project.dbt(*BUILD, "+tag_nes", "+tag_rfm", parse=False, as_of=str(past)).check()
    assert project.query(tags) == with_future_rows
