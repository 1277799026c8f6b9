"""What would become of customers under the rules as they are in the seeds now.

The identity tables are copied into a warehouse of their own, the models between the
rules and the one_ids are run there, and the outcome is compared with what is built.
They are the same models, so nothing is told that a build would not do; and nothing is
written where anybody reads.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from one360.engines.dbt import Dbt, dbt_environment
from one360.errors import UsageError
from one360.paths import DatasetPaths
from one360.salt import read_or_make_salt
from one360.sql import literal

#: What lies between a changed rule or decision and the one_ids.
_SELECTION = (
    "identifier_types+,+int_identity__one_ids",
    "int_identity__decisions+,+int_identity__one_ids",
    "identifier_types", "identifier_blocklist", "force_link", "never_link", "unmerge",
    "unbind",
    "path:functions",
)  # fmt: skip
_NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
#: Upstream of the selection; the rest of the identity schema is copied whole.
_ALSO_READ = ("behaviour.int_behaviour__as_of", "input.input_identifiers")


@dataclass(frozen=True)
class DryRun:
    """Customers and records that would change.

    Attributes:
        customers_before: customers as built.
        customers_after: customers there would be.
        counts: what would happen → to how many.
        examples: what would happen → lines that show some.
    """

    customers_before: int
    customers_after: int
    counts: dict[str, int]
    examples: dict[str, list[str]] = field(default_factory=dict)


def dry_run(
    paths: DatasetPaths,
    project: Path,
    variables: str | None = None,
    examples: int = 5,
) -> DryRun:
    """Run identity under the present seeds in a copy, and compare.

    Args:
        paths: the data set; its warehouse is opened for reading only.
        project: folder of the dbt project.
        variables: dbt variables as JSON or YAML, as after --vars.
        examples: how many to show of each kind.

    Raises:
        UsageError: nothing is built yet.
        One360Error: dbt stopped; its message is the error's.
    """
    if not paths.warehouse.exists():
        raise UsageError(f"{paths.warehouse} is not there: build first")
    salt = read_or_make_salt(paths.dataset)
    with tempfile.TemporaryDirectory(prefix="one360_dry_run_") as folder:
        home = Path(folder)
        copy = DatasetPaths(home, paths.dataset)
        for path in (copy.raw.parent, copy.warehouse.parent):
            path.mkdir(parents=True)
        copy.raw.symlink_to(paths.raw.absolute())
        _copy_identity(paths.warehouse, copy.warehouse)
        own = {
            "ONE360_SALT": salt,
            "DBT_TARGET_PATH": str(home / "target"),
            "DBT_LOG_PATH": str(home / "logs"),
        }
        with dbt_environment(copy, project, **own):
            dbt = Dbt("duckdb", variables)
            dbt.build("the dry run failed", *_NO_TESTS, "--select", *_SELECTION)
        return _compare(paths.warehouse, copy.warehouse, examples)


def _copy_identity(warehouse: Path, copy: Path) -> None:
    # views name the warehouse as its file is called
    built = warehouse.stem
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(warehouse.absolute())} as {built} (read_only)")
        connection.execute(f"attach {literal(copy.absolute())} as dry")
        tables = [
            f"{schema}.{name}"
            for schema, name in connection.execute(
                "select schema_name, table_name from duckdb_tables()"
                " where database_name = ? and schema_name = 'identity'",
                [built],
            ).fetchall()
        ]
        if "identity.int_identity__one_ids" not in tables:
            raise UsageError(f"{warehouse} holds no one_ids yet: build first")
        for schema in ("identity", "behaviour", "input"):
            connection.execute(f"create schema dry.{schema}")
        for table in [*tables, *_ALSO_READ]:
            connection.execute(f"create table dry.{table} as from {built}.{table}")


def _compare(warehouse: Path, copy: Path, examples: int) -> DryRun:
    """Compare profile → one_id of the two warehouses."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(warehouse.absolute())} as built (read_only)")
        connection.execute(f"attach {literal(copy.absolute())} as dry (read_only)")
        connection.execute(
            """
            create temp table pairs as
            select
                profile_id,
                built.one_id as one_id,
                dry.one_id as new_one_id,
                profiles.profile_type || ' ' || left(profile_id, 8) as label
            from built.identity.int_identity__one_ids as built
            full outer join dry.identity.int_identity__one_ids as dry using (profile_id)
            left join built.identity.int_identity__profiles as profiles using (profile_id)
            """
        )
        kinds = {
            "customers merged into another": """
                select one_id, string_agg(distinct 'into ' || new_one_id, ', ') as what
                from pairs
                where one_id not in (select new_one_id from pairs where new_one_id is not null)
                group by one_id""",
            "customers split": """
                select one_id, 'into ' || count(distinct new_one_id) || ' parts' as what
                from pairs group by one_id having count(distinct new_one_id) > 1""",
            "new customers": """
                select new_one_id as one_id, 'out of ' || min(one_id) as what
                from pairs
                where new_one_id not in (select one_id from pairs where one_id is not null)
                group by new_one_id""",
            "records moved": """
                select label as one_id, 'from ' || one_id || ' to ' || new_one_id as what
                from pairs where one_id <> new_one_id""",
        }
        counts, shown = {}, {}
        for kind, sql in kinds.items():
            counts[kind] = _count(connection, f"({sql})")
            shown[kind] = [
                f"{one} {what}"
                for one, what in connection.execute(
                    f"select one_id, what from ({sql}) order by one_id limit ?", [examples]
                ).fetchall()
            ]
        return DryRun(
            customers_before=_count(connection, "(select distinct one_id from pairs)"),
            customers_after=_count(connection, "(select distinct new_one_id from pairs)"),
            counts=counts,
            examples=shown,
        )


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(row[0]) if row else 0
