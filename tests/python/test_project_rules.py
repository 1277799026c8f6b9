"""Rules of style that are executed: on the parsed project, the locks, the Makefile and the tree."""

from __future__ import annotations

import csv
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from one360.rules.variables import Variables
from tests.python.project import ROOT

#: Marts that come from master data, seeds or staging alone, so a broken feed of events
#: or orders does not concern them.
NEED_NOT_WAIT_FOR_RAW_IN = {
    "arrivals", "products", "stores", "erased_records", "rejected_records", "retention",
    "row_conservation",
    "catalogued_tags", "catalogued_tag_values", "tag_rule_conditions",
}  # fmt: skip

#: Models that nobody queries; of parameters tags.tag_thresholds tells what readers need.
PRIVATE_PREFIXES = ("stg_", "input_", "int_")
PARAMETERS = "_parameters"

#: Views that show what other marts hold, and are too wide to be read whole.
VIEWS_OVER_MARTS = {"customer_tag_reasons"}

#: Marts whose rows may repeat: a row rejected for its missing key may arrive twice.
WITHOUT_KEY = {"rejected_records"}


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def marts(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        node
        for node in models(manifest)
        if not node["name"].startswith(PRIVATE_PREFIXES) and not node["name"].endswith(PARAMETERS)
    ]


def without(faults: Iterator[str] | list[str]) -> None:
    """Fail with every fault at once, not with the first."""
    found = sorted(faults)
    assert not found, "\n".join(found)


# --- models ------------------------------------------------------------------------------


def test_every_model_says_what_one_row_is(manifest: dict[str, Any]):
    without(
        f"{node['name']}: {node['description'][:60]!r}"
        for node in models(manifest)
        if not node["description"].startswith(("One row per ", "One row:", "One row with"))
    )


def test_every_macro_that_a_model_calls_is_described_with_its_arguments(manifest: dict[str, Any]):
    called = {macro for node in models(manifest) for macro in node["depends_on"]["macros"]}
    ours = [manifest["macros"][key] for key in called if key.startswith("macro.one360.")]
    assert len(ours) > 90
    without(
        f"{macro['name']}: no description of {what}"
        for macro in ours
        for what, text in [
            ("the macro", macro["description"]),
            *((each["name"], each["description"]) for each in macro["arguments"]),
        ]
        if not text
    )


def test_every_column_of_a_model_has_a_description_and_a_type(manifest: dict[str, Any]):
    without(
        f"{node['name']}.{column['name']} has no {what}"
        for node in models(manifest)
        for column in node["columns"].values()
        for what in ("description", "data_type")
        if not column[what]
    )


#: Columns that may share a description without a doc block.
MOST_EQUAL_DESCRIPTIONS = 3


def test_a_description_of_many_columns_is_one_doc_block() -> None:
    texts: Counter[str] = Counter()
    for folder in ("models", "python_models"):
        for path in (ROOT / folder).rglob("*.yml"):
            content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            tables = [*content.get("models", [])]
            tables += [table for source in content.get("sources", []) for table in source["tables"]]
            texts.update(
                " ".join(column["description"].split())
                for table in tables
                for column in table.get("columns", [])
            )
    assert texts.total() > 2000
    without(
        f"{count} times: {text}"
        for text, count in texts.items()
        if count > MOST_EQUAL_DESCRIPTIONS and not text.startswith("{{ doc(")
    )


def test_every_model_has_columns(manifest: dict[str, Any]):
    without(node["name"] for node in models(manifest) if not node["columns"])


def test_every_column_of_a_source_or_seed_has_a_description(manifest: dict[str, Any]):
    nodes = [*manifest["sources"].values()]
    nodes += [node for node in manifest["nodes"].values() if node["resource_type"] == "seed"]
    without(
        f"{node['name']}.{name}"
        for node in nodes
        for name, text in [
            ("(itself)", node["description"]),
            *((column["name"], column["description"]) for column in node["columns"].values()),
        ]
        if not text
    )


def test_every_column_of_a_seed_is_described(manifest: dict[str, Any]):
    faults = []
    for node in manifest["nodes"].values():
        if node["resource_type"] == "seed":
            path = ROOT / node["original_file_path"]
            with path.open(encoding="utf-8", newline="") as file:
                header = next(csv.reader(file))
            faults += [f"{path.name}: {name}" for name in header if name not in node["columns"]]
    without(faults)


def test_every_mart_has_a_tested_primary_key(manifest: dict[str, Any]):
    keyed: set[str] = set()
    for node in manifest["nodes"].values():
        test = node.get("test_metadata")
        if test and test["name"] in ("key", "unique", "unique_combination"):
            keyed.add(node["attached_node"])
    without(
        node["name"]
        for node in marts(manifest)
        if node["unique_id"] not in keyed and node["name"] not in WITHOUT_KEY
    )


def test_every_sql_mart_has_an_enforced_contract(manifest: dict[str, Any]):
    without(
        f"{node['name']}: contract is {node['config']['contract']['enforced']}"
        for node in marts(manifest)
        if node["config"]["contract"]["enforced"] != (node["language"] == "sql")
    )


#: Room of models → what the names of private models begin with there.
ROOMS = {
    "staging": ("stg_",),
    "input": ("input_",),
    "identity": ("int_identity__",),
    "behaviour": ("int_behaviour__",),
    "core": (),
    "tags": ("int_",),
    "predictions": ("int_",),
    "campaigns": (),
    "quality": (),
}

#: What several families need; it is no family and has no mart.
SHARED = "common"


def room_of(node: dict[str, Any]) -> list[str]:
    """Folders of a node below models/, python_models/ or seeds/."""
    return node["original_file_path"].split("/")[1:-1]


def test_every_model_lies_in_its_room(manifest: dict[str, Any]):
    faults = []
    for node in models(manifest):
        room, name = room_of(node), node["name"]
        private = ROOMS.get(room[0])
        if private is None:
            faults.append(f"{name}: {room[0]} is no room")
        elif name.startswith(PRIVATE_PREFIXES) and not name.startswith(private or "-"):
            faults.append(f"{name}: no name for a private model of {room[0]}")
        elif room[0] == "staging" and not name.startswith(f"stg_{room[1]}__"):
            faults.append(f"{name}: of another system than {room[1]}")
    without(faults)


def test_all_of_a_family_lies_in_its_room(manifest: dict[str, Any]):
    faults = []
    for node in models(manifest):
        room, name = room_of(node), node["name"]
        if room[0] != "tags":
            continue
        expected = {
            SHARED: ("int_tags__", ["tags", SHARED]),
        }.get(room[1], (f"int_{room[1]}__", ["tags", room[1], "steps"]))
        if name.startswith("int_") and (not name.startswith(expected[0]) or room != expected[1]):
            faults.append(f"{node['original_file_path']}: a step of another family")
        if not name.startswith("int_") and room != ["tags", room[1]]:
            faults.append(f"{node['original_file_path']}: a mart among the steps")
        described = node["patch_path"].split("://")[1].rsplit("/", 1)[0]
        if described != node["original_file_path"].rsplit("/", 1)[0]:
            faults.append(f"{name}: described in {described}")
    for test in manifest["unit_tests"].values():
        tested = manifest["nodes"][f"model.one360.{test['model']}"]["original_file_path"]
        if test["original_file_path"].rsplit("/", 1)[0] != tested.rsplit("/", 1)[0]:
            faults.append(f"{test['original_file_path']}: {test['name']} tests {tested}")
    without(faults)


def test_no_family_reads_the_steps_of_another(manifest: dict[str, Any]):
    read = {
        (room_of(node)[1], manifest["nodes"][parent]["name"])
        for node in models(manifest)
        if room_of(node)[0] == "tags"
        for parent in node["depends_on"]["nodes"]
        if parent in manifest["nodes"]
        and "steps" in room_of(manifest["nodes"][parent])
        and room_of(manifest["nodes"][parent])[1] != room_of(node)[1]
    }
    # what a tag is comes from the registry
    without(f"{room} reads {name}" for room, name in read if "_registry__" not in name)


def test_a_seed_of_a_family_lies_in_its_room(manifest: dict[str, Any]):
    rooms = {tuple(room_of(node)) for node in models(manifest)}
    without(
        node["original_file_path"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "seed"
        and room_of(node)[0] == "tags"
        and tuple(room_of(node)) not in rooms
    )


def test_no_mart_of_customers_is_built_from_a_broken_feed(manifest: dict[str, Any]):
    parents, gate = manifest["parent_map"], "model.one360.gx_raw_in"

    @cache
    def waits(name: str) -> bool:
        return name == gate or any(waits(parent) for parent in parents.get(name, []))

    without(
        node["name"]
        for node in marts(manifest)
        if not waits(node["unique_id"]) and node["name"] not in NEED_NOT_WAIT_FOR_RAW_IN
    )


def test_every_published_customer_mart_is_searched_for_personal_values(manifest: dict[str, Any]):
    gate = next(node for node in models(manifest) if node["name"] == "gx_marts_out")
    searched = {name.rsplit(".", 1)[1] for name in gate["depends_on"]["nodes"]}
    personal = [
        node
        for node in marts(manifest)
        if node["schema"] in ("core", "tags", "predictions", "campaigns")
        and {"one_id", "profile_id"} & set(node["columns"])
    ]
    assert personal
    without(node["name"] for node in personal if node["name"] not in searched | VIEWS_OVER_MARTS)


def test_every_variable_is_checked_before_a_run():
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert set(project["vars"]) == set(Variables.model_fields)


def test_tag_thresholds_knows_every_variable():
    (path,) = (ROOT / "models").rglob("tag_thresholds.sql")
    names = path.read_text(encoding="utf-8").split("variable_names = [")[1].split("]")[0]
    assert sorted(re.findall(r'"(\w+)"', names)) == sorted(Variables.model_fields)


def test_every_reject_reason_has_names_and_a_remedy():
    with (ROOT / "seeds/lookups/reject_reasons.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    without(
        f"{row['code']}: {name}" for row in rows for name in row if not (row[name] or "").strip()
    )


# --- locks -------------------------------------------------------------------------------


def locked(path: Path) -> dict[str, tuple[str, int]]:
    """Package → version and number of hashes."""
    packages: dict[str, tuple[str, int]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", line):
            name = match[1]
            packages[name] = (match[2], 0)
        elif "--hash=sha256:" in line:
            packages[name] = (packages[name][0], packages[name][1] + 1)
        else:
            assert not line.strip() or line.lstrip().startswith("#"), f"{path.name}: {line}"
    return packages


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-spark.txt"]
)
def test_lock_pins_every_package_by_hash_and_names_no_place(name: str):
    packages = locked(ROOT / name)
    assert len(packages) > 50
    without(package for package, (_, hashes) in packages.items() if hashes == 0)
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_what_a_lock_asks_for_with_extras_it_pins_under_both_names(path: Path):
    """pip looks for a newest release of its own of what is pinned as `name[extra]` alone."""
    pins = re.findall(r"(?m)^([A-Za-z0-9._-]+)(\[\S+\])?==(\S+)", path.read_text(encoding="utf-8"))
    plain = {(name, version) for name, extras, version in pins if not extras}
    without(name for name, extras, version in pins if extras and (name, version) not in plain)


@pytest.mark.parametrize("name", ["requirements-dev.txt", "requirements-spark.txt"])
def test_the_other_locks_contain_that_of_the_build(name: str):
    run, larger = locked(ROOT / "requirements.txt"), locked(ROOT / name)
    without(
        f"{package}: {version} and {larger.get(package, ('nothing',))[0]}"
        for package, (version, _) in run.items()
        if larger.get(package, ("",))[0] != version
    )


# --- commands ----------------------------------------------------------------------------


def make(*arguments: str) -> str:
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def phony_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    return set(re.search(r"^\.PHONY:(.*)$", text, re.MULTILINE)[1].split())  # type: ignore[index]


def test_make_help_lists_every_target_in_one_line_each():
    lines = [line.split(maxsplit=1) for line in make("help").splitlines() if line[:2] == "  "]
    assert {line[0] for line in lines} == phony_targets()
    assert all(len(line) == 2 and len(" ".join(line)) < 90 for line in lines)
    assert make() == make("help")


GIVEN_TO_MAKE = "DATASET|SF|TARGET|FROM|TO|EVERY|ACCEPT|TEST_SF|PARITY_SF|RECORDS|ARGS"


def test_recipes_take_what_is_given_to_make_from_the_environment_in_quotes():
    recipes = re.findall(r"^\t.*$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    without(
        line
        for line in recipes
        if re.search(rf"(?<!,)\$\(({GIVEN_TO_MAKE})\)", line) and "make <target>" not in line
    )
    without(
        line
        for line in recipes
        if re.search(rf"(?<![\"\w])\$\$({GIVEN_TO_MAKE})\b", line.replace('"$$', '"'))
        and not re.search(r"set -f|echo", line)
    )


@pytest.mark.parametrize("name", GIVEN_TO_MAKE.split("|"))
@pytest.mark.parametrize(
    "value",
    ["$(shell touch {0})", "; touch {0}", '"; touch {0}; "', "`touch {0}`", "$$(touch {0})"],
)
def test_nothing_given_to_make_is_run_by_a_shell(name: str, value: str, tmp_path: Path):
    made = tmp_path / "made"
    targets = ("summary", "backfill", "pytest", "mutate", "bench", "parity")
    for target in targets:
        done = subprocess.run(
            ["make", "--dry-run", target, f"{name}={value.format(made)}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert not made.exists()
        if name != "ARGS" or "$" in value:
            assert done.returncode == 2
            assert f"{name} holds the sign" in done.stderr
        else:
            assert str(made) not in done.stdout


def test_hooks_run_what_make_lint_runs_and_fetch_nothing():
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    repositories = yaml.safe_load(text)["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    hooks = repositories[0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lint = re.search(r"^lint:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert lint
    asked = re.findall(r"\$\(MAKE\) --no-print-directory (\w+)", lint[1])
    assert [hook["entry"] for hook in hooks] == [f"make {name}" for name in asked]


def test_continuous_integration_runs_make_test():
    script = ROOT / ".ci" / "run"
    lines = script.read_text(encoding="utf-8").splitlines()
    assert script.stat().st_mode & 0o100
    assert lines[-1] == "exec make test"


# --- tree --------------------------------------------------------------------------------

#: Where packages come from, and folders of one machine, are no business of the project.
PLACES = re.compile(
    r"pypi\.|pythonhosted|npmjs|conda\.anaconda|index-url\s*[= ]\s*\S+:|file:///"
    r"|(?<![\w.$}/])/(?:work|root|home/\w+|Users|opt/\w+|mnt)/"
)


def tracked_files() -> Iterator[Path]:
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, done.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path != Path(__file__):
            yield path


def test_no_registry_and_no_folder_of_one_machine_is_named_in_the_tree():
    faults = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if PLACES.search(line):
                faults.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    without(faults)


def test_no_large_or_built_file_is_in_the_tree():
    without(
        f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes"
        for path in tracked_files()
        if path.stat().st_size > 1_000_000 or path.suffix in (".duckdb", ".salt")
    )
