"""What dbt finds of one360: it imports every module named dbt_*.

``plugins`` are asked at the start of every command, on both engines: the warehouse is locked, the
rules are checked, and dbt is told of the declared raw tables.

With dbt-spark installed, its session method runs all of one360: the first connection opens the
Spark session with the places of this data set (tables, metastore), gives it the secret salt as a
session variable, so that it is in no compiled file and no log, and the function
``one360_raw_files`` that macro ``register_sources`` asks; and dbt Python models, which dbt-spark
only sends to Databricks, run in the same session.
"""

from __future__ import annotations

import os
import sys
import warnings
from threading import Lock
from typing import Any

from one360.engines.lock_plugin import WarehouseLock
from one360.raw_files.plugin import RawTables
from one360.rules.plugin import RulesCheck


def _install() -> None:
    # true of pandas on Spark, which the project does not use
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        from dbt.adapters.spark import session
        from dbt.adapters.spark.impl import SparkAdapter
    except ImportError:
        return
    # Spark would start its Python workers as whatever python3 comes first in PATH
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    _open_session_on_first_cursor(session)
    _run_python_models_in_session(SparkAdapter)


def _open_session_on_first_cursor(session: Any) -> None:
    lock = Lock()
    opened: list[Any] = []
    plain_cursor = session.Connection.cursor

    def cursor(self: Any) -> Any:
        with lock:
            if not opened:
                from one360.engines.spark import open_session

                opened.append(open_session(self.server_side_parameters))
        return plain_cursor(self)

    session.Connection.cursor = cursor


def _run_python_models_in_session(adapter: Any) -> None:
    from dbt.adapters.base import PythonJobHelper

    class SessionPythonJobHelper(PythonJobHelper):
        """Runs the compiled code of a dbt Python model in the session that dbt uses."""

        def __init__(self, parsed_model: dict[str, Any], credentials: Any) -> None:
            self._name = parsed_model["alias"]

        def submit(self, compiled_code: str) -> None:
            """Execute it; dbt's own code at its end writes the table."""
            from pyspark.sql import SparkSession

            names = {
                "__name__": f"dbt_python_model_{self._name}",
                "spark": SparkSession.builder.getOrCreate(),
            }
            exec(compile(compiled_code, f"<dbt python model {self._name}>", "exec"), names)

    helpers = adapter.python_submission_helpers.fget
    default = adapter.default_python_submission_method.fget
    adapter.python_submission_helpers = property(
        lambda self: {**helpers(self), "session": SessionPythonJobHelper}
    )
    adapter.default_python_submission_method = property(
        lambda self: (
            "session" if str(self.config.credentials.method) == "session" else default(self)
        )
    )


_install()

plugins = [WarehouseLock, RulesCheck, RawTables]
