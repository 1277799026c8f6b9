"""one_id over random histories of arriving, merging and splitting profiles.

The expectation is a second implementation of the rule in plain Python: an id goes with
the largest part of its holders, the oldest of the ids that meet in a cluster stays, a
part set free takes back the id it had before, and no id is ever given to other people.
"""

import random
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.python.identity_project import IdentityProject

START = datetime(2026, 1, 1)
STEPS = 6

Partition = dict[str, str]


def random_history(rng: random.Random) -> list[Partition]:
    """Partitions of a growing set of profiles: profile → name of its cluster, step by step."""
    groups: dict[str, int] = {}
    history = []
    for step in range(STEPS):
        for new in range(rng.randint(3, 12)):
            groups[f"p{step}_{new:02d}"] = rng.randint(1, 8)
        if step and rng.random() < 0.7:
            gone, into = rng.sample(range(1, 9), 2)
            groups = {p: into if g == gone else g for p, g in groups.items()}
        if step and rng.random() < 0.7:
            torn, part = rng.sample(range(1, 9), 2)
            groups = {p: part if g == torn and rng.random() < 0.5 else g for p, g in groups.items()}
        smallest: dict[int, str] = {}
        for profile, group in groups.items():
            smallest[group] = min(smallest.get(group, profile), profile)
        history.append({p: smallest[g] for p, g in groups.items()})
    return history


# keeps what a build gave and moves the clock, so that one process can run all steps
MACRO = """
{% macro keep(name, next_step) %}
    {% do run_query(
        "create or replace table kept_" ~ name
        ~ " as select profile_id, one_id from main.int_identity__one_ids"
    ) %}
    {% do run_query("create or replace table clock as select " ~ next_step ~ " as step") %}
{% endmacro %}
"""


def keep(name: int, next_step: int) -> list[str]:
    return ["run-operation", "keep", "--args", f"{{name: {name}, next_step: {next_step}}}"]


@pytest.mark.parametrize("seed", range(3))
def test_ids_follow_the_rule_over_random_histories(tmp_path: Path, seed: int) -> None:
    project = IdentityProject(
        tmp_path,
        {
            "int_behaviour__as_of": "select cast('2026-01-01' as timestamp)"
            " + step * interval 1 day as as_of_at from clock",
            # natural keys that stand in another order than the ids
            "int_identity__profiles": "select profile_id, 't' as profile_type,"
            " reverse(profile_id) as natural_key, first_seen_at from steps"
            " where step = (select step from clock)",
            "int_identity__capped_clusters": "select profile_id as node, cluster_id as component"
            " from steps where step = (select step from clock)",
            # nobody is erased
            "int_identity__erasures": "select cast(null as varchar) as one_id where false",
            "int_identity__assignments": None,
            "int_identity__one_ids": None,
        },
    )
    history = random_history(random.Random(seed))
    rows = [
        (step, profile, START + timedelta(minutes=index), cluster)
        for step, partition in enumerate(history)
        for index, (profile, cluster) in enumerate(sorted(partition.items()))
    ]
    project.write(
        "steps",
        "step integer, profile_id varchar, first_seen_at timestamp, cluster_id varchar",
        rows,
    )
    project.add_macro(MACRO)
    project.write("clock", "step integer", [(0,)])
    commands = []
    for step in range(STEPS):
        commands += [["run"], keep(step, min(step + 1, STEPS - 1))]
    # once more, and once with --full-refresh: nothing may change
    commands += [["run"], keep(STEPS, STEPS - 1)]
    commands += [["run", "--full-refresh"], keep(STEPS + 1, STEPS - 1)]
    project.run(*commands)
    results = [
        dict(project.query(f"select profile_id, one_id from kept_{step}"))
        for step in range(STEPS + 2)
    ]
    assert results[STEPS] == results[STEPS - 1]
    assert results[STEPS + 1] == results[STEPS - 1]

    issued: dict[str, int] = {}
    ever: dict[str, set[str]] = defaultdict(set)
    before: dict[str, str] = {}
    for step, partition in enumerate(history):
        now = results[step]
        assert set(now) == set(partition)
        clusters: dict[str, set[str]] = defaultdict(set)
        for profile, cluster in partition.items():
            clusters[cluster].add(profile)
        ids = {cluster: {now[p] for p in members} for cluster, members in clusters.items()}
        assert all(len(found) == 1 for found in ids.values()), "a cluster has one id"
        named = {cluster: next(iter(found)) for cluster, found in ids.items()}
        assert len(set(named.values())) == len(named), "an id has one cluster"

        wants = wanted_clusters(before, partition, {p: p[::-1] for p in partition})
        for cluster, one_id in named.items():
            claims = [i for i, wanted in wants.items() if wanted == cluster]
            if claims:
                assert one_id in claims
                assert issued[one_id] == min(issued[i] for i in claims), "the oldest id stays"
            elif one_id in issued:
                assert one_id not in wants, "an id in use is not handed out again"
                assert any(one_id in ever[p] for p in clusters[cluster]), "only its own come back"
            else:
                assert not any(
                    former not in wants and former not in set(named.values())
                    for p in clusters[cluster]
                    for former in ever[p]
                ), "a part set free takes back a former id that nobody holds"
        for profile, one_id in now.items():
            issued.setdefault(one_id, step)
            ever[profile].add(one_id)
        before = now


def wanted_clusters(
    before: dict[str, str], partition: Partition, order: dict[str, str]
) -> dict[str, str]:
    """Each held id with the cluster that has most of its holders (ties: that of the first)."""
    parts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for profile, one_id in before.items():
        if profile in partition:
            parts[one_id][partition[profile]].append(order[profile])
    return {
        one_id: min(held, key=lambda cluster: (-len(held[cluster]), min(held[cluster])))
        for one_id, held in parts.items()
    }
