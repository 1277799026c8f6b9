"""The papers of the project: licence, changes, versions."""

from __future__ import annotations

import hashlib
import re
import subprocess

import pytest

from one360 import __version__
from one360.cli.program import run
from tests.python.project import ROOT

#: The text of https://www.apache.org/licenses/LICENSE-2.0.txt
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def test_the_licence_is_the_standard_text():
    text = (ROOT / "LICENSE").read_bytes()
    assert hashlib.sha256(text).hexdigest() == APACHE_2
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text()


def test_one_place_says_the_version(capsys: pytest.CaptureFixture[str]):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"one360 {__version__}\n"
    files = subprocess.run(
        ["git", "ls-files", "*.py", "*.toml", "*.yml", "Makefile"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    stated = re.compile(
        rf"""^ *(__version__|version)["']? *[:=] *["']{re.escape(__version__)}""", re.M
    )
    said = [
        name
        for name in files
        if not name.startswith(("tests/", "packages/")) and stated.search((ROOT / name).read_text())
    ]
    assert said == ["src/one360/__init__.py"]


def test_the_changes_begin_with_this_version():
    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.findall(r"^## (\S+?),", text, re.MULTILINE)[0] == __version__
    assert "### Upgrading" in text


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_what_the_papers_point_at_is_there(name: str):
    for place in re.findall(r"\]\((?!http)([^)#]+)", (ROOT / name).read_text()):
        assert (ROOT / place).exists(), place
