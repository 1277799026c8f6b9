"""Where files live, and which names a data set may have."""

from pathlib import Path

import pytest

from one360.errors import UsageError
from one360.paths import check_dataset_name, dataset_name, dataset_paths, target_path


def test_defaults_are_demo_in_the_current_folder() -> None:
    paths = dataset_paths(environ={})
    assert paths.raw == Path("raw/demo")
    assert paths.warehouse == Path("warehouse/demo.duckdb")
    assert paths.published == Path("published/demo.duckdb")
    assert target_path(environ={}) == Path("target")


def test_environment_moves_home_dataset_and_target(tmp_path: Path) -> None:
    environ = {
        "ONE360_HOME": str(tmp_path),
        "ONE360_DATASET": "my_shop",
        "DBT_TARGET_PATH": "/elsewhere/target",
    }
    paths = dataset_paths(environ=environ)
    assert paths.warehouse == tmp_path / "warehouse" / "my_shop.duckdb"
    assert dataset_name(environ) == "my_shop"
    assert target_path(environ) == Path("/elsewhere/target")


def test_an_empty_variable_is_no_variable() -> None:
    assert dataset_paths(environ={"ONE360_HOME": "", "ONE360_DATASET": ""}).raw == Path("raw/demo")


@pytest.mark.parametrize("name", ["demo", "complete_journey", "a", "shop_2026"])
def test_names_that_may_be(name: str) -> None:
    assert check_dataset_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "Demo", "1shop", "my-shop", "../shop", "a b", "店", "a" * 64, "shop;drop"]
)
def test_names_that_are_no_names(name: str) -> None:
    with pytest.raises(UsageError, match="lower-case letters, digits and _"):
        check_dataset_name(name)


@pytest.mark.parametrize("name", ["raw", "core", "tags", "pii", "seeds", "main", "temp"])
def test_a_data_set_is_not_called_like_a_schema(name: str) -> None:
    with pytest.raises(UsageError, match="has a schema of that name"):
        check_dataset_name(name)


def test_raw_files_are_files_of_a_known_system(tmp_path: Path) -> None:
    paths = dataset_paths("shop", tmp_path)
    assert not paths.has_raw_files()
    (paths.raw / "pos").mkdir(parents=True)
    (paths.raw / "import_rejects.csv").write_text("row,reason\n")
    assert not paths.has_raw_files()
    (paths.raw / "pos" / "receipts.parquet").write_bytes(b"x")
    assert paths.has_raw_files()
