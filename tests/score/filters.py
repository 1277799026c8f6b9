"""Filters of dbt-score: a rule is asked of a resource where its filter says so."""

from pathlib import PurePath

from dbt_score import Macro, Model, rule_filter


@rule_filter
def is_called(macro: Macro) -> bool:
    """The macro a file is named for; others in it are its parts or one engine's way."""
    return macro.name == PurePath(macro.original_file_path).stem


@rule_filter
def is_public(model: Model) -> bool:
    """A model that people query: an example says how."""
    return model.access == "public"
