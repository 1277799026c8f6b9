"""The registry of predictions: what the folder of each model holds, in one table each."""

from __future__ import annotations

from tests.python.independent.world import TABLES, Rows, World, table

#: A line per model.
FOLDERS = (
    "churn", "coupons", "learnt_tags", "look_alikes", "next_prices", "next_products", "repeat"
)  # fmt: skip


def of_all(world: World, name: str) -> Rows:
    """The rows of a step of every model."""
    steps = [f"steps.{folder}_{name}" for folder in FOLDERS]
    return [row for step in steps if step in TABLES for row in world[step]]


@table("predictions.models", key=["purpose", "model_version"])
def models(world: World) -> Rows:
    """Every version."""
    return of_all(world, "models")


@table(
    "predictions.back_tests", key=["purpose", "model_version", "method", "tested_date", "metric"]
)
def back_tests(world: World) -> Rows:
    """Every metric."""
    return of_all(world, "back_tests")


@table("predictions.scores", key=["one_id", "purpose"])
def scores(world: World) -> Rows:
    """Every score."""
    return of_all(world, "scores")
