"""The Spark session of a build: where its tables lie and what it knows."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from one360 import tombstones
from one360.engines.dbt import Dbt, dbt_environment
from one360.paths import DatasetPaths, dataset_paths, project_path, target_path
from one360.raw_files.arrival_gate import arrival_report
from one360.raw_files.reports import forget_copies, raw_file_reports
from one360.raw_files.retention import retention_day
from one360.salt import read_or_make_salt

#: A data set's folder on Spark ends so, its file on DuckDB in .duckdb.
SPARK_SUFFIX = ".spark"

#: Spark and Hive say on the screen what fails, and nothing else.
_LOGGING = Path(__file__).with_name("spark_log4j2.properties")


def spark_folder(paths: DatasetPaths) -> Path:
    """Folder of a data set's Spark tables and metastore; the two belong together."""
    return paths.warehouse.with_suffix(SPARK_SUFFIX).resolve()


def open_session(parameters: Mapping[str, Any]) -> Any:
    """Open the Spark session that dbt and its Python models share.

    Args:
        parameters: ``server_side_parameters`` of the profile. Where they name no
            warehouse folder or metastore, those of the data set are taken.

    Returns:
        The session, with the variable ``one360_salt`` and the functions that hooks ask, as
        ``one360.runs.plugin`` gives them to DuckDB.
    """
    from pyspark.sql import SparkSession

    paths = dataset_paths()
    folder = spark_folder(paths)
    salt = read_or_make_salt(paths.dataset).replace("\\", "\\\\").replace("'", "\\'")
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "spark.sql.warehouse.dir": str(folder / "tables"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={folder / 'metastore'};create=true"
        ),
        **parameters,
    }
    options = str(settings.get("spark.driver.extraJavaOptions", ""))
    settings["spark.driver.extraJavaOptions"] = (
        f"-Dderby.system.home={folder} -Dlog4j2.configurationFile={_LOGGING} {options}".strip()
    )
    builder = SparkSession.builder.appName("one360").enableHiveSupport()
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sql(f"declare or replace variable one360_salt string default '{salt}'")
    session.udf.register("one360_raw_files", raw_file_reports, "string")
    session.udf.register("one360_arrivals", arrival_report, "string")
    session.udf.register("one360_erasures", tombstones.report, "string")
    session.udf.register("one360_forget_copies", forget_copies, "string")
    session.udf.register("one360_retention_day", retention_day, "string")
    return session


#: What publishing reads: the marts, and where raw personal values are, to look for leaks.
COLLECTED_SCHEMAS = ("core", "tags", "predictions", "campaigns", "quality", "identity", "pii")
#: And single models of other schemas.
COLLECTED_MODELS = ("int_behaviour__as_of",)


def collect(paths: DatasetPaths, into: Path) -> None:
    """Write the Spark warehouse of a data set as a DuckDB file, which is then published.

    Args:
        paths: the data set.
        into: the file to write; must not exist.

    Raises:
        One360Error: dbt could not export the tables.
    """
    import duckdb

    with tempfile.TemporaryDirectory(dir=paths.warehouse.parent, prefix=".export_") as name:
        folder = Path(name).resolve()
        _export(paths, folder)
        with duckdb.connect(str(into)) as connection:
            connection.execute("set timezone = 'UTC'")
            for table in sorted(folder.glob("*/*")):
                schema = table.parent.name
                source = f"read_parquet('{table}/*.parquet', hive_partitioning = false)"
                # Spark writes times as instants; here all times are UTC without a zone
                columns = ", ".join(
                    f'cast("{column}" as timestamp) as "{column}"'
                    if str(kind).startswith("TIMESTAMP")
                    else f'"{column}"'
                    for column, kind, *_ in connection.execute(f"describe from {source}").fetchall()
                )
                connection.execute(f'create schema if not exists "{schema}"')
                connection.execute(
                    f'create table "{schema}"."{table.name}" as select {columns} from {source}'
                )


def _export(paths: DatasetPaths, folder: Path) -> None:
    """Let dbt, which knows the cluster, write the tables as Parquet.

    In a process of its own: one process has one Spark session, and that of one data set.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        process.submit(_export_here, paths, folder).result()


def _export_here(paths: DatasetPaths, folder: Path) -> None:
    parsed = target_path() / "partial_parse.msgpack"
    with (
        tempfile.TemporaryDirectory() as target,
        dbt_environment(paths, project_path(), DBT_TARGET_PATH=target, DBT_LOG_PATH=target),
    ):
        if parsed.exists():  # spares dbt reading the project anew
            shutil.copy(parsed, target)
        Dbt("spark").operation(
            "export_tables",
            folder=str(folder),
            schemas=COLLECTED_SCHEMAS,
            models=COLLECTED_MODELS,
        )
