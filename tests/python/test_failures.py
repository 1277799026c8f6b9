"""Whatever fails, the last line names cause and remedy, within five lines; exit codes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from one360.cli.program import run
from one360.engines import lock
from one360.engines.failures import Failed, explained
from one360.errors import BUSY, FAILURE, GATE, RESOURCES, USAGE, One360Error
from one360.paths import DatasetPaths
from tests.python.project import ROOT, SALT, Project

MODEL_ERROR = """Runtime Error in model tag_nes (models/tags/nes/tag_nes.sql)
  Binder Error: Referenced column "x" not found in FROM clause!

  LINE 3: select x
  compiled code at target/run/one360/models/tags/nes/tag_nes.sql"""
HOOK_ERROR = """Compilation Error in operation one360-on-run-start-1 (./dbt_project.yml)
  The raw data cannot be read:
    raw/demo/pos/receipts.parquet: is no Parquet file

  > in macro register_sources (macros/sources/register_sources.sql)
  > called by operation one360-on-run-start-1 (./dbt_project.yml)"""
PYTHON_ERROR = """Runtime Error in model int_survival__hazards (python_models/x.py)
  Python model failed:
  Traceback (most recent call last):
    File "target/x.py", line 56, in fit_cox
      step = np.linalg.solve(curvature, gradient)
             ^^^^^^^^
  numpy.linalg.LinAlgError: Singular matrix

  compiled code at target/x.py"""


def model(message: str) -> Failed:
    return Failed("tag_nes", "model", "error", message)


@pytest.mark.parametrize(
    ("failed", "text", "code", "said"),
    [
        ([model(MODEL_ERROR)], "", FAILURE,
         'nothing is published: model tag_nes failed: Referenced column "x" not found'),
        ([model(PYTHON_ERROR)], "", FAILURE,
         "nothing is published: model tag_nes failed: numpy.linalg.LinAlgError: Singular matrix; "
         "repair it"),
        ([model(MODEL_ERROR), model("y")], "", FAILURE, "model tag_nes and 1 more failed"),
        ([], HOOK_ERROR, FAILURE,
         "nothing is built: The raw data cannot be read: raw/demo/pos/receipts.parquet: is no "
         "Parquet file"),
        ([Failed("key_customers", "test", "fail", "Got 2 results, configured to fail if != 0")],
         "", GATE, "test key_customers did not pass: 2 rows; repair the data or the rule"),
        ([Failed("assert_x", "test", "fail", "Got 1 result, configured to fail if != 0",
                 "Orders of nobody")],
         "", GATE, "test assert_x did not pass: Orders of nobody (1 row); repair"),
        ([], HOOK_ERROR.replace("The raw", "not everything arrived, so: the raw"), GATE,
         "not everything arrived, so: the raw data"),
        ([model("IO Error: Could not write all bytes: No space left on device")], "", RESOURCES,
         "the disk is full; make room"),
        ([model("failed to offload data block of size 256.0 KiB: max_temp_directory_size")], "",
         RESOURCES, "the disk is full; make room"),
        ([model("Out of Memory Error: could not allocate block of size 256 KiB")], "", RESOURCES,
         "the memory is full; run it again with ONE360_THREADS=1"),
        ([model("java.lang.OutOfMemoryError: Java heap space")], "", RESOURCES, "the memory"),
        ([], 'IO Error: Could not set lock on file "x.duckdb": Conflicting lock is held', BUSY,
         "the warehouse is open in another program; close it"),
        ([], "Runtime Error\n  Invalid Input Error: Python exception occurred while executing the "
         "UDF: PermissionError: [Errno 13] Permission denied: '/raw/demo/pos'", FAILURE,
         ": Permission denied: '/raw/demo/pos'; let the user who runs one360 read and write there"),
        ([], 'IO Error: The file "x.duckdb" exists, but it is not a valid DuckDB database file!',
         FAILURE, "it is not a valid DuckDB database file!; put back a copy of it, or remove it"),
        ([], "Database Error\n  Runtime Error\n  demo.salt is gone", FAILURE,
         "nothing is built: demo.salt is gone"),
        ([], "", FAILURE, "dbt stopped without a word"),
    ],
)  # fmt: skip
def test_a_failure_is_one_line_with_cause_and_remedy(
    failed: list[Failed], text: str, code: int, said: str
) -> None:
    error = explained("logs/dbt.log", failed, text)
    assert said in str(error)
    assert error.exit_code == code
    assert "\n" not in str(error) and len(str(error)) < 900
    assert "called by" not in str(error) and "compiled code" not in str(error)
    if failed and code in (FAILURE, GATE):
        assert str(error).endswith("dbt retry or build again; all of it: logs/dbt.log")


# --- locks -----------------------------------------------------------------------------------

_HOLDING = """
import sys, time
from one360.engines import lock
from one360.paths import dataset_paths
lock.hold(dataset_paths())
print("held", flush=True)
time.sleep(float(sys.argv[1]))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("DBT_LOG_PATH", "ONE360_WAIT", "ONE360_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ONE360_HOME", str(tmp_path))
    monkeypatch.setenv("ONE360_DATASET", "shop")
    monkeypatch.setenv("ONE360_SALT", SALT)
    monkeypatch.setenv("DBT_PROJECT_DIR", str(ROOT))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    yield tmp_path
    lock.let_go()


def holding(seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDING, str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout and process.stdout.readline() == "held\n"
    return process


@pytest.mark.parametrize(
    "command",
    [
        ["build", "--dataset", "shop"],
        ["salt", "rotate", "--dataset", "shop"],
    ],
)
def test_a_held_lock_ends_a_command_within_seconds_in_a_line(
    home: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "warehouse").mkdir()
    duckdb.connect(str(home / "warehouse" / "shop.duckdb")).close()
    process = holding(30)
    try:
        started = time.monotonic()
        assert run(command) == BUSY
        assert time.monotonic() - started < 5
    finally:
        process.kill()
        process.wait()
    said = capsys.readouterr().err
    assert said == (
        f"one360: another build of shop is running (process {process.pid}); try again when it is "
        "done, or let this command wait: ONE360_WAIT=600\n"
    )


def test_a_command_that_is_to_wait_waits(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = holding(2)
    monkeypatch.setenv("ONE360_WAIT", "60")
    started = time.monotonic()
    with lock.held(DatasetPaths(home, "shop")):
        assert time.monotonic() - started > 1
    process.wait()


def test_the_lock_of_a_killed_process_is_free(home: Path) -> None:
    process = holding(60)
    process.kill()
    process.wait()
    with lock.held(DatasetPaths(home, "shop")):
        # what dbt does in between gives nothing back
        lock.hold(DatasetPaths(home, "shop"))
        lock.let_go()
        with pytest.raises(subprocess.CalledProcessError):
            subprocess.run([sys.executable, "-c", _HOLDING, "0"], check=True, capture_output=True)
    subprocess.run([sys.executable, "-c", _HOLDING, "0"], check=True, capture_output=True)


def test_two_data_sets_do_not_share_a_target_folder(home: Path) -> None:
    process = holding(30)
    try:
        with pytest.raises(One360Error, match="another build in .*target is running") as error:
            lock.hold(DatasetPaths(home, "other"))
        assert error.value.exit_code == BUSY
        lock.let_go()
        lock.hold(DatasetPaths(home, "other"), home / "another")
    finally:
        process.kill()
        process.wait()


def test_a_reader_of_the_warehouse_keeps_a_build_out(home: Path) -> None:
    (home / "warehouse").mkdir()
    file = home / "warehouse" / "shop.duckdb"
    duckdb.connect(str(file)).close()
    reader = subprocess.Popen(
        [sys.executable, "-c",
         "import duckdb, sys, time\n"
         f"c = duckdb.connect({str(file)!r}, read_only=True)\n"
         "print('open', flush=True)\ntime.sleep(30)"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert reader.stdout and reader.stdout.readline() == "open\n"
        with pytest.raises(One360Error, match="shop.duckdb is open in another program"):
            lock.hold(DatasetPaths(home, "shop"))
    finally:
        reader.kill()
        reader.wait()


def test_a_wait_that_is_no_number_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONE360_WAIT", "soon")
    assert run(["build"]) == USAGE
    assert "ONE360_WAIT is soon; allowed is a whole number of seconds" in capsys.readouterr().err


def test_a_full_disk_or_memory_has_its_exit_code(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for error, said in (
        (OSError(28, "No space left on device", "/data/x"), "the disk is full; make room for"),
        (MemoryError(), "the memory is full"),
        (OSError(122, "Disk quota exceeded", "/data/x"), "the disk is full; make room for"),
        (One360Error("publishing failed: Could not write all bytes: File too large"),
         "File too large; the disk is full: make room where"),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate data"),
         "one360: stopped; the memory is full: run it again with ONE360_THREADS=1"),
    ):  # fmt: skip

        def fail(*_: object, raised: BaseException = error, **__: object) -> None:
            raise raised

        monkeypatch.setattr("one360.publish.publication.publish", fail)
        assert run(["publish"]) == RESOURCES
        assert said in capsys.readouterr().err


def test_a_folder_that_may_not_be_written_is_named_with_what_helps(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for error in (
        PermissionError(13, "Permission denied", "/data/published"),
        OSError(30, "Read-only file system", "/data/published"),
        duckdb.IOException('Cannot open file "/data/published/x": Permission denied'),
        # what a build has said already is not said again
        explained("logs/dbt.log", [model("Cannot open /data/published/x: Permission denied")]),
    ):

        def fail(*_: object, raised: BaseException = error, **__: object) -> None:
            raise raised

        monkeypatch.setattr("one360.publish.publication.publish", fail)
        assert run(["publish"]) == FAILURE
        said = capsys.readouterr().err
        assert "/data/published" in said
        assert said.endswith("let the user who runs one360 read and write there\n")
        assert said.count("let the user") == 1


# --- whole commands --------------------------------------------------------------------------


@pytest.mark.build
@pytest.mark.nightly
def test_failed_builds_end_in_a_line_and_are_retried(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write_small_shop()

    def one360(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from one360.cli import main; main()", *command],
            cwd=ROOT, env={**project.environment, **environment}, capture_output=True, text=True,
        )  # fmt: skip

    def last_line(done: subprocess.CompletedProcess[str], code: int) -> str:
        lines = (done.stdout + done.stderr).splitlines()
        assert done.returncode == code, lines
        # on a slow machine a build tells more often how far it is
        lines = [line for line in lines if not line.startswith("· building")]
        assert len(lines) <= 5, lines
        assert "Traceback" not in done.stdout + done.stderr
        return lines[-1]

    build = ("build", "--dataset", project.dataset)
    # a raw file that is none
    receipts = project.path("pos.receipts")
    whole = receipts.read_bytes()
    receipts.write_bytes(b"no file at all")
    assert "The raw data cannot be read" in last_line(one360(*build), FAILURE)
    receipts.write_bytes(whole)
    # a variable that cannot be
    assert "unknown" in one360(*build, "--accept", "unknown").stderr
    # an unknown engine, a salt too short
    last_line(one360(*build, "--target", "oracle"), USAGE)
    assert "at least 16" in last_line(one360(*build, ONE360_SALT="short"), FAILURE)
    # too little memory to open the file
    said = last_line(one360(*build, ONE360_MEMORY="1MB"), RESOURCES)
    assert "the memory is full; run it again with ONE360_THREADS=1" in said
    # logs rotate
    logs = tmp_path / "logs"
    one360(*build, "--accept", "unknown", DBT_LOG_FILE_MAX_BYTES="20000",
           DBT_LOG_LEVEL_FILE="debug")  # fmt: skip
    rotated = sorted(path.name for path in logs.glob("dbt.log*"))
    assert "dbt.log.1" in rotated and len(rotated) <= 6
    project.close()
