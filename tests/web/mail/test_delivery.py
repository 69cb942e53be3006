"""Mail goes out once its cause is committed, and once; what fails is tried again, or seen by somebody in the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

import engine
from engine import THE_SYSTEM, Unit
from tests.databases import on_sqlite
from tests.factories import TestClock
from tests.web.jobs.waiting import until
from tests.web.mail.conftest import Server
from web.config import Config
from web.mail import MailRow
from web.mail.bounces import bounced
from web.mail.delivery import MOST_TRIES, Delivery
from web.mail.outbox import Mail, post
from web.mail.sending import send
from web.people.accounts import set_mail
from web.work import milepost, reading, work

Outbox = Callable[..., list[MailRow]]
Write = Callable[..., None]


@pytest.fixture
def attempt(app: Flask, config: Config, clock: TestClock) -> Callable[[], list[str | None]]:
    """Call it to do what a worker does with the mail that is due; gives what became of each."""
    delivery = Delivery(config, clock)

    def once() -> list[str | None]:
        with app.app_context():
            wanted = delivery.wanted(reading())
        done = []
        for payload in wanted.values():
            outside = delivery.carry(payload)
            with app.app_context(), work() as unit:
                done.append(delivery.note(unit, {**payload, "outside": outside}))
        return done

    return once


def test_a_worker_sends_what_was_committed_and_once(
    app: Flask, server: Server, write: Write, outbox: Outbox, people: dict[str, str]
) -> None:
    write(title="Ünï\r\nBcc: all@example.org", text="It is done: “yes”.\n")
    write(title="The same cause again")
    with app.app_context():
        jobs = milepost().jobs
    with jobs.start_worker():
        until(lambda: [one.state for one in outbox()] == ["sent"])
    (mail,), (row,) = server.got, outbox()
    assert server.recipients == ["tom@example.org"]
    assert mail["Message-ID"] == f"<{row.id}@example.org>"
    assert mail["Subject"] == "Ünï Bcc: all@example.org"
    assert mail["Bcc"] is None
    assert mail["From"] == "Milepost <milepost@example.org>"
    assert mail.get_content().strip() == "It is done: “yes”."
    with app.app_context():
        (event,) = engine.events(reading(), kind="mail.sent")
    assert (event.subject, event.facts["cause"], event.said["address"]) == ("apollo", "a", "tom@example.org")
    assert event.said["person"] == people["tom"]


@on_sqlite
def test_an_invitation_is_a_part_that_calendars_understand(
    server: Server, write: Write, attempt: Callable[[], list[str | None]]
) -> None:
    write(calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", method="REQUEST")
    assert attempt() == ["sent"]
    plain, calendar = server.got[0].iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "REQUEST")
    assert calendar.get_content().splitlines()[0] == "BEGIN:VCALENDAR"


def test_what_is_rolled_back_is_not_sent(
    app: Flask, server: Server, outbox: Outbox, people: dict[str, str], attempt: Callable[[], list[str | None]]
) -> None:
    class TornError(Exception):
        pass

    def torn(unit: Unit) -> None:
        post(unit, milepost().config, [Mail("a", people["tom"], "apollo", "News", "Text")])
        raise TornError

    with app.app_context(), pytest.raises(TornError), work() as unit:
        torn(unit)
    assert attempt() == []
    assert (outbox(), server.got) == ([], [])


def test_after_a_temporary_failure_it_is_tried_again_later(
    server: Server, write: Write, outbox: Outbox, clock: TestClock, attempt: Callable[[], list[str | None]]
) -> None:
    write()
    server.answers.append("451 Try again later")
    assert attempt() == ["delayed"]
    assert attempt() == []
    server.stop()
    clock.turn(minutes=2)
    assert attempt() == ["delayed"]
    server.start()
    clock.turn(minutes=3)
    assert attempt() == []
    clock.turn(minutes=1)
    assert attempt() == ["sent"]
    (row,) = outbox()
    assert (row.state, row.tries, len(server.got)) == ("sent", 3, 1)


@pytest.mark.parametrize("tries", [1, MOST_TRIES, MOST_TRIES + 1])
def test_what_is_refused_for_good_is_not_tried_again_and_is_an_event(
    app: Flask,
    server: Server,
    write: Write,
    outbox: Outbox,
    attempt: Callable[[], list[str | None]],
    tries: int,
) -> None:
    """At once, after the last attempt, and where that came to no end because the process died."""
    write()
    with app.app_context(), work() as unit:
        unit.session.query(MailRow).update({"tries": tries - 1})
        engine.log(unit, "tried", "test", "2", THE_SYSTEM)
    server.answers += ["550 No such mailbox" if tries == 1 else "451 Later"]
    assert attempt() == ["failed"]
    assert attempt() == []
    (row,) = outbox()
    assert (row.state, row.tries, server.got) == ("failed", min(tries, MOST_TRIES), [])
    with app.app_context():
        (event,) = engine.events(reading(), kind="mail.failed")
    assert event.said["result"] == row.result != ""


@on_sqlite
def test_a_calendar_hears_of_a_review_in_order_and_nobody_waits_for_anothers_mail(
    server: Server, write: Write, outbox: Outbox, clock: TestClock, attempt: Callable[[], list[str | None]]
) -> None:
    """The server is away for a day and comes back: an attempt an hour for each person, then all, reviews in order."""
    entry = {"calendar": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "thread": "meeting:apollo/R1"}
    server.stop()
    write(cause="asked", title="Asked", method="REQUEST", revision=0, **entry)
    write(cause="other", title="Other", login="ada")
    clock.turn(seconds=1)
    write(cause="moved", title="Moved", method="REQUEST", revision=1, **entry)
    write(cause="off", title="Off", method="CANCEL", revision=2, **entry)
    made = 0
    for _ in range(24 * 2):
        made += len(attempt())
        clock.turn(minutes=30)
    assert made <= 2 * 30
    write(cause="news", title="News")
    server.start()
    for _ in range(9):
        attempt()
        clock.turn(minutes=15)
    got = [str(one["Subject"]) for one in server.got]
    assert sorted(got) == ["Asked", "Moved", "News", "Off", "Other"]
    assert [one for one in got if one not in ("Other", "News")] == ["Asked", "Moved", "Off"]
    assert got.index("News") > got.index("Asked"), "news does not overtake what was tried before"
    assert {one.state for one in outbox()} == {"sent"}


REPORT = """From: MAILER-DAEMON@example.org
To: milepost@example.org
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.org

Final-Recipient: rfc822; {to}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 No such person

--b
Content-Type: {kind}

Message-ID: <{id}@example.org>
Subject: News

--b--
"""


@on_sqlite
def test_what_comes_back_later_stands_open(
    app: Flask, server: Server, write: Write, outbox: Outbox, attempt: Callable[[], list[str | None]]
) -> None:
    write()
    assert attempt() == ["sent"]
    (row,) = outbox()
    good = {"to": "TOM@example.org", "action": "failed", "kind": "text/rfc822-headers", "id": row.id}
    odd = [{"to": "eve@example.org"}, {"action": "delayed"}, {"id": "0" * 32}, {"id": "x"}, {"kind": "text/plain"}, {},
           {}, {"kind": "message/rfc822"}]  # fmt: skip
    done = []
    for change in odd:
        with app.app_context(), work() as unit:
            done.append(bounced(unit, milepost().config, REPORT.format(**{**good, **change}).encode()))
            engine.log(unit, "tried", "test", "3", THE_SYSTEM)
    assert [one is not None for one in done] == [False] * 5 + [True, False, False]
    (row,) = outbox()
    assert (row.state, row.result) == ("failed", "Came back: 550 No such person")
    with app.app_context():
        (event,) = engine.events(reading(), kind="mail.failed")
        assert event.said["address"] == "tom@example.org"
        cut = b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/rfc822\n"
        for junk in (b"", b"\xff" * 100, cut):
            assert bounced(reading(), milepost().config, junk) is None


def test_who_has_no_address_is_not_forgotten(
    app: Flask, write: Write, outbox: Outbox, people: dict[str, str], attempt: Callable[[], list[str | None]]
) -> None:
    write("tom", cause="first")
    with app.app_context(), work() as unit:
        set_mail(unit, people["tom"], "", "at-once", THE_SYSTEM)
    write("tom", cause="second")
    attempt()
    assert {(one.cause, one.state) for one in outbox()} == {("first", "failed"), ("second", "failed")}


@on_sqlite
def test_dying_between_sending_and_noting_changes_no_message_id(
    config: Config, server: Server, write: Write, outbox: Outbox, clock: TestClock,
    attempt: Callable[[], list[str | None]],
) -> None:  # fmt: skip
    write()
    dying, (row,) = Delivery(config, clock), outbox()
    payload = {"mail": row.id, "tries": 0}
    assert dying.carry(payload) == {"result": "sent", "said": ""}
    assert dying.carry(payload) is None  # who takes the job over leaves the attempt alone
    assert attempt() == []
    clock.turn(minutes=2)
    assert attempt() == ["sent"]
    first, second = server.got
    assert first["Message-ID"] == second["Message-ID"] == f"<{row.id}@example.org>"


@on_sqlite
def test_a_password_is_not_given_away_without_encryption(
    config: Config, server: Server, monkeypatch: pytest.MonkeyPatch, write: Write, outbox: Outbox, clock: TestClock
) -> None:
    from dataclasses import replace  # noqa: PLC0415

    from web.mail import sending  # noqa: PLC0415

    monkeypatch.setattr(sending, "LOOPBACK", frozenset())
    write()
    (row,) = outbox()
    letter = sending.Letter(row.id, "tom@example.org", row.title, row.text, row.at)
    open_server = replace(config, smtp=f"smtp://milepost:s3cret@127.0.0.1:{server.port}")
    assert send(letter, open_server).result == "delayed"
    assert server.got == []
