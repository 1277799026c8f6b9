"""A dbt project of a few models around one part of identity, so that a test can feed it graphs.

The part under test is the project's own file; what it reads is replaced by tables.
"""

from pathlib import Path

from tests.python.tiny_project import ROOT, TinyProject

__all__ = ["ROOT", "IdentityProject"]

#: Folders of macros that identity needs.
ROOMS = (
    "identity", "behaviour", "cross_db", "config", "normalise", "rights", "sources",
    "materializations",
)  # fmt: skip


class IdentityProject(TinyProject):
    """Runs chosen identity models over given tables in a folder of their own.

    Args:
        folder: an empty folder.
        models: model name → SQL, or None to take the project's own file of that name.
        silence_days: the variable identity_silence_days.
    """

    def __init__(
        self, folder: Path, models: dict[str, str | None], silence_days: int = 180
    ) -> None:
        texts = {}
        for name, sql in models.items():
            if sql is None:
                (source,) = (ROOT / "models").rglob(f"{name}.sql")
                sql = source.read_text()
            texts[name] = sql
        super().__init__(
            folder,
            texts,
            packages=("change_log", "graph_clustering"),
            name="one360",
            macros=tuple(ROOT / "macros" / room for room in ROOMS),
            functions=(ROOT / "functions" / "identity",),
            settings="vars: {as_of: '', business_timezone: UTC, identity_weak_trust: 0.85,"
            f" identity_silence_days: {silence_days},"
            " identity_explained_profiles: 100}\n",
        )
