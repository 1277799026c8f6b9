"""dbt-duckdb plugin: gives a build the secret salt and a look at the raw files.

Keyed hashes (macro `keyed_hash`) read the salt from a session variable, so that
it never is in SQL, in a compiled file, a log or an artifact. The macro
`register_sources` asks the function `one360_raw_files` what the raw files hold, `check_arrivals`
the function `one360_arrivals` whether that is what was to be expected, `register_erasures` the
function `one360_erasures` who was erased, and `bound_limits` the function `one360_retention_day`
to which day the age of a row is counted.
"""

import re
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from one360 import tombstones
from one360.paths import dataset_name
from one360.raw_files.arrival_gate import arrival_report
from one360.raw_files.reports import forget_copies, raw_file_reports
from one360.raw_files.retention import retention_day
from one360.salt import read_or_make_salt

#: A limit of memory, but for nothing at all.
MEMORY = re.compile(r"(?=.*[1-9])\d+(\.\d+)? ?([kmgt]i?b|%)", re.IGNORECASE)


class Plugin(BasePlugin):
    """Sets the session variable `one360_salt` on each cursor, adds the functions of hooks."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Read the salt once, when dbt starts.

        Raises:
            DbtRuntimeError: the environment gives a salt or a size of memory that cannot be.
        """
        options = (self.creds.config_options if self.creds else None) or {}
        memory = options.get("memory_limit")
        if memory is not None and not MEMORY.fullmatch(str(memory)):
            raise DbtRuntimeError(
                f"ONE360_MEMORY is {memory!r}; allowed is a size such as 4GB or a share such as 40%"
            )
        try:
            self._salt = read_or_make_salt(dataset_name())
        except ValueError as error:
            raise DbtRuntimeError(str(error)) from None

    def configure_connection(self, conn: Any) -> None:
        """Add the functions when the warehouse file is opened."""
        for name, function in (
            ("one360_raw_files", raw_file_reports),
            ("one360_arrivals", arrival_report),
            ("one360_erasures", tombstones.report),
            ("one360_forget_copies", forget_copies),
            ("one360_retention_day", retention_day),
        ):
            conn.create_function(name, function, ["varchar"], "varchar", side_effects=True)

    def configure_cursor(self, cursor: Any) -> None:
        """Set the salt; a session variable belongs to one cursor."""
        cursor.execute("set variable one360_salt = ?", [self._salt])
