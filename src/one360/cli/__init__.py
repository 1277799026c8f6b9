"""The command line, ``one360``: a module per group of commands."""

from one360.cli.program import main

__all__ = ["main"]
