"""What people are told when a run fails, held against servers that write down what they get."""

from __future__ import annotations

import datetime as dt
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from one360.cli.program import run
from one360.errors import One360Error, UsageError
from one360.runs.alerts import PAYLOADS, Alert, channels, failures, send, without_values

ALERT = Alert(
    dataset="shop",
    job="nightly",
    what="dbt build failed: test key_customers",
    details=("key_customers: Got 2 results, configured to fail if != 0",),
    at=dt.datetime(2026, 3, 1, 2, 30, tzinfo=dt.UTC),
    url="http://localhost:3000/runs/1",
)
TEXT = (
    "one360 shop: nightly failed\n"
    "dbt build failed: test key_customers\n"
    "- key_customers: Got 2 results, configured to fail if != 0\n"
    "2026-03-01 02:30 UTC\n"
    "http://localhost:3000/runs/1"
)


@contextmanager
def webhook(answer: bytes = b"ok", status: int = 200) -> Iterator[tuple[str, list[Any]]]:
    """An address, and what was posted to it."""
    got: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.headers["Content-Type"], json.loads(body)))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook", got
        server.shutdown()


@contextmanager
def mail_server() -> Iterator[tuple[str, list[Any]]]:
    """A server that takes every mail: its address, and the mails as (recipients, message)."""
    got: list[Any] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            recipients: list[str] = []
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline().strip():
                word = line[:4].upper()
                if word == b"RCPT":
                    recipients.append(line.decode().partition("<")[2].partition(">")[0])
                if word != b"DATA":
                    self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                    continue
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (part := self.rfile.readline()) != b".\r\n":
                    lines.append(part)
                message = message_from_bytes(b"".join(lines), policy=policy.default)
                got.append((recipients, message))
                self.wfile.write(b"250 ok\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}", got
        server.shutdown()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (
            "generic",
            {
                "source": "one360",
                "dataset": "shop",
                "job": "nightly",
                "what": "dbt build failed: test key_customers",
                "details": ["key_customers: Got 2 results, configured to fail if != 0"],
                "at": "2026-03-01T02:30:00+00:00",
                "url": "http://localhost:3000/runs/1",
            },
        ),
        ("slack", {"text": TEXT}),
        ("wecom", {"msgtype": "text", "text": {"content": TEXT}}),
        ("dingtalk", {"msgtype": "text", "text": {"content": TEXT}}),
        ("feishu", {"msg_type": "text", "content": {"text": TEXT}}),
    ],
)
def test_what_a_webhook_gets(form: str, expected: dict[str, Any]) -> None:
    with webhook() as (address, got):
        to = channels({"ONE360_ALERT_WEBHOOK": address, "ONE360_ALERT_FORMAT": form})
        assert send(ALERT, to) == ["webhook"]
    assert got == [("application/json; charset=utf-8", expected)]


def test_every_format_is_tested() -> None:
    assert set(PAYLOADS) == {"generic", "slack", "wecom", "dingtalk", "feishu"}


def test_what_a_mail_says() -> None:
    with mail_server() as (server, got):
        to = channels(
            {
                "ONE360_ALERT_EMAIL": "ann@shop.example, li@shop.example",
                "ONE360_SMTP": server,
                "ONE360_ALERT_FROM": "night@shop.example",
            }
        )
        assert send(ALERT, to) == ["e-mail"]
    ((recipients, message),) = got
    assert recipients == ["ann@shop.example", "li@shop.example"]
    assert message["Subject"] == "one360 shop: nightly failed"
    assert message["From"] == "night@shop.example"
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == TEXT


def test_one_channel_that_fails_does_not_keep_the_other_one() -> None:
    with mail_server() as (server, got), webhook(b'{"errcode": 93000}') as (address, posted):
        to = channels(
            {
                "ONE360_ALERT_WEBHOOK": address,
                "ONE360_ALERT_FORMAT": "wecom",
                "ONE360_ALERT_EMAIL": "ann@shop.example",
                "ONE360_SMTP": server,
            }
        )
        with pytest.raises(One360Error, match="not delivered .webhook: refused: .*93000"):
            send(ALERT, to)
    assert len(got) == len(posted) == 1


def test_a_server_that_answers_with_an_error_is_told() -> None:
    with webhook(status=500) as (address, _):
        to = channels({"ONE360_ALERT_WEBHOOK": address})
        with pytest.raises(One360Error, match="not delivered .webhook: HTTP Error 500"):
            send(ALERT, to)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"ONE360_ALERT_FORMAT": "teams"}, "ONE360_ALERT_FORMAT is 'teams'; allowed: generic, "),
        ({"ONE360_ALERT_WEBHOOK": "ftp://shop.example/hook"}, "ONE360_ALERT_WEBHOOK is no address"),
        ({"ONE360_ALERT_EMAIL": "a@b.example"}, "ONE360_ALERT_EMAIL needs ONE360_SMTP"),
        ({"ONE360_SMTP": "mail.example:25"}, "ONE360_SMTP is no mail server"),
        ({"ONE360_SMTP": "smtp://mail.example"}, "ONE360_SMTP is no mail server"),
    ],
)
def test_a_wrong_variable_is_one_line(environ: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said.replace(".", r"\.")):
        channels(environ)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Could not convert string '13800138000' to INT32", "Could not convert string … to INT32"),
        ("row of ann.lee@mail.example\nis twice", "row of … is twice"),
        ("phone +86 138 0013 8000 is known", "phone … is known"),
        ("Got 12345 results", "Got 12345 results"),
    ],
)
def test_values_of_people_are_left_out(message: str, expected: str) -> None:
    assert without_values(message) == expected


def results(target: Path, *rows: tuple[str, str, str | None]) -> None:
    listed = [{"unique_id": key, "status": status, "message": text} for key, status, text in rows]
    (target / "run_results.json").write_text(json.dumps({"results": listed}))


def test_what_failed_is_listed(tmp_path: Path) -> None:
    assert failures(tmp_path) == ()
    fail = ("test.one360.key_customers.1a2b", "fail", "Got 2 results, configured to fail if != 0")
    results(tmp_path, fail, ("model.one360.orders", "success", "OK"))
    assert failures(tmp_path) == ("key_customers: 2 rows",)
    node = {"resource_type": "test", "description": "Customers without a key"}
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": {fail[0]: node}}))
    found = ("key_customers: Customers without a key (2 rows)",)
    assert failures(tmp_path) == found
    now = dt.datetime.now(dt.UTC)
    assert failures(tmp_path, now - dt.timedelta(minutes=1)) == found
    assert failures(tmp_path, now + dt.timedelta(minutes=1)) == (), "of an earlier run"
    results(tmp_path, *([fail] * 12))
    assert failures(tmp_path) == (*found * 10, "and 2 more")


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path))
    for name in ("WEBHOOK", "EMAIL", "FORMAT"):
        monkeypatch.delenv(f"ONE360_ALERT_{name}", raising=False)
    assert run(["alert", "the night failed"]) == 2
    assert "set ONE360_ALERT_WEBHOOK or ONE360_ALERT_EMAIL" in capsys.readouterr().err
    results(tmp_path, ("model.one360.orders", "error", "Out of Memory"))
    with webhook() as (address, got):
        monkeypatch.setenv("ONE360_ALERT_WEBHOOK", address)
        assert run(["alert", "the night failed", "--dataset", "shop"]) == 0
    assert capsys.readouterr().out == "· told by webhook\n"
    ((_, body),) = got
    assert (body["dataset"], body["what"]) == ("shop", "the night failed")
    assert body["details"] == ["orders: Out of Memory"]
