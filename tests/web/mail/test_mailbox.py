"""A person reads what was written to them, and says where it goes; an administrator sees what did not arrive."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

import engine
from engine import THE_SYSTEM
from tests.databases import on_sqlite
from tests.factories import Visitor, visitor
from tests.web.mail.conftest import Server
from web.mail import MailRow
from web.people import account, set_mail
from web.work import reading, work

SCRIPT = "<script>alert(1)</script>"


def test_one_reads_ones_own_mails_and_nobody_elses(app: Flask, guest: Visitor, write: Callable[..., None]) -> None:
    write(
        "tom",
        title=f"News {SCRIPT}",
        text=f"Only for Tom.\nhttps://milepost.example/inbox/1\nhttps://x.example/inbox/2\n{SCRIPT}",
    )
    guest.sign_in("tom")
    page = guest.get("/mailbox").text
    assert "Only for Tom." in page
    assert "on its way" in page
    assert SCRIPT not in page
    assert '<a href="/inbox/1">https://milepost.example/inbox/1</a>' in page
    assert 'href="https://x.example' not in page
    other = visitor(app)
    other.sign_in("sam")
    assert "Only for Tom." not in other.get("/mailbox").text


def test_one_chooses_where_mail_goes_and_when(app: Flask, people: dict[str, str], guest: Visitor) -> None:
    guest.sign_in("tom")
    guest.get("/mailbox")
    assert guest.post("/mailbox", {"email": " tom.team@example.org ", "mail": "daily"}).status_code == 302
    with app.app_context():
        found = account(reading(), person=people["tom"])
        assert found is not None
        assert (found.email, found.mail) == ("tom.team@example.org", "daily")
        event = engine.events(reading(), kind="person.mail-changed")[0]
        assert (event.new, event.said["was"]) == ("daily", "tom@example.org")


@on_sqlite
@pytest.mark.parametrize(
    "email",
    ["tom", "tom@", "a@b, c@d", "Tom <tom@example.org>", "t@example.org\r\nBcc: x@y.org", "ü@y.org", "-x@y.org"],
)
def test_what_is_no_address_is_refused(guest: Visitor, people: dict[str, str], email: str) -> None:
    guest.sign_in("tom")
    guest.get("/mailbox")
    sent = guest.post("/mailbox", {"email": email, "mail": "daily"})
    assert sent.status_code == 422
    assert "Write one address" in sent.text


def test_an_administrator_sees_what_did_not_arrive_and_notes_how_the_person_was_told(
    app: Flask, people: dict[str, str], guest: Visitor, server: Server, write: Callable[..., None],
    outbox: Callable[..., list[MailRow]],
) -> None:  # fmt: skip
    guest.sign_in("ada")
    page = guest.get(f"/people/{people['tom']}").text
    assert 'value="tom@example.org"' in page
    guest.post(f"/people/{people['tom']}/mail", {"email": "", "mail": "at-once"})
    write("tom", title="A lost letter")
    page = guest.get("/mail/undelivered").text
    assert "A lost letter" in page
    assert "There is no address" in page
    (row,) = outbox()
    guest.post(f"/mail/undelivered/{row.id}", {"reason": " "})
    assert "A lost letter" in guest.get("/mail/undelivered").text
    guest.post(f"/mail/undelivered/{row.id}", {"reason": "Told by telephone"})
    assert "A lost letter" not in guest.get("/mail/undelivered").text
    with app.app_context():
        (event,) = engine.events(reading(), kind="mail.settled")
    assert (event.person, event.reason, event.said["person"]) == (people["ada"], "Told by telephone", people["tom"])


def test_a_project_manager_sees_to_mail_of_the_own_projects_and_nobody_else_does(
    app: Flask, people: dict[str, str], guest: Visitor, write: Callable[..., None], outbox: Callable[..., list[MailRow]]
) -> None:
    with app.app_context(), work() as unit:
        set_mail(unit, people["tom"], "", "at-once", THE_SYSTEM)
    write("tom", cause="a", title="A lost letter")
    write("tom", cause="b", subject="zeus", title="A letter of another project")
    lost = {one.title: one.id for one in outbox()}
    guest.sign_in("paula")
    assert "1 mail did not arrive" in guest.get("/mailbox").text
    page = guest.get("/mail/undelivered").text
    assert "A lost letter" in page
    assert "A letter of another project" not in page
    told = {"reason": "Told at lunch"}
    assert guest.post(f"/mail/undelivered/{lost['A letter of another project']}", told).status_code == 404
    assert guest.post(f"/mail/undelivered/{lost['A lost letter']}", told).status_code == 302
    other = visitor(app)
    other.sign_in("tom")
    assert "A letter" not in other.get("/mail/undelivered").text
    assert other.post(f"/mail/undelivered/{lost['A letter of another project']}", told).status_code == 404
    assert sorted(one.state for one in outbox()) == ["failed", "settled"]
