"""One mail over SMTP: how it is written, and what the server says to it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from web.config import Config

SECONDS = 30
"""How long the server may be silent."""
PERMANENT = 500
"""From here on a reply code says that trying again is of no use (RFC 5321, section 4.2.1)."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SUBMISSION, SUBMISSIONS = 587, 465


@dataclass(frozen=True)
class Letter:
    """What is sent to whom. `id` is made of the cause: the same cause always gives the same Message-ID."""

    id: str
    to: str
    title: str
    text: str
    at: datetime
    calendar: str | None = None
    method: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt: sent, refused (for good) or delayed (worth another one); and what the server said."""

    result: str
    said: str


def written(letter: Letter, config: Config) -> EmailMessage:
    """The letter as plain text, with its calendar entry beside it. No header can hold a line break."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(one_line(config.organisation), addr_spec=config.mail_from)
    message["To"] = letter.to
    message["Subject"] = one_line(letter.title)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.id}@{config.mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    if letter.calendar is not None:
        method = letter.method or "PUBLISH"
        message.add_alternative(letter.calendar, subtype="calendar", params={"method": method})
    return message


def one_line(text: str) -> str:
    """A text that somebody wrote, as one line of printable characters."""
    return "".join(one if one.isprintable() else " " for one in " ".join(text.split()))


def send(letter: Letter, config: Config) -> Outcome:
    """Hand a letter to the mail server of the settings."""
    try:
        message = written(letter, config)
    except (ValueError, LookupError) as error:
        return Outcome("refused", f"This mail cannot be written: {type(error).__name__}. Look at the address.")
    try:
        with _server(config.smtp) as server:
            server.send_message(message, config.mail_from, [letter.to])
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        return _answered(code, said)
    except smtplib.SMTPAuthenticationError as error:
        return Outcome("delayed", f"The mail server refuses the login of MILEPOST_SMTP ({error.smtp_code}).")
    except smtplib.SMTPResponseException as error:
        return _answered(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        return Outcome("delayed", f"The mail server cannot be reached: {type(error).__name__}.")
    return Outcome("sent", "")


def _answered(code: int, said: bytes | str) -> Outcome:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return Outcome("refused" if code >= PERMANENT else "delayed", one_line(f"{code} {text}")[:300])


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    """A connection to the server; encrypted wherever it is offered, and always before a password is given away."""
    where = urlsplit(url)
    host, user = where.hostname or "", unquote(where.username or "")
    if where.scheme == "smtps":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, where.port or SUBMISSIONS, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, where.port or SUBMISSION, timeout=SECONDS)
    with server:
        server.ehlo()
        if where.scheme == "smtp" and host not in LOOPBACK and (user or server.has_extn("starttls")):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if user:
            server.login(user, unquote(where.password or ""))
        yield server
