"""Says that a run failed: to a webhook, by e-mail, or both.

ONE360_ALERT_WEBHOOK is an address that takes a POST, ONE360_ALERT_FORMAT what it understands.
ONE360_ALERT_EMAIL names recipients, divided by commas, ONE360_SMTP the server that sends
(smtp://user:password@host:587, smtps://host:465), ONE360_ALERT_FROM the sender. What is said
holds names of tables and counts; values that an error text quotes are left out, since they may be
somebody's.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import smtplib
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from one360.engines.failures import descriptions, found
from one360.errors import One360Error, UsageError, one_line

#: More failures than this are counted, not listed.
MOST_DETAILS = 10
TIMEOUT_SECONDS = 20

_FAILED = ("error", "fail", "runtime error", "partial success")
_VALUES = re.compile(r"'[^']*'|\S*@\S*|\+?\d[\d .-]{5,}\d")


@dataclass(frozen=True)
class Alert:
    """What went wrong.

    Attributes:
        dataset: of the run.
        job: what ran, such as build or intraday.
        what: one line.
        details: what failed in it, a line each.
        at: when, UTC.
        url: a page that shows the run.
    """

    dataset: str
    job: str
    what: str
    details: tuple[str, ...]
    at: dt.datetime
    url: str | None = None

    @property
    def subject(self) -> str:
        """The line of an e-mail."""
        return f"one360 {self.dataset}: {self.job} failed"

    @property
    def text(self) -> str:
        """All of it, for people."""
        lines = [self.subject, self.what, *(f"- {line}" for line in self.details)]
        lines.append(self.at.strftime("%Y-%m-%d %H:%M UTC"))
        return "\n".join([*lines, self.url] if self.url else lines)


def _generic(alert: Alert) -> dict[str, Any]:
    return {"source": "one360", **asdict(alert), "at": alert.at.isoformat()}


#: What a webhook is sent, by ONE360_ALERT_FORMAT.
PAYLOADS: dict[str, Callable[[Alert], dict[str, Any]]] = {
    "generic": _generic,
    "slack": lambda alert: {"text": alert.text},
    "wecom": lambda alert: {"msgtype": "text", "text": {"content": alert.text}},
    "dingtalk": lambda alert: {"msgtype": "text", "text": {"content": alert.text}},
    "feishu": lambda alert: {"msg_type": "text", "content": {"text": alert.text}},
}


@dataclass(frozen=True)
class Channels:
    """Where alerts go; None and () where nowhere."""

    webhook: str | None
    format: str
    recipients: tuple[str, ...]
    server: str | None
    sender: str


def channels(environ: Mapping[str, str] | None = None) -> Channels:
    """Where alerts go by the environment.

    Raises:
        UsageError: a variable has a value that cannot be; the line names it.
    """
    env = os.environ if environ is None else environ
    webhook, form = env.get("ONE360_ALERT_WEBHOOK") or None, env.get("ONE360_ALERT_FORMAT")
    form = form or "generic"
    if form not in PAYLOADS:
        raise UsageError(f"ONE360_ALERT_FORMAT is {form!r}; allowed: {', '.join(PAYLOADS)}")
    if webhook and urlsplit(webhook).scheme not in ("http", "https"):
        raise UsageError("ONE360_ALERT_WEBHOOK is no address; expected https://…")
    named = env.get("ONE360_ALERT_EMAIL", "").split(",")
    recipients = tuple(name.strip() for name in named if name.strip())
    server = env.get("ONE360_SMTP") or None
    if recipients and not server:
        raise UsageError("ONE360_ALERT_EMAIL needs ONE360_SMTP, as in smtp://user:word@host:587")
    if server and (urlsplit(server).scheme not in ("smtp", "smtps") or not urlsplit(server).port):
        raise UsageError("ONE360_SMTP is no mail server; expected smtp://user:word@host:587")
    sender = env.get("ONE360_ALERT_FROM") or (recipients[0] if recipients else "one360")
    return Channels(webhook, form, recipients, server, sender)


def send(alert: Alert, to: Channels) -> list[str]:
    """Send an alert everywhere; names where it went.

    Raises:
        One360Error: it did not arrive somewhere. The other channel was tried all the same.
    """
    sent, failed = [], []
    for name, is_wanted, say in (
        ("webhook", to.webhook, _post),
        ("e-mail", to.recipients, _mail),
    ):
        if is_wanted:
            try:
                say(alert, to)
                sent.append(name)
            except (OSError, smtplib.SMTPException, ValueError) as error:
                failed.append(f"{name}: {one_line(error, 200)}")
    if failed:
        raise One360Error(f"the alert was not delivered ({'; '.join(failed)})")
    return sent


def _post(alert: Alert, to: Channels) -> None:
    body = json.dumps(PAYLOADS[to.format](alert), ensure_ascii=False).encode()
    request = urllib.request.Request(
        to.webhook or "",
        data=body,
        headers={"Content-Type": "application/json; charset=utf-8"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        said = answer.read(2000)
    # robots of WeCom, DingTalk and Feishu refuse with a code in the body of a 200
    try:
        code = json.loads(said or b"{}")
    except ValueError:
        return
    if isinstance(code, dict) and (code.get("errcode") or code.get("code")):
        raise ValueError(f"refused: {said.decode('utf-8', 'replace')}")


def _mail(alert: Alert, to: Channels) -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = alert.subject, to.sender
    message["To"] = ", ".join(to.recipients)
    message.set_content(alert.text)
    address = urlsplit(to.server or "")
    host, port = address.hostname or "", address.port or 0
    opened = smtplib.SMTP_SSL if address.scheme == "smtps" else smtplib.SMTP
    with opened(host, port, timeout=TIMEOUT_SECONDS) as server:
        if address.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        server.send_message(message)


def failures(target: Path, since: dt.datetime | None = None) -> tuple[str, ...]:
    """What failed in the last run of dbt, a line each.

    Args:
        target: folder with run_results.json.
        since: what was written before is of another run, and says nothing.
    """
    file = target / "run_results.json"
    if not file.exists():
        return ()
    if since is not None and file.stat().st_mtime < since.timestamp():
        return ()
    results = json.loads(file.read_text(encoding="utf-8"))["results"]
    failed = [result for result in results if result["status"] in _FAILED]
    said = descriptions(target) if failed else {}
    lines = [
        f"{result['unique_id'].split('.')[2]}: "
        + without_values(found(result["message"] or "failed", said.get(result["unique_id"], "")))
        for result in failed[:MOST_DETAILS]
    ]
    more = len(failed) - MOST_DETAILS
    return tuple([*lines, f"and {more} more"] if more > 0 else lines)


def without_values(message: str) -> str:
    """An error text in one line, without the values that it quotes."""
    return _VALUES.sub("…", one_line(message, 300))
