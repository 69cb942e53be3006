"""A real mail server, and an app that sends by it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from engine import THE_SYSTEM, log
from tests.factories import SmallProcedure, TestClock, config_for, quick
from web import create_app
from web.config import Config
from web.database import db, only_reading
from web.logs import set_up_logs
from web.mail import MailRow
from web.mail.outbox import Mail, post
from web.people.accounts import set_mail
from web.work import milepost, work


@dataclass
class Server:
    """A mail server that keeps what it gets, and answers as a test says."""

    got: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """What it says to the next mails, in place of taking them."""
    controller: Controller | None = None
    port: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """A mail has come."""
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.got.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.recipients += envelope.rcpt_tos
        return "250 Kept"

    def start(self) -> None:
        """Listen."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        """Listen no more."""
        if self.controller is not None:
            self.controller.stop()
            self.controller = None


@pytest.fixture
def server() -> Iterator[Server]:
    """A mail server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Server(port=port)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def config(data: Path, server: Server) -> Config:
    """Settings that name the mail server."""
    return config_for(
        data, smtp=f"smtp://127.0.0.1:{server.port}", mail_from="milepost@example.org", url="https://milepost.example"
    )


@pytest.fixture
def app(config: Config, clock: TestClock, procedure: SmallProcedure) -> Iterator[Flask]:
    """An app that sends mail."""
    set_up_logs("text")
    made = quick(create_app(config, clock=clock, procedure=procedure, roles=procedure.roles))
    yield made
    made.extensions["milepost"].jobs.close()
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def people(people: dict[str, str], app: Flask) -> dict[str, str]:
    """The usual people, with addresses."""
    with app.app_context(), work() as unit:
        for login, person in people.items():
            set_mail(unit, person, f"{login}@example.org", "at-once", THE_SYSTEM)
    return people


@pytest.fixture
def outbox(app: Flask) -> Callable[..., list[MailRow]]:
    """Call it for the mails that were written, of one person if named."""

    def look(person: str | None = None) -> list[MailRow]:
        with app.app_context(), only_reading():
            rows = db.session.query(MailRow).order_by(MailRow.at, MailRow.id).all()
            found = [one for one in rows if person in (None, one.person)]
            db.session.expunge_all()
            db.session.rollback()
            return found

    return look


@pytest.fixture
def write(app: Flask, people: dict[str, str]) -> Callable[..., None]:
    """Call it to write a mail to somebody in a transaction of its own."""

    def put(login: str = "tom", **more: Any) -> None:
        said = {"cause": "a", "subject": "apollo", "title": "News", "text": "It is done.\n", "duty": True} | more
        with app.app_context(), work() as unit:
            log(unit, "tried", "test", "1", THE_SYSTEM)
            post(unit, milepost().config, [Mail(person=people[login], **said)])

    return put
