"""What comes back: a mail server's report that one of our mails did not arrive, though it had been taken (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, message_from_string, policy
from email.message import Message

from engine import Unit
from web.config import Config
from web.mail.delivery import end
from web.mail.sending import one_line
from web.mail.tables import MailRow

LARGEST = 1024 * 1024
"""Bytes of a report; more is not looked at."""


def bounced(unit: Unit, config: Config, report: bytes) -> MailRow | None:
    """The mail that a report says did not arrive, which now waits to be seen to; None where it says no such thing.

    A report counts if it names our Message-ID and the address that the mail went to, and says that this failed for
    good. It can be forged by whoever knows both: all that follows is that somebody is asked to look.
    """
    message = message_from_bytes(report[:LARGEST], policy=policy.compat32)
    row = unit.session.get(MailRow, _ours(message, config), with_for_update=True)
    if row is None or row.state not in ("sent", "queued"):
        return None
    said = next((said for to, said in _failures(message) if to == (row.address or "").casefold()), None)
    if said is None:
        return None
    row.result = said
    end(unit, row, "failed")
    return row


def _ours(message: Message, config: Config) -> str:
    """The id of the mail that a report gives back; \"\" where it is none of ours."""
    domain = re.escape(config.mail_from.rpartition("@")[2])
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            found = re.fullmatch(rf"<([0-9a-f]{{32}})@{domain}>", str(_given_back(part)["Message-ID"] or "").strip())
            if found:
                return found[1]
    return ""


def _given_back(part: Message) -> Message:
    """The mail, or its headers, inside a part."""
    inside = part.get_payload()
    if isinstance(inside, list) and inside:
        return inside[0]
    text = part.get_payload(decode=True)
    return message_from_string(text.decode("utf-8", "replace") if isinstance(text, bytes) else "")


def _failures(message: Message) -> Iterator[tuple[str, str]]:
    """(address in small letters, what was said) for each recipient that was not reached for good."""
    for part in message.walk():
        groups = part.get_payload() if part.get_content_type() == "message/delivery-status" else ()
        for group in groups if isinstance(groups, list) else ():
            if str(group["Action"] or "").strip().casefold() == "failed":
                said = str(group["Diagnostic-Code"] or group["Status"] or "")
                for name in ("Final-Recipient", "Original-Recipient"):
                    to = str(group[name] or "").partition(";")[2].strip().strip("<>").casefold()
                    yield to, one_line(f"Came back: {said.partition(';')[2].strip() or said}")[:300]
