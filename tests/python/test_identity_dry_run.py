"""A dry run tells what a build would do and writes nothing."""

import hashlib
from pathlib import Path

import pytest

from one360.paths import DatasetPaths
from one360.runs.dry_run import dry_run
from tests.python.project import ROOT, Project


@pytest.mark.usefixtures("quick_dbt")
@pytest.mark.nightly
def test_a_dry_run_foretells_the_build_and_leaves_the_warehouse_alone(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write_small_shop()
    project.begin()
    project.dbt("run", "--select", "+customer_profiles").check()
    bridge = "select profile_id, one_id from core.customer_profiles order by 1"
    before = project.query(bridge)
    project.close()
    digest = hashlib.sha256(project.warehouse.read_bytes()).hexdigest()

    # a project whose seeds part the records of Mei, as an editor of rules would write it
    edited = tmp_path / "edited"
    edited.mkdir()
    for entry in ROOT.iterdir():
        if entry.name not in {"seeds", "target", "logs"}:
            (edited / entry.name).symlink_to(entry)
    for seed in (ROOT / "seeds").rglob("*"):
        copied = edited / seed.relative_to(ROOT)
        if seed.is_file():
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(seed.read_bytes())
    member = project.query(
        "select profile_id from core.customer_profiles"
        " where profile_type = 'crm_member' order by natural_key_hash"
    )[0][0]
    with (edited / "seeds" / "identity" / "unmerge.csv").open("a") as file:
        file.write(f"{member},Li,2026-03-01,two people\n")

    for name, value in project.environment.items():
        monkeypatch.setenv(name, value)
    found = dry_run(DatasetPaths(project.home, project.dataset), edited)
    # the member record held all others of the person together
    assert found.customers_after > found.customers_before
    assert found.counts["customers split"] == 1
    assert found.counts["new customers"] == found.customers_after - found.customers_before
    assert found.counts["customers merged into another"] == 0
    assert len(found.examples["customers split"]) == 1
    assert hashlib.sha256(project.warehouse.read_bytes()).hexdigest() == digest
    assert project.query(bridge) == before

    unchanged = dry_run(DatasetPaths(project.home, project.dataset), ROOT)
    assert set(unchanged.counts.values()) == {0}
