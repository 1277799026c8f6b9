"""The process that runs dbt for tests: it has dbt imported and forks a child for each project.

    python -m tests.python.dbt_process < SOCKET

See project.py, which starts it and asks. A child reads commands, a JSON line each, and answers
with exit code and output. The manifest is kept while the variables stay the same, and of this
repository for all processes that have the same; a command without variables (null) reads the
project itself.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import IO, Any

import dbt.task.runnable
import parsedatetime
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.clients.jinja import MacroGenerator
from dbt.compilation import Compiler, Linker
from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder
from dbt_common.behavior_flags import BehaviorFlagRendered
from dbt_common.clients.jinja import MacroFuzzEnvironment, get_template
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from jinja2.sandbox import SandboxedEnvironment

from one360.engines import lock

#: Names the file to which statements are written, as project.py says.
STATEMENTS = "TEST_STATEMENTS"

#: What a build imports, for seconds.
IMPORTED_ONCE = (
    "dbt.runners",
    "dbt_one360",
    "one360.engines.lock_plugin",
    "one360.identity.agreement",
    "one360.identity.probabilistic",
    "one360.predictions.cox",
    "one360.predictions.betweenness",
    "one360.predictions.frame_fits",
    "one360.predictions.learnt",
    "one360.predictions.next_prices",
    "one360.predictions.next_products",
    "one360.quality.checkpoints",
    "one360.raw_files.plugin",
    "one360.runs.plugin",
    "one360.tags.rfm_clusters",
)

#: What DBT_LOG_LEVEL_FILE says where nobody reads dbt's log.
NO_LOG = "none"

_kept_manifests: dict[str, Manifest] = {}


class MergedNamespace(MacroNamespace):
    """The macros a node may call, looked up at once: dbt asks for all of them for each node."""

    def __init__(self, *spaces: Any, **named: Any) -> None:
        super().__init__(*spaces, **named)
        self._members: dict[str, Any] = {}
        for space in reversed([*self._search_order()]):
            self._members.update(space)

    def keys(self) -> Any:
        return self._members.keys()

    def __iter__(self) -> Any:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __getitem__(self, key: str) -> Any:
        return self._members[key]


def build_namespace(
    builder: MacroNamespaceBuilder, by_package: dict[str, dict[str, Any]], context: dict[str, Any]
) -> MergedNamespace:
    """What MacroNamespaceBuilder.build_namespace gives, for each node of each run, in a third
    of the time."""
    made: dict[str, dict[str, Any]] = {}
    for package, macros in by_package.items():
        of_package = made[package] = {}
        for name, macro in macros.items():
            of_package[name] = one = MacroGenerator.__new__(MacroGenerator)
            one.__dict__.update(
                macro=macro, context=context, node=builder.node, stack=builder.thread_ctx
            )
    internal: dict[str, Any] = {}
    for package in reversed(builder.internal_package_names_order):
        internal.update(made.get(package, {}))
    packages = {k: v for k, v in made.items() if k not in builder.internal_package_names}
    own = packages.get(builder.search_package, {})
    is_root = builder.search_package == builder.root_package
    root = {} if is_root else packages.get(builder.root_package, {})
    return MergedNamespace(root, own, internal, packages)


def keep_compiled_templates() -> None:
    """Compile the text of a template once, for all nodes and nights of a process."""
    compiled: dict[str, Any] = {}
    compile_text = MacroFuzzEnvironment.compile

    def compile_once(self: MacroFuzzEnvironment, source: Any, *words: Any, **named: Any) -> Any:
        if words or named or not isinstance(source, str):
            return compile_text(self, source, *words, **named)
        if source not in compiled:
            compiled[source] = compile_text(self, source)
        return compiled[source]

    MacroFuzzEnvironment.compile = compile_once


def leave_out_debug_events(*but: str) -> None:
    """Make no message of what only a log of level debug would hold: a fifth of a build.

    Args:
        but: names of events that are made all the same.
    """
    make, fire = BaseEvent.__init__, EventManager.fire_event

    def begin(self: BaseEvent, *words: Any, **named: Any) -> None:
        object.__setattr__(self, "_begin_with", (words, named))

    def lookup(self: BaseEvent, name: str) -> Any:
        if name == "pb_msg":
            words, named = object.__getattribute__(self, "_begin_with")
            make(self, *words, **named)
            return self.__dict__[name]
        return getattr(self.pb_msg, name)

    def fire_unless_debug(
        self: EventManager,
        event: BaseEvent,
        level: EventLevel | None = None,
        *more: Any,
        **named: Any,
    ) -> None:
        is_debug = (level or event.level_tag()) == EventLevel.DEBUG
        if not is_debug or type(event).__name__ in but:
            fire(self, event, level, *more, **named)

    BaseEvent.__init__ = begin
    BaseEvent.__getattr__ = lookup
    EventManager.fire_event = fire_unless_debug


def write_statements(file: str) -> None:
    """Let every statement be written to a file before it is run."""
    run = DuckDBConnectionManager.add_query

    def written(self: DuckDBConnectionManager, sql: str, *words: Any, **named: Any) -> Any:
        line = json.dumps([self.get_thread_connection().name, sql])
        with open(file, "a", encoding="utf-8") as statements:
            statements.write(line + "\n")
        return run(self, sql, *words, **named)

    DuckDBConnectionManager.add_query = written


def read_kept(kept: str) -> Manifest:
    """The parse in a file; read once by this process, for all its children."""
    if kept not in _kept_manifests:
        _kept_manifests[kept] = _read(kept)
        compile_templates(_kept_manifests[kept])
        _let_stay()
    return _kept_manifests[kept]


def _read(kept: str) -> Manifest:
    with open(kept, "rb") as file:
        manifest = Manifest.from_msgpack(file.read(), decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()
    manifest.kept_as = kept
    return manifest


def json_of(kept: str) -> str:
    """The manifest.json of a kept parse."""
    return kept.removesuffix("msgpack") + "json"


def write_kept_manifests_as_parsed() -> None:
    """After a command, copy the manifest.json of a kept parse: a quarter of a build.

    It lacks the compiled SQL, which is in the target folder.
    """
    write = dbt.task.runnable.write_manifest

    def write_or_copy(manifest: Manifest, target: str, *words: Any, **named: Any) -> None:
        kept = getattr(manifest, "kept_as", None)
        if kept is None:
            write(manifest, target, *words, **named)
        else:
            os.makedirs(target, exist_ok=True)
            shutil.copy(json_of(kept), os.path.join(target, "manifest.json"))

    dbt.task.runnable.write_manifest = write_or_copy


def compile_templates(manifest: Manifest) -> None:
    """Compile all macros and models, for all children of this process."""
    for macro in manifest.macros.values():
        get_template(macro.macro_sql, {}, macro)
    for node in manifest.nodes.values():
        if node.language == "sql":
            get_template(node.raw_code, {}, node)


def parse_once(kept_for: Callable[[list[str]], str | None]) -> None:
    """Let dbt in this process read what is parsed already.

    Args:
        kept_for: from the words of a parse to the file that has it, if there is one.
    """
    invoke = dbtRunner.invoke

    def invoke_or_read(self: dbtRunner, words: list[str], **named: Any) -> Any:
        kept = kept_for(words) if words[:2] == ["-q", "parse"] else None
        if kept is None:
            return invoke(self, words, **named)
        return dbtRunnerResult(success=True, result=_read(kept))

    dbtRunner.invoke = invoke_or_read


def _let_stay() -> None:
    """Nobody looks again for cycles in what there is now."""
    gc.collect()
    gc.freeze()


def parse(given: dict[str, Any], kept: str | None) -> tuple[int, Any, Manifest | None]:
    """Exit code, what dbt says and the manifest.

    What is kept is parsed by one process, which leaves manifest.json beside it; the others wait.
    A warning is an error then.
    """
    words = ["-q", "parse", "--vars", json.dumps(given)]
    if kept is None:
        result = dbtRunner().invoke(words)
    else:
        with open(f"{kept}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.path.exists(kept):
                return 0, None, read_kept(kept)
            result = dbtRunner().invoke(["--warn-error", *words])
            if result.success:
                target = os.environ["DBT_TARGET_PATH"]
                shutil.copy(os.path.join(target, "manifest.json"), json_of(kept))
                shutil.copy(os.path.join(target, "partial_parse.msgpack"), f"{kept}.new")
                os.replace(f"{kept}.new", kept)
                result.result.kept_as = kept
    _let_stay()
    return exit_code(result), result, result.result


def exit_code(result: Any) -> int:
    return 0 if result.success else 2 if result.exception else 1


def answer_commands(channel: IO[str]) -> None:
    """Run the commands of one project until it closes the channel."""
    if os.environ.get("DBT_LOG_LEVEL_FILE") == NO_LOG:
        leave_out_debug_events()
        write_kept_manifests_as_parsed()
    # a project makes few cycles, and its process ends soon
    gc.disable()
    if STATEMENTS in os.environ:
        write_statements(os.environ[STATEMENTS])
    manifest, parsed_with = None, None
    for line in channel:
        asked = json.loads(line)
        with tempfile.TemporaryFile("w+") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            code = 0
            if asked["given"] is None:
                manifest, parsed_with = None, None
            elif manifest is None or (asked["parse"] and parsed_with != asked["given"]):
                code, result, manifest = parse(asked["given"], asked["kept"])
                parsed_with = asked["given"]
            if code == 0:
                result = dbtRunner(manifest=manifest).invoke(asked["words"])
                code = exit_code(result)
            # Lets go of the warehouse file, so that the test can open it.
            DuckDBConnectionManager.close_all_connections()
            lock.let_go()
            if result.exception:
                print(result.exception)
            sys.stdout.flush()
            sys.stderr.flush()
            output.seek(0)
            text = output.read()
        channel.write(json.dumps({"exit_code": code, "output": text}) + "\n")
        channel.flush()


def make_dbt_quick() -> None:
    """Leave out what dbt does again and again in vain."""
    # dbt makes few cycles, and looking for them takes time
    gc.set_threshold(200_000, 20, 100)
    MacroNamespaceBuilder.build_namespace = build_namespace
    keep_compiled_templates()
    # what a parse has seen to, and nobody reads
    Linker.find_cycles = lambda linker: None
    Compiler.write_graph_file = lambda *words: None
    # nobody attacks the templates of this repository
    SandboxedEnvironment.is_safe_attribute = lambda env, of, name, value: name[:2] != "__"
    # looks through the source of all that calls it
    BehaviorFlagRendered._default_source = staticmethod(lambda: "dbt")
    # made for each result of a query that dbt reads
    parsedatetime.Constants = cache(parsedatetime.Constants)


def main() -> None:
    """Fork a child for each that asks, until nobody can ask any more."""
    make_dbt_quick()
    for module in IMPORTED_ONCE:
        import_module(module)
    with socket.socket(fileno=0) as asking:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            message, descriptors, *_ = socket.recv_fds(asking, 1 << 20, 1)
            if not message:
                break
            asked = json.loads(message)
            if asked["kept"] and os.path.exists(asked["kept"]):
                read_kept(asked["kept"])
            channel = socket.socket(fileno=descriptors[0])
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                asking.close()
                os.environ.clear()
                os.environ.update(asked["environment"])
                os.chdir(asked["folder"])
                with channel.makefile("rw", encoding="utf-8") as commands:
                    answer_commands(commands)
                sys.exit()
            channel.close()
    gc.unfreeze()  # DuckDB says at the end what of it was not let go of


if __name__ == "__main__":
    main()
