"""The salt of keyed hashes: made once, for its owner alone, and never a short one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from one360.salt import read_or_make_salt, salt_path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONE360_HOME", str(tmp_path))
    monkeypatch.delenv("ONE360_SALT", raising=False)
    return tmp_path


def test_a_salt_of_256_bits_is_made_once_beside_the_warehouse(home: Path):
    salt = read_or_make_salt("shop")
    assert re.fullmatch("[0-9a-f]{64}", salt)
    assert read_or_make_salt("shop") == salt
    assert read_or_make_salt("other") != salt
    assert salt_path("shop") == home / "warehouse" / "shop.salt"
    assert sorted(path.name for path in (home / "warehouse").iterdir()) == [
        "other.salt",
        "shop.salt",
    ]


def test_of_two_that_begin_together_the_salt_of_one_counts(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    path, first = salt_path("shop"), "of the process that was faster"

    def overtaken(size: int) -> str:
        path.write_text(f"{first}\n", encoding="ascii")
        path.chmod(0o600)
        return "0" * 2 * size

    monkeypatch.setattr("one360.salt.secrets.token_hex", overtaken)
    assert read_or_make_salt("shop") == first
    assert [file.name for file in path.parent.iterdir()] == ["shop.salt"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_salt_that_others_may_open_is_refused(mode: int):
    read_or_make_salt("shop")
    path = salt_path("shop")
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(mode)
    with pytest.raises(ValueError, match="chmod 600"):
        read_or_make_salt("shop")


def test_the_environment_comes_first_and_no_file_is_made(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ONE360_SALT", "sixteen letters!")
    assert read_or_make_salt("shop") == "sixteen letters!"
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("salt", ["", "fifteen letters"])
def test_fewer_than_sixteen_characters_are_no_salt(salt: str, monkeypatch: pytest.MonkeyPatch):
    read_or_make_salt("shop")
    salt_path("shop").write_text(f"{salt}\n", encoding="ascii")
    with pytest.raises(ValueError, match="fewer than 16 characters"):
        read_or_make_salt("shop")
    monkeypatch.setenv("ONE360_SALT", salt)
    with pytest.raises(ValueError, match="at least 16 are needed"):
        read_or_make_salt("shop")
