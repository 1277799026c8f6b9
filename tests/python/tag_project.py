"""A dbt project of the models that remember tags, so that a test can feed them any past.

The models are the project's own files; what they read is replaced by views on tables that
hold every build: step → as-of date, and the tags and customers of that step. Table `clock`
says which step is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.python.tiny_project import ROOT, TinyProject

MODELS = (
    "tags/history/steps/int_history__tag_changes",
    "tags/history/steps/int_history__tag_value_counts",
    "tags/history/steps/int_history__tag_distributions",
    "tags/history/steps/int_history__tag_stability",
    "tags/history/customer_tag_history",
    "tags/history/tag_migrations",
    "quality/tag_scores",
)

#: Folders of macros that they call.
ROOMS = ("cross_db", "config", "tags", "statistics", "normalise", "rights")

#: What the models read, as of the step of the clock.
GIVEN = {
    "int_behaviour__as_of": "select as_of_date from builds where step = (select step from clock)",
    "int_registry__catalogue": "select * from catalogue where step = (select step from clock)",
    "customer_tags": """
        select tags.one_id, tags.tag_code, tags.tag_value, builds.as_of_date
        from tags inner join builds using (step)
        where step = (select step from clock)""",
    "customers": "select one_id from people where step = (select step from clock)",
}

# keeps what a build gave and moves the clock, so that one process can run all steps
MACRO = """
{% macro keep(step, next_step) %}
    {% for name in ["customer_tag_history", "tag_migrations", "tag_scores",
            "int_history__tag_changes", "int_history__tag_distributions"] %}
        {% do run_query(
            "create or replace table kept_" ~ name ~ "_" ~ step ~ " as from " ~ name
        ) %}
    {% endfor %}
    {% do run_query("create or replace table clock as select " ~ next_step ~ " as step") %}
{% endmacro %}
"""


class TagProject(TinyProject):
    """Runs the memory of tags over given builds in a folder of its own."""

    def __init__(self, folder: Path, variables: Mapping[str, Any] | None = None) -> None:
        texts = {name.rsplit("/", 1)[1]: (ROOT / "models" / f"{name}.sql") for name in MODELS}
        given = {"tag_migration_days": [30, 90], "tag_psi_days": 30, **(variables or {})}
        super().__init__(
            folder,
            {**GIVEN, **{name: path.read_text() for name, path in texts.items()}},
            packages=("change_log", "graph_clustering"),
            name="one360",
            macros=tuple(ROOT / "macros" / room for room in ROOMS),
            settings=f"vars: {{as_of: '', business_timezone: UTC, {str(given)[1:-1]}}}\n",
        )
        self.add_macro(MACRO)

    def build(self, steps: int, *, last: list[list[str]] | None = None) -> None:
        """Build step 0, 1, … one after the other, and `last` commands after the last."""
        commands = []
        for step in range(steps):
            commands += [["run"], self.keep(step, min(step + 1, steps - 1))]
        self.run(*commands, *(last or []))

    @staticmethod
    def keep(step: int, next_step: int) -> list[str]:
        """The command that keeps the tables as kept_<table>_<step> and moves the clock."""
        arguments = f"{{step: {step}, next_step: {next_step}}}"
        return ["run-operation", "keep", "--args", arguments]
