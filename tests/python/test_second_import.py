"""An import over an existing data set ends, after its build, with what the import says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.python.project import ROOT, Project

pytestmark = [pytest.mark.build, pytest.mark.nightly]

#: One account of two shoppers; the second file has another amount of o1, and no o5.
FIRST = """account,shopper,order,time,amount
H1,Ann,o1,2026-01-05 10:00,10
H1,Bob,o2,2026-01-06 10:00,20
H2,Cid,o3,2026-01-07 10:00,30
H3,Dan,o4,2026-03-01 10:00,40
H3,Dan,o5,2026-03-02 10:00,50
"""
SECOND = FIRST.replace("10:00,10\n", "10:00,1000\n").replace("H3,Dan,o5,2026-03-02 10:00,50\n", "")


def test_a_second_import_is_what_is_built(project: Project) -> None:
    says = {
        "account": (FIRST, "of 3 customers, 150.00 net", (3, 5, 150)),
        "shopper": (SECOND, "of 4 customers, 1,090.00 net", (4, 4, 1090)),
    }
    for customer, (content, said, built) in says.items():
        file = project.home / f"{customer}.csv"
        file.write_text(content)
        columns = ("--customer", customer, "--order", "order", "--time", "time")
        done = subprocess.run(
            [str(Path(sys.executable).with_name("one360")), "import", "orders", str(file), *columns]
            + ["--amount", "amount"],
            env=project.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
        project.dbt(
            *("build", "--resource-type", "seed", "--resource-type", "function"),
            *("--resource-type", "model", "--select", "+orders", "+customers", "reject_reasons"),
        ).check()
        assert project.query(
            "select (select count(*) from core.customers), count(*), sum(net_amount)"
            " from core.orders"
        ) == [built]
        assert project.query(
            "select count(*) from core.customers where one_id not in"
            " (select one_id from core.orders)"
        ) == [(0,)]
