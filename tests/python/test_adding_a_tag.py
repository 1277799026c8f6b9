"""A newcomer follows docs/adding_a_tag.md to the letter, and has the tags it promises."""

from __future__ import annotations

import re
import shlex
import shutil
import textwrap
from pathlib import Path

import pytest

from .project import ROOT, Project

pytestmark = pytest.mark.build

GUIDE = ROOT / "docs" / "adding_a_tag.md"

#: "In `file`, below the line `…`, add:" or "At the end of `file`, add:", then a block.
STEP = re.compile(
    r"(?:in\s+`(?P<file>[^`]+)`,\s+(?P<where>above|below)\s+the\s+line\s+`(?P<line>[^`]+)`"
    r"|at\s+the\s+end\s+of\s+`(?P<end_of>[^`]+)`),\s+add:\n\n"
    r"(?P<block> *```\w+\n.*?\n *```)",
    re.DOTALL | re.IGNORECASE,
)
COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)

BUILT_BEFORE = (
    "build", "--exclude-resource-type", "test", "unit_test",
    "--select", "+customer_tag_reasons", "+customer_360",
)  # fmt: skip

#: What of the checkout belongs to the dbt project.
PARTS = (
    "models", "python_models", "macros", "functions", "dbt_packages", "seeds", "tests/generic",
    "tests/assertions",
)  # fmt: skip


def copy_of_the_project(folder: Path) -> Path:
    folder.mkdir()
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def block_of(text: str) -> str:
    """The lines of an indented block, as they stand to the right of its fence."""
    return "\n".join(textwrap.dedent(text).splitlines()[1:-1]) + "\n"


def follow(project_dir: Path) -> list[str]:
    """Do every step of the guide; return the files that were changed."""
    changed = []
    for step in STEP.finditer(GUIDE.read_text(encoding="utf-8")):
        path = project_dir / (step["file"] or step["end_of"])
        text = path.read_text(encoding="utf-8")
        block = block_of(step["block"])
        if step["end_of"]:
            assert text.endswith("\n"), path
            text += block
        else:
            lines = text.splitlines(keepends=True)
            found = [at for at, line in enumerate(lines) if line.strip() == step["line"]]
            assert len(found) == 1, f"{path.name} has {len(found)} lines {step['line']!r}"
            lines.insert(found[0] + (step["where"].lower() == "below"), block)
            text = "".join(lines)
        path.write_text(text, encoding="utf-8")
        changed.append(path.name)
    return changed


@pytest.mark.nightly
def test_the_guide_gives_the_tags_it_promises(tmp_path: Path):
    project_dir = copy_of_the_project(tmp_path / "project")
    project = Project(tmp_path / "run", project_dir=project_dir)
    project.write_small_shop()
    # what make build has done before
    project.cli(*BUILT_BEFORE).check()
    assert follow(project_dir) == [
        "tag_rfm.sql", "_rfm__models.yml", "tag_catalogue.csv",
        "rule_tags.csv", "tag_values.csv", "tag_catalogue.csv",
    ]  # fmt: skip
    commands = COMMANDS.search(GUIDE.read_text(encoding="utf-8"))
    assert commands
    for command in commands[1].splitlines():
        program, *words = shlex.split(command)
        assert program == ".venv/bin/dbt"
        shown = project.cli(*words).check()
    assert "average_order_amount" in shown.output
    assert (
        project.query(
            """
        select tag_code, tag_value from tags.customer_tags
        where tag_code in ('average_order_amount', 'basket_size') order by 1, 2
        """
        )[0][0]
        == "average_order_amount"
    )
    assert project.query(
        """
        select count(*) from tags.customer_tags as sizes
        inner join tags.customer_tags as amounts
            on sizes.one_id = amounts.one_id and amounts.tag_code = 'average_order_amount'
        where
            sizes.tag_code = 'basket_size'
            and sizes.tag_value <> case
                when cast(amounts.tag_value as double) >= 500 then 'large'
                when cast(amounts.tag_value as double) >= 100 then 'medium'
                else 'small'
            end
        """
    ) == [(0,)]


def test_the_guide_is_a_page():
    assert len(GUIDE.read_text(encoding="utf-8").splitlines()) <= 90
