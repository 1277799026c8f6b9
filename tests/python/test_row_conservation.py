"""Row conservation, shown by counting the files with other means than the engine's."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.python.project import ROOT, SMALL_SHOP, Project, raw_tables

pytestmark = pytest.mark.build

MODELS = ("+path:models/staging", "+row_conservation")


def write_raw_files(project: Project) -> None:
    """The small shop, with tables of every format, of several files, and of awkward text."""
    project.write_small_shop()
    member, other = SMALL_SHOP["crm.members"]
    in_lines = {"full_name": 'Li "Mei"\nof the\r\nthird, floor', "address": "\n\n"}
    project.write(
        "crm.members",
        [
            {**member, **in_lines},
            {**other, "address": "a\nb", "full_name": "\n"},
            {**other, "address": "a\nb", "full_name": "\n", "loaded_at": "2025-06-03 00:00"},
            {**member, "member_id": None},
        ],
    )
    event = SMALL_SHOP["web.events"][0]
    project.remove("web.events")
    for number, count in enumerate((3, 1, 4)):
        rows = [{**event, "event_id": f"e{number}-{each}"} for each in range(count)]
        project.write("web.events", rows, to=project.raw / "web" / "events" / f"{number}.parquet")
    [review] = SMALL_SHOP["web.reviews"]
    project.remove("web.reviews")
    for number, text in enumerate(("one\nline", "two", 'a "third"')):
        project.write(
            "web.reviews",
            [{**review, "review_text": text}] * (number + 1),
            to=project.raw / "web" / "reviews" / f"{number}.jsonl",
        )
    [store] = SMALL_SHOP["pos.stores"]
    project.remove("pos.stores")
    for number, quoted in enumerate(("north\nand south", "plain")):
        project.write(
            "pos.stores",
            [{**store, "store_id": f"N{number}", "store_name": quoted}, store],
            to=project.raw / "pos" / "stores" / f"{number}.csv",
        )


def records_in_files(project: Project) -> dict[tuple[str, str], int]:
    """Records of every raw table, by the readers of Python and Arrow."""
    counts = {}
    for table, declared in raw_tables().items():
        system, name = table.split(".")
        paths = sorted((project.raw / system).glob(f"{name}.*"))
        paths += sorted((project.raw / system / name).glob("*"))
        counts[system, name] = sum(records(path, declared["encoding"]) for path in paths)
    return counts


def records(path: Path, encoding: str) -> int:
    if path.suffix == ".parquet":
        return pq.read_table(path).num_rows
    with path.open(encoding=encoding, newline="") as file:
        if path.suffix == ".csv":
            return sum(1 for _ in csv.DictReader(file))
        return sum(1 for line in file if json.loads(line))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Staging of these files."""
    project = Project(tmp_path_factory.mktemp("conserved"))
    write_raw_files(project)
    project.begin()
    project.dbt("run", "--select", *MODELS).check()
    yield project
    project.close()


def test_raw_rows_are_the_records_of_the_files(shop: Project) -> None:
    counted = {
        (system, table): rows
        for system, table, rows in shop.query(
            "select source_system, source_table, raw_rows from quality.row_conservation"
        )
    }
    expected = records_in_files(shop)
    assert counted == expected
    assert expected["crm", "members"] == 4
    assert expected["web", "events"] == 8
    assert expected["web", "reviews"] == 6
    assert expected["pos", "stores"] == 4


def test_each_row_is_counted_where_it_went(shop: Project) -> None:
    assert shop.query(
        "select source_system, source_table, staged_rows, rejected_rows, exact_duplicate_rows "
        "from quality.row_conservation "
        "where rejected_rows + exact_duplicate_rows > 0 order by all"
    ) == [
        ("crm", "members", 2, 1, 1),  # without a number; the copy of a later extract
        ("pos", "stores", 3, 0, 1),
        ("web", "reviews", 1, 2, 3),  # three texts of one review; one twice, one three times
    ]
    assert shop.query("select count(*) from quality.row_conservation where difference <> 0") == [
        (0,)
    ]


@pytest.fixture(scope="module")
def losing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The project with a macro read_source that loses a member on the way."""
    folder = tmp_path_factory.mktemp("losing")
    edited = folder / "dbt"
    edited.mkdir()
    for entry in ROOT.iterdir():
        is_project = entry.name == ".dbtignore" or not entry.name.startswith(".")
        if is_project and entry.name not in ("macros", "target", "logs"):
            (edited / entry.name).symlink_to(entry)
    for path in (ROOT / "macros").rglob("*.sql"):
        copy = edited / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        if path.name == "read_source.sql":
            whole = "from {{ raw_rows }} as raw_rows\n"
            assert text.count(whole) == 1
            text = text.replace(
                whole,
                "from (\n"
                "        select * from {{ raw_rows }}\n"
                "        {% if (system, table) == ('crm', 'members') %}"
                "where member_id <> 'm2'{% endif %}\n"
                "    ) as raw_rows\n",
            )
        copy.write_text(text, encoding="utf-8")
    project = Project(folder, project_dir=edited)
    project.write_small_shop()
    yield project
    project.close()


def test_a_row_that_is_lost_on_the_way_stops_the_build(losing: Project) -> None:
    result = losing.dbt("build", "--select", *MODELS, "--exclude-resource-type", "unit_test")
    assert losing.query(
        "select source_system, source_table, raw_rows, staged_rows, difference "
        "from quality.row_conservation where difference <> 0"
    ) == [("crm", "members", 2, 1, 1)]
    assert not result.success
    failed = [line for line in result.output.splitlines() if "FAIL 1" in line]
    assert [line for line in failed if "no_row_is_lost_row_conservation" in line]
    assert len(failed) == 1, failed
