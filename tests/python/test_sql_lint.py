"""The linter of SQL finds what sqlfluff finds, and fails then."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlfluff.core import FluffConfig, Linter
from sqlfluff.utils.reflow import ReflowSequence

from tests import sql_lint

#: Faults of layout, of capitals, of names and of structure.
FAULTY = """\
SELECT a.x AS x,b.y as  Y
  ,(select max(z) from c), case when a.x=1 then 'one' else 'a text that makes this line longer than it may be' end
from a join b using(k)
    where a.x <> 2 and
      b.y!=3
union
select 1, 2,3   
"""  # noqa: E501, W291
CLEAN = "select one_id\nfrom customers\n"


@pytest.fixture(autouse=True)
def without_dbt(monkeypatch: pytest.MonkeyPatch) -> FluffConfig:
    """A configuration for text that is not a model."""
    config = FluffConfig(overrides={"dialect": "duckdb", "templater": "raw"})

    def begin(times: bool) -> None:
        sql_lint._Lint.linter = sql_lint.ProjectLinter(config)
        sql_lint._Lint.times = times
        sql_lint.share_reflow_sequences()

    monkeypatch.setattr(ReflowSequence, "from_root", ReflowSequence.from_root)
    monkeypatch.setattr(sql_lint._Lint, "begin", begin)
    return config


def test_it_finds_what_sqlfluff_finds(
    without_dbt: FluffConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "faulty.sql"
    path.write_text(FAULTY, encoding="utf-8")
    found = Linter(without_dbt).lint_string(FAULTY, fname=str(path)).get_violations()
    expected = [
        f"{path}:{fault.line_no}:{fault.line_pos}: {fault.rule_code()} {fault.desc()}"
        for fault in found
    ]
    rules = {fault.rule_code() for fault in found}
    assert rules >= {"LT01", "LT02", "LT04", "LT05", "CP01", "CV01", "AL03"}, rules
    assert sql_lint.main([str(path)]) == 1
    printed = [line.split(" · ")[0] for line in capsys.readouterr().out.splitlines()]
    assert printed == expected


def test_each_file_is_read_for_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in {"faulty": FAULTY, "clean": CLEAN, "shifted": f"  {CLEAN}"}.items():
        (tmp_path / f"{name}.sql").write_text(text, encoding="utf-8")
    assert sql_lint.main([str(tmp_path / "clean.sql")]) == 0
    assert capsys.readouterr().out == ""
    assert sql_lint.main([str(tmp_path)]) == 1
    files = {line.split(":")[0] for line in capsys.readouterr().out.splitlines()}
    assert files == {str(tmp_path / "faulty.sql"), str(tmp_path / "shifted.sql")}
