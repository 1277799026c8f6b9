"""Purchases to come beside Pareto/NBD and Gamma-Gamma, on orders of CDNOW.

    make bench-repeat

Imports what 23,570 customers bought until the end of September 1997, builds the scores, and holds
them against the 28 days, 90 days and 39 weeks that followed. Both sides know the 39 weeks before
and nothing later. 39 weeks lie beyond the horizons that are scored: probabilities are continued by
the Weibull distribution through those of 28 and 90 days (predictions.next_orders), orders and spend
by the power of time through the two amounts. The peers are the models of Schmittlein, Morrison and
Colombo (1987) and of Fader and Hardie (2013), fitted by maximum likelihood.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1
from scipy.stats import rankdata

KNOWN_TO = pd.Timestamp(1997, 9, 30)
HORIZONS = (28, 90, 273)


def orders() -> pd.DataFrame:
    """One row per customer and day: customer, day, amount."""
    found = importlib.util.find_spec("lifetimes")
    if found is None or found.origin is None:
        raise SystemExit("the package lifetimes is not installed: make bench-repeat")
    file = Path(found.origin).parent / "datasets" / "CDNOW_master.txt"
    rows = [line.split() for line in file.read_text().splitlines()[1:] if line.strip()]
    frame = pd.DataFrame(rows, columns=["customer", "day", "cds", "amount"])
    frame["day"] = pd.to_datetime(frame["day"])
    frame["amount"] = frame["amount"].astype(float)
    return frame.groupby(["customer", "day"])["amount"].sum().reset_index()


def scored(known: pd.DataFrame, home: Path) -> pd.DataFrame:
    """Scores of one360 by customer, a column per purpose."""
    file = home / "orders.csv"
    known.to_csv(file, index=False)
    environment = {
        **os.environ,
        "ONE360_HOME": str(home),
        "ONE360_DATASET": "cdnow",
        "DBT_TARGET_PATH": str(home / "target"),
        "DBT_LOG_PATH": str(home / "logs"),
    }
    columns = ["--customer", "customer", "--time", "day", "--amount", "amount"]
    # fitted on the last known day and on all customers, as the peers are
    variables = (
        f"{{as_of: '{KNOWN_TO.date()}', prediction_refit_days: 1,"
        " prediction_sample_customers: 100000}"
    )
    without_tests = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    for command in (
        ["one360", "import", "orders", str(file), "--dataset", "cdnow", *columns],
        ["dbt", "--log-level", "error", "build", "--select", "+scores", *without_tests]
        + ["--vars", variables],
    ):
        subprocess.run(command, env=environment, check=True, stdout=sys.stderr)
    with duckdb.connect(str(home / "warehouse" / "cdnow.duckdb"), read_only=True) as connection:
        scores = connection.execute(
            """
            select distinct profiles.card_no as customer, scores.purpose, scores.score
            from predictions.scores as scores
            inner join core.customer_profiles as bridge using (one_id)
            inner join identity.int_identity__profiles as profiles using (profile_id)
            where profiles.card_no is not null and scores.score is not null
            """
        ).df()
    return scores.pivot(index="customer", columns="purpose", values="score")


def continued(scores: pd.DataFrame, purpose: str, days: int) -> np.ndarray:
    """What the scores of 28 and 90 days say of another number of days."""
    near, far = (scores[f"{purpose}_{horizon}"].to_numpy(float) for horizon in HORIZONS[:2])
    if purpose == "buys":
        near, far = -np.log(1 - near), -np.log(1 - far)
    power = np.log(far / near) / np.log(HORIZONS[1] / HORIZONS[0])
    power = np.where(far > near, power, 1.0) if purpose == "buys" else np.clip(power, 0, 1)
    amount = {28: near, 90: far}.get(days, far * (days / HORIZONS[1]) ** power)
    return 1 - np.exp(-amount) if purpose == "buys" else amount


class ParetoNBD:
    """Schmittlein, Morrison and Colombo (1987), with Gamma-Gamma for the mean amount of a day."""

    def __init__(self, known: pd.DataFrame) -> None:
        days = known.groupby("customer")["day"]
        self.customers = days.first().index
        first, last = days.min(), days.max()
        self.x = (days.count() - 1).to_numpy(float)
        self.t_x = (last - first).dt.days.to_numpy() / 7
        self.age = (KNOWN_TO - first).dt.days.to_numpy() / 7
        rows = np.column_stack([self.x, self.t_x, self.age])
        unique, counts = np.unique(rows, axis=0, return_counts=True)
        start = np.log([0.5, 10.0, 0.5, 10.0])

        def loss(logs: np.ndarray) -> float:
            likelihood = self._likelihood(np.exp(logs), *unique.T)
            return -float((counts * likelihood).sum())

        options = {"xatol": 1e-4, "fatol": 1e-2, "maxiter": 2000}
        found = minimize(loss, start, method="Nelder-Mead", options=options)
        self.parameters = np.exp(found.x)
        self.log_likelihood = -float(found.fun)
        self.mean_amount = self._mean_amounts(known, first)

    @staticmethod
    def _dead(parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> Any:
        """The integral over the times of death since the last purchase, times the constant."""
        r, alpha, s, beta = parameters
        larger, b = (alpha, s + 1) if alpha >= beta else (beta, r + x)
        gap, total = abs(alpha - beta), r + s + x

        def part(at: np.ndarray) -> Any:
            return hyp2f1(total, b, total + 1, gap / (larger + at)) / (larger + at) ** total

        return s / total * (part(t_x) - part(age))

    @staticmethod
    def _alive(parameters: np.ndarray, x: np.ndarray, age: np.ndarray) -> np.ndarray:
        r, alpha, s, beta = parameters
        alive: np.ndarray = (alpha + age) ** -(r + x) * (beta + age) ** -s
        return alive

    def _likelihood(
        self, parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, age: np.ndarray
    ) -> Any:
        r, alpha, s, beta = parameters
        both = self._alive(parameters, x, age) + self._dead(parameters, x, t_x, age)
        constant = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        return constant + np.log(np.maximum(both, 1e-300))

    def _mean_amounts(self, known: pd.DataFrame, first: pd.Series) -> np.ndarray:
        """Expected amount of a day by Gamma-Gamma, from the days after the first."""
        repeated = known[known["day"] > known["customer"].map(first)]
        means = repeated.groupby("customer")["amount"].mean().reindex(self.customers).fillna(0)
        z, x = means.to_numpy(float), np.where(means > 0, self.x, 0)
        seen = (x > 0) & (z > 0)

        def loss(logs: np.ndarray) -> float:
            p, q, v = np.exp(logs)
            n, m = x[seen], z[seen]
            terms = gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(v)
            terms += (p * n - 1) * np.log(m) + p * n * np.log(n)
            return -float((terms - (p * n + q) * np.log(v + n * m)).sum())

        options = {"maxiter": 2000}
        p, q, v = np.exp(
            minimize(loss, np.log([5, 4, 15]), method="Nelder-Mead", options=options).x
        )
        expected: np.ndarray = p * (v + x * z) / (p * x + q - 1)
        return expected

    def probability(self, days: int) -> np.ndarray:
        """Probability of any purchase, the time of death integrated by Gauss and Legendre."""
        r, alpha, s, beta = self.parameters
        weeks, rate = days / 7, r + self.x
        a, b = alpha + self.age, beta + self.age
        none = (a / (a + weeks)) ** rate * (b / (b + weeks)) ** s
        for node, weight in zip(*np.polynomial.legendre.leggauss(40), strict=True):
            at = (node + 1) / 2 * weeks
            density = s / b * (b / (b + at)) ** (s + 1)
            none = none + weight * weeks / 2 * (a / (a + at)) ** rate * density
        return self._is_alive() * (1 - none)

    def orders(self, days: int) -> np.ndarray:
        """Expected days with a purchase."""
        r, alpha, s, beta = self.parameters
        b = beta + self.age
        life = b / (s - 1) * (1 - (b / (b + days / 7)) ** (s - 1))
        expected: np.ndarray = self._is_alive() * (r + self.x) / (alpha + self.age) * life
        return expected

    def _is_alive(self) -> np.ndarray:
        alive = self._alive(self.parameters, self.x, self.age)
        share: np.ndarray = alive / (
            alive + self._dead(self.parameters, self.x, self.t_x, self.age)
        )
        return share


def area(given: np.ndarray, outcome: np.ndarray) -> float:
    """Area under the ROC curve."""
    ones = outcome.sum()
    ranks = rankdata(given)[outcome].sum() - ones * (ones + 1) / 2
    return float(ranks / (ones * (len(outcome) - ones)))


def calibration_error(given: np.ndarray, outcome: np.ndarray) -> float:
    """Mean distance of probability and share over ten bins of equally many customers."""
    bins = np.array_split(np.argsort(given, kind="stable"), 10)
    return sum(abs((given[b] - outcome[b]).sum()) for b in bins) / len(outcome)


def deviance(given: np.ndarray, outcome: np.ndarray) -> float:
    """Mean Poisson deviance."""
    given = np.maximum(given, 1e-9)
    logs = np.log(np.where(outcome > 0, outcome / given, 1.0))
    return float(2 * (outcome * logs - outcome + given).mean())


def main() -> int:
    """Print what each side said of the time to come, beside what came."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, help="of the first so many customers alone")
    options = parser.parse_args()
    given = orders()
    if options.customers:
        given = given[given["customer"].isin(sorted(set(given["customer"]))[: options.customers])]
    known = given[given["day"] <= KNOWN_TO]
    peer = ParetoNBD(known)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "warehouse").mkdir()
        scores = scored(known, Path(folder)).reindex(peer.customers)
    r, alpha, s, beta = peer.parameters
    print(f"{len(known):,} purchase days of {len(scores):,} customers known on {KNOWN_TO.date()}")
    print(f"Pareto/NBD: r {r:.4f}, alpha {alpha:.3f}, s {s:.4f}, beta {beta:.3f},", end=" ")
    print(f"log likelihood {peer.log_likelihood:.1f}\n")
    print("| days | model | AUC | calibration error | orders | deviance | spend | deviance |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    for days in HORIZONS:
        end = KNOWN_TO + pd.Timedelta(days=days)
        later = given[(given["day"] > KNOWN_TO) & (given["day"] <= end)]
        came = later.groupby("customer")["amount"].agg(["size", "sum"]).reindex(peer.customers)
        count, spend = (came[name].fillna(0).to_numpy(float) for name in ("size", "sum"))
        expected = peer.orders(days)
        said: dict[str, list[np.ndarray]] = {
            "one360": [continued(scores, of, days) for of in ("buys", "orders", "spend")],
            "Pareto/NBD": [peer.probability(days), expected, expected * peer.mean_amount],
        }
        for name, (chance, number, money) in said.items():
            print(
                f"| {days} | {name} | {area(chance, count > 0):.4f}"
                f" | {calibration_error(chance, (count > 0).astype(float)):.4f}"
                f" | {number.sum() / count.sum() - 1:+.1%} | {deviance(number, count):.4f}"
                f" | {money.sum() / spend.sum() - 1:+.1%} | {deviance(money, spend):.2f} |"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
