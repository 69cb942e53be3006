"""People are told: by name what waits for them, everybody what holds now, each in one mail for one act."""

from __future__ import annotations

import re
from datetime import timedelta

from icalendar import Calendar

import engine
from engine import THE_SYSTEM
from processes.communication import tell
from processes.tables import MeetingRow
from processes.writing import Writing
from tests.factories import visitor
from tests.stories.office import APOLLO, Office, id_of
from web.mail import MailRow, mails_of
from web.people import set_mail


def told(office: Office, login: str) -> list[MailRow]:
    """The mails to a person, the first one first."""
    with office.looking() as unit:
        found = mails_of(unit, id_of(login))
        unit.session.expunge_all()
    return found[::-1]


def titles(office: Office, login: str) -> list[str]:
    """The subject lines of a person's mails."""
    return [one.title.removeprefix("Apollo: ") for one in told(office, login)]


def test_clause_5_4e_who_is_named_and_everybody_is_told(office: Office) -> None:
    office.plan()
    assert titles(office, "tomas") == ["For you: Accept ownership and dates"]
    (ask,) = told(office, "tomas")
    assert ask.state == "kept"
    assert "Project: Apollo" in ask.text
    assert "(Europe/Prague)" in ask.text
    assert len(titles(office, "greta")) == 1
    for login in ("greta", "samuel"):
        office.do(login, "sign-baseline", {"decision": "approved"})
    for login in ("tomas", "mei", "greta"):
        assert "The plan has a new baseline" in titles(office, login)


def test_who_asked_for_a_change_hears_that_it_was_rejected(deciding: Office) -> None:
    assert not any("was rejected" in one for one in titles(deciding, "tomas"))
    deciding.decide("greta", "rejected")
    assert any("was rejected" in one for one in titles(deciding, "tomas"))


def entries(office: Office, login: str) -> list[dict[str, str]]:
    """What a person's calendar is told: method, UID, sequence, beginning, status of each entry."""
    found = []
    for one in told(office, login):
        if one.calendar is not None:
            calendar = Calendar.from_ical(one.calendar)
            (event,) = calendar.walk("VEVENT")
            says = {"method": str(calendar["method"]), "at": event.decoded("dtstart").isoformat()}
            names = ("uid", "sequence", "status", "organizer", "attendee")
            found.append(says | {name: str(event[name]) for name in names})
    return sorted(found, key=lambda one: one["sequence"])


def test_a_review_is_put_into_calendars_moved_there_and_called_off(running: Office) -> None:
    with running.writing() as unit:
        set_mail(unit, id_of("greta"), "greta@example.org", "at-once", THE_SYSTEM)
    running.wait(days=30)
    task = running.task("ines", "schedule-review")
    day = (running.clock.now + timedelta(days=10)).date().isoformat()
    here = [id_of(login) for login in ("ines", "greta")]
    told_of = {"date": day, "time": "14:00", "place": "Room 1", "agenda": "All\nMETHOD:CANCEL", "invitees": here}
    running.do("ines", "schedule-review", told_of)
    (first,) = entries(running, "greta")
    assert (first["method"], first["sequence"], first["status"]) == ("REQUEST", "0", "CONFIRMED")
    assert first["organizer"] == "mailto:milepost@localhost"
    assert entries(running, "mei") == []
    with running.writing() as unit:
        (row,) = unit.session.query(MeetingRow).all()
        review, later = row.id, row.scheduled_at + timedelta(hours=2)
        Writing(unit, THE_SYSTEM, APOLLO).change(row, scheduled_at=later)
    moved = entries(running, "greta")[-1]
    assert (moved["method"], moved["sequence"], moved["at"]) == ("REQUEST", "1", later.isoformat())
    with running.writing() as unit:
        engine.cancel(unit, task.instance, THE_SYSTEM, "Not needed")
    (_first, _moved, off) = entries(running, "greta")
    assert (off["method"], off["sequence"], off["status"]) == ("CANCEL", "2", "CANCELLED")
    with running.writing() as unit:
        tell(Writing(unit, THE_SYSTEM, APOLLO), "invitation", key=review, to=[id_of("greta")])
    assert entries(running, "greta")[-1]["sequence"] == "3", "asked again: not below what calendars know"
    assert {one["uid"] for one in entries(running, "greta")} == {first["uid"]}
    assert {one["attendee"] for one in entries(running, "greta")} == {"mailto:greta@example.org"}


def test_a_calendar_program_sees_tasks_reviews_and_milestones_by_a_secret_address_until_it_is_void(
    running: Office,
) -> None:
    tomas = running.browser("tomas")
    tomas.get("/mailbox")
    made = re.search(r"data-calendar>http://localhost(/calendar/[^<]+)<", tomas.post("/mailbox/calendar").text)
    assert made
    anybody = visitor(running.app)
    answer = anybody.get(made[1])
    assert answer.mimetype == "text/calendar"
    seen = [str(one["summary"]) for one in Calendar.from_ical(answer.data).walk("VEVENT")]
    assert {"Apollo: M1 Design", "Apollo: M2 Build", "Apollo: M3 Release"} <= set(seen)
    wait = {f"{one.name} ({one.instance_title})" for one in running.tasks("tomas") if one.due}
    assert wait <= set(seen)
    assert anybody.get("/calendar/none.ics").status_code == 404
    tomas.get("/mailbox")
    tomas.post("/mailbox/calendar/close")
    assert anybody.get(made[1]).status_code == 404
