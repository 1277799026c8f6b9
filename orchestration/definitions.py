"""What Dagster loads: dagster dev --module-name orchestration.definitions."""

import json
import os

import dagster as dg
from dagster_dbt import DagsterDbtTranslatorSettings, DbtCliResource

from one360.engines.dbt import Dbt, dbt_environment
from one360.paths import project_path
from one360.runs.alerts import channels
from orchestration import assets, automation, checks
from orchestration.settings import Settings, read_settings


def definitions(settings: Settings) -> dg.Definitions:
    """All that is scheduled for one data set; the project is parsed."""
    target = str(settings.target)
    with dbt_environment(settings.paths, settings.project, DBT_TARGET_PATH=target):
        Dbt(settings.engine)
    manifest = json.loads((settings.target / "manifest.json").read_text(encoding="utf-8"))
    rooms = assets.Rooms(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))
    made = [
        assets.raw_files(settings, manifest, rooms),
        assets.models(settings, rooms),
        assets.published(settings, manifest, rooms),
        assets.past(settings),
    ]
    found = checks.expectations(settings, manifest, rooms)
    night, day = automation.nightly(made), automation.intraday(settings)
    os.environ.update(settings.environment)
    return dg.Definitions(
        assets=made,
        asset_checks=[found],
        jobs=[night, day, automation.backfill()],
        schedules=automation.schedules(settings, night, day),
        sensors=[
            automation.files_arrived(settings, night),
            automation.on_failure(settings, channels()),
        ],
        resources={
            "dbt": DbtCliResource(
                project_dir=str(settings.project.absolute()), dbt_executable=str(settings.dbt)
            )
        },
    )


@dg.definitions
def defs() -> dg.Definitions:
    """For the data set, folder and target of the environment."""
    return definitions(read_settings(project_path().absolute()))
