"""A project that is put on hold, resumed, held again until the hold is over, and cancelled in the end."""

from __future__ import annotations

from datetime import date, timedelta

import engine
import processes
from tests.stories.office import Office, id_of


def until(office: Office, days: int) -> date:
    """The day so many days from now."""
    return (office.clock.now + timedelta(days=days)).date()


def put_on_hold(office: Office, days: int, reason: str = "The customer waits for money") -> None:
    with office.writing() as unit:
        processes.hold(unit, office.project, until(office, days), office.actor(unit, "ines"), reason)


def go_on(office: Office, reason: str = "The money is there") -> None:
    with office.writing() as unit:
        processes.resume(unit, office.project, office.actor(unit, "ines"), reason)


def status(office: Office) -> str:
    with office.looking() as unit:
        return processes.project(unit, office.project).status


def gaps(office: Office, *kinds: str) -> list[processes.Gap]:
    """The gaps of the project, of these kinds if they are named."""
    with office.looking() as unit:
        return [one for one in processes.gaps(unit, office.project) if not kinds or one.kind in kinds]


def a_project_on_hold(office: Office) -> None:
    """Over the closing time of an update, resumed early, held again, prolonged, over by itself, and cancelled."""
    office.run()
    while not office.open("submit-update"):
        office.wait(days=1)
    office.raise_change("tomas")
    (waiting,) = {one.due for one in office.tasks("greta", "decide-change")}
    put_on_hold(office, 60)
    assert status(office) == "on-hold"
    assert office.open("submit-update") == []
    office.wait(days=30)
    assert gaps(office) == [], "nothing is missed in a hold"
    assert office.open("submit-update") == []
    assert office.open("schedule-review") == []
    go_on(office)
    assert status(office) == "running"
    (later,) = {one.due for one in office.tasks("greta", "decide-change")}
    assert later - waiting == timedelta(days=30), "as much later as the hold was long"
    while not office.open("submit-update"):
        office.wait(hours=12)
    assert office.clock.now.isoformat() < "2026-04-14"
    assert gaps(office, "missed-update") == [], "the weeks of the hold were not missed"
    with office.writing() as unit:
        by = office.actor(unit, "ines")
        processes.adjust(unit, office.project, {"weekly_due": "THU 12:00"}, by, "Fridays are off")
    put_on_hold(office, 3)
    put_on_hold(office, 10, "Longer than we thought")
    office.wait(days=4)
    assert status(office) == "on-hold"
    office.wait(days=7)
    assert status(office) == "running"
    with office.looking() as unit:
        found = processes.holds(unit, office.project)
        told = {one.recipient for one in processes.communications(unit, office.project, about="on-hold")}
    assert [one.remark for one in found] == ["The money is there", "Prolonged.", "Its time was over."]
    assert found[0].reason == "The customer waits for money"
    assert told >= {id_of("greta"), id_of("tomas")}
    cancelled(office)


def cancelled(office: Office) -> None:
    """The running project is cancelled: nobody settles what is open, everything else of the closure is done."""
    with office.writing() as unit:
        processes.cancel_project(unit, office.project, office.actor(unit, "ines"), "The customer is gone")
    assert office.open("settle-gaps") == []
    assert len(office.open("give-feedback")) == 5
    office.do("ines", "evaluate-procedure", dict.fromkeys(("verdict", "tracking", "reviews", "changes"), "effective"))
    office.wait(days=8)
    lessons = {"lessons": [{"kind": "keep", "text": "All of it"}], "proposals": [], "no_proposal": True}
    office.do("ines", "draw-lessons", lessons)
    for login in ("greta", "samuel", "dorothea"):
        office.do(login, "sign-closure", {"decision": "approved"})
    assert status(office) == "closed"
    with office.looking() as unit:
        record = engine.current(unit, "closure-evaluation", office.project, "K1")
    assert record is not None
    assert "The customer is gone" in str(record.sections)
