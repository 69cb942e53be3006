"""Reviews by their stages, and what can come between: moved, called off, without a quorum."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, time, timedelta
from typing import Any

import processes
from processes import Appointment, Meeting
from tests.stories.office import Office, id_of

ALL = ("ines", "tomas", "mei", "rahul", "greta", "samuel", "dorothea")
LINES = [{"milestone": one, "outcome": "pending", "remark": ""} for one in ("M1", "M2", "M3")]
ANALYSIS = {"trends": "Flat", "bottlenecks": "None", "no_improvements": True}


def day(office: Office, later: int) -> date:
    """The date so many days from now."""
    return (office.clock.now + timedelta(days=later)).date()


def until(office: Office, element: str, most: int = 60) -> None:
    """Let days pass until something waits at an element."""
    for _ in range(most * 4):
        if office.open(element):
            return
        office.wait(hours=6)
    raise AssertionError(f"nothing waits at {element} after {most} days")


def scheduled(office: Office, later: int = 11, agenda: str = "All of it") -> Meeting:
    """The next review is called for, and scheduled so many days ahead at ten o'clock."""
    until(office, "schedule-review")
    about = {"time": "10:00", "place": "Room 1", "agenda": agenda, "invitees": [id_of(one) for one in ALL]}
    office.do("ines", "schedule-review", {"date": day(office, later).isoformat(), **about})
    return meeting(office)


def reported(office: Office) -> Meeting:
    """The report of the scheduled review has gone out."""
    until(office, "analyse-performance")
    office.do("ines", "analyse-performance", ANALYSIS)
    office.do("ines", "issue-report", {"note": "Please read"})
    return meeting(office)


def met(office: Office, came: Collection[str]) -> Meeting:
    """The meeting has begun, and these people are there."""
    until(office, "open-meeting")
    office.do("ines", "open-meeting", {"attendees": [id_of(one) for one in came]})
    return meeting(office)


def held(office: Office, **more: Any) -> None:
    """The review is gone through."""
    office.do("ines", "hold-review", {"lines": LINES, "no_items": True, **more})


def confirmed(office: Office, statement: str = "no-change") -> Meeting:
    """The minutes are drafted; nobody comments; they are confirmed."""
    office.do("ines", "draft-minutes", {"text": "We met", "plan_statement": statement})
    until(office, "confirm-minutes")
    office.do("ines", "confirm-minutes", {})
    return meeting(office)


def meeting(office: Office, place: int = -1) -> Meeting:
    """A meeting of the project: the last one unless another place in their order is given."""
    with office.looking() as unit:
        return processes.meetings(unit, office.project)[place]


def moved(office: Office, later: int, why: str = "The room is taken") -> Meeting:
    """The last meeting is moved to so many days from now."""
    with office.writing() as unit:
        to = Appointment(day(office, later), time(10))
        processes.move_meeting(unit, office.project, meeting(office).id, to, why, office.actor(unit, "ines"))
    return meeting(office)


def called_off(office: Office, later: int | None = None, why: str = "Half of us are ill") -> Meeting:
    """The last meeting is called off, with another one so many days from now, or none."""
    instead = Appointment(day(office, later), time(10)) if later is not None else None
    with office.writing() as unit:
        processes.call_off(unit, office.project, meeting(office).id, why, office.actor(unit, "ines"), instead)
    return meeting(office)


def sections(office: Office, id: str = "R1") -> Mapping[str, Any]:
    """What the newest minutes of a meeting say, by heading."""
    with office.looking() as unit:
        record = processes.minutes(unit, office.project, id)
    return {one["heading"]: one for one in record.sections} if record else {}


# stories that go ways of the diagram which the demo does not go


def a_review_that_is_moved_at_every_stage_and_called_off(office: Office) -> None:
    """Before its data are cut, while they are looked at, while its report is issued, while it is read, and after."""
    office.run()
    scheduled(office)
    moved(office, 12)
    until(office, "analyse-performance")
    moved(office, 40)
    assert office.open("analyse-performance") == [], "the data would be too old by then"
    until(office, "analyse-performance")
    office.do("ines", "analyse-performance", ANALYSIS)
    called_off(office, 8)
    assert office.open("issue-report") == []
    reported(office)
    office.do("greta", "give-input", {"no_comment": True})
    moved(office, 4)
    assert id_of("greta") not in office.open("give-input"), "she has answered to this very report"
    for login in ("samuel", "dorothea"):
        office.do(login, "give-input", {"no_comment": True})
    called_off(office)
    assert meeting(office).state == "called-off"


def reviews_without_a_quorum(office: Office) -> None:
    """One informs: it is on the last day of the month, and only after days does anybody say who came. The next is
    finished in writing before the time is up, the one after when it is."""
    office.run()
    ways: tuple[tuple[str, Collection[str]], ...] = (
        ("information", ()), ("circulation", ("greta", "samuel")), ("circulation", ("greta",)),
    )  # fmt: skip
    for course, answering in ways:
        scheduled(office, 17 if course == "information" else 11)
        reported(office)
        until(office, "open-meeting")
        office.wait(days=6 if course == "information" else 0)
        met(office, ("ines", "tomas"))
        office.do("ines", "settle-quorum", {"course": course})
        decisions = [{"text": "Go on", "decided_by": id_of("ines"), "votes": "", "needs_change": False}]
        held(office, decisions=decisions if course == "circulation" else [])
        if course == "circulation":
            office.do("ines", "circulate-decisions", {"until": day(office, 7).isoformat(), "note": "Too few came"})
            for login in answering:
                office.do(login, "answer-in-writing", {"decision": "agree"})
        until(office, "draft-minutes")
        confirmed(office)
    with office.looking() as unit:
        assert [one.state for one in processes.meetings(unit, office.project)] == [
            "information", "in-writing", "in-writing",
        ]  # fmt: skip
        assert len(processes.decisions(unit, office.project)) == 2
        assert processes.gaps(unit, office.project, kind="review-gap")
