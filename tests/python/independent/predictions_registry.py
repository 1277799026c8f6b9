"""The registry of predictions: what the folder of each model holds, in one table each."""

from __future__ import annotations

from tests.python.independent.world import Rows, World, table

#: A line per model.
FOLDERS = ("churn",)


def of_all(world: World, name: str) -> Rows:
    """The rows of a step of every model."""
    return [row for folder in FOLDERS for row in world[f"steps.{folder}_{name}"]]


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
