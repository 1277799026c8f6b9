"""One night of one360 for Airflow 2.9 and up: put this file into its dags folder.

Each task is a command of the project, in the project's own environment: Airflow needs none of its
packages. A failed task keeps the next one from running, so a build that did not pass is not
published.
"""

from datetime import datetime, timedelta

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:  # Airflow 2
    from airflow.operators.bash import BashOperator

PROJECT = "/srv/one360"
DATASET = "shop"

with DAG(
    "one360_night",
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
) as dag:
    prepare, build, publish, summary = (
        BashOperator(
            task_id=step,
            bash_command=f"make {step} DATASET={DATASET}",
            cwd=PROJECT,
            append_env=True,
            env={"ONE360_DATASET": DATASET},
        )
        for step in ("prepare", "dbt", "publish", "summary")
    )
    prepare >> build >> publish >> summary
