"""The command line: prepare data, publish a build, say what was built.

Exit codes are in ``one360.errors`` and docs/nightly_runs.md.
A failure is one line on stderr; ONE360_DEBUG=1 shows the traceback behind it.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from one360 import __version__
from one360.cli import build, data, identity, look, rights, rules, salt
from one360.cli.screen import output
from one360.engines.failures import of_the_machine
from one360.errors import FAILURE, INTERRUPTED, RESOURCES, USAGE, One360Error, one_line
from one360.paths import check_dataset_name

app = typer.Typer(
    name="one360",
    help=(
        "One ID per customer, a customer 360 and a library of tags.\n\n"
        "Usually 'make build' calls these commands. By hand: bring data with 'import' or "
        "'simulate', build it with 'build', put it before readers with 'publish'.\n\n"
        "ONE360_HOME (default: this folder) holds raw/, warehouse/ and published/; "
        "ONE360_DATASET (default: demo) names the data set."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
importers = typer.Typer(
    help="Bring data of other makes into the raw layout.",
    no_args_is_help=True,
)
who_is_who = typer.Typer(
    help="Who is who: explain a customer, try rules before they count.", no_args_is_help=True
)
salt_commands = typer.Typer(
    help="The secret salt of keyed hashes: replace it.", no_args_is_help=True
)
rule_commands = typer.Typer(
    help="Rules and variables: check them, write their docs.", no_args_is_help=True
)


def _version(asked: bool) -> None:
    if asked:
        output.print(f"one360 {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options that stand before the command."""


#: Commands by the heading that --help shows them under.
COMMANDS: dict[str, tuple[Callable[..., None], ...]] = {
    "Bring data": (data.simulate, data.prepare),
    "Build": (build.build,),
    "After dbt build": (
        build.publish,
        build.intraday,
        build.backfill,
        build.parity,
        build.alert,
    ),  # fmt: skip
    "Look": (look.summary, look.query, look.customer),
    "Who is who": (identity.accuracy,),
    "Rights of a person": (rights.export_person, rights.restrict, rights.erase),
}
for heading, commands in COMMANDS.items():
    for command in commands:
        app.command(rich_help_panel=heading)(command)
app.command("object", rich_help_panel="Rights of a person")(rights.object_to)
importers.command("complete_journey")(data.import_complete_journey)
importers.command("orders")(data.import_orders)
who_is_who.command("explain")(identity.explain)
who_is_who.command("dry-run")(identity.dry_run)
rule_commands.command()(rules.check)
rule_commands.command()(rules.docs)
salt_commands.command()(salt.rotate)
app.add_typer(importers, name="import", rich_help_panel="Bring data")
app.add_typer(who_is_who, name="identity", rich_help_panel="Who is who")
app.add_typer(rule_commands, name="rules", rich_help_panel="Rules")
app.add_typer(salt_commands, name="salt", rich_help_panel="Rules")


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    name = os.environ.get("ONE360_DATASET")
    try:
        if name:
            check_dataset_name(name)
        result = app(arguments, prog_name="one360", standalone_mode=False)
        return int(result) if isinstance(result, int) else 0
    except One360Error as error:
        kind = of_the_machine(str(error)) if error.exit_code == FAILURE else None
        return _explain(str(error), error, error.exit_code, kind)
    except typer.Abort:
        _complain("stopped")
        return INTERRUPTED
    except KeyboardInterrupt:
        _complain("stopped; run it again, it goes on where it was")
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of a pipe has gone; nothing more can be said to it
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        return FAILURE
    except MemoryError as error:
        _complain("the memory is full; free some, or use a larger machine", error)
        return RESOURCES
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            _complain(f"the disk is full; make room for {error.filename or 'it'}", error)
            return RESOURCES
        what = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
        return _explain(what, error, FAILURE, of_the_machine(what))
    except Exception as error:
        if hasattr(error, "format_message"):  # typer: options that are not there, and the like
            return _explain_usage(error)
        what = f"{type(error).__name__}: {one_line(error, 300)} (ONE360_DEBUG=1 shows where)"
        kind = of_the_machine(str(error))
        # what a library says of a full disk is longer than what it means
        return _explain("stopped" if kind and kind[0] else what, error, FAILURE, kind)


def _explain(message: str, error: Exception, code: int, kind: tuple[str, str, int] | None) -> int:
    """Complain; where it is the machine that lacks something, say so with what helps."""
    if kind and kind[1] not in message:
        cause, remedy, code = kind
        message = f"{message}; {cause}: {remedy}" if cause else f"{message}; {remedy}"
    _complain(message, error)
    return code


def _explain_usage(error: Any) -> int:
    message = error.format_message()
    if type(error).__name__ == "NoArgsIsHelpError":
        print(message)
    else:
        context = getattr(error, "ctx", None)
        where = context.command_path if context is not None else "one360"
        _complain(f"{' '.join(message.split())} (see {where} --help)", error)
    return USAGE


def _complain(message: str, error: BaseException | None = None) -> None:
    print(f"one360: {message}", file=sys.stderr)
    if error is not None and os.environ.get("ONE360_DEBUG"):
        import traceback

        traceback.print_exception(error)


def main() -> None:
    """Entry point of the ``one360`` script."""
    sys.exit(run())
