"""A review that gives out an action, and what becomes of it: late, told to the sponsor, opened again, closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import engine
import processes
from tests.stories.office import Office, id_of


def day(office: Office, later: int) -> str:
    """The date so many days from now."""
    return (office.clock.now + timedelta(days=later)).date().isoformat()


def hold_a_review(office: Office, *actions: dict[str, Any]) -> None:
    """The next review, from the call for it to its signed minutes; nobody answers who need not."""
    while not office.open("schedule-review"):
        office.wait(days=1)
    about = {"time": "10:00", "place": "Here", "agenda": "All of it", "invitees": [id_of("ines"), id_of("greta")]}
    office.do("ines", "schedule-review", {"date": day(office, 11), **about})
    while not office.open("analyse-performance"):
        office.wait(hours=6)
    office.do("ines", "analyse-performance", {"trends": "Flat", "bottlenecks": "None", "no_improvements": True})
    office.do("ines", "issue-report", {})
    while not office.open("open-meeting"):
        office.wait(hours=6)
    office.do("ines", "open-meeting", {"attendees": [id_of("ines"), id_of("greta"), id_of("samuel")]})
    lines = [{"milestone": one, "outcome": "pending", "remark": ""} for one in ("M1", "M2", "M3")]
    office.do("ines", "hold-review", {"lines": lines, "no_items": True, "actions": list(actions)})
    office.do("ines", "draft-minutes", {"text": "We met", "plan_statement": "no-change"})
    for login in ("ines", "greta", "samuel"):
        office.do(login, "comment-minutes", {"decision": "agree"})
    office.do("ines", "confirm-minutes", {})


def actions_of_a_project(office: Office) -> None:
    """Two are given out. One is late, told to the sponsor and opened again; both are closed in the end."""
    office.run()
    mine = {"text": "Call the supplier", "owner": id_of("mei"), "due": "2026-05-01", "priority": "high"}
    hold_a_review(office, mine, {**mine, "text": "Ask Greta", "owner": id_of("samuel"), "priority": "normal"})
    assert office.open("do-action") == sorted([id_of("mei"), id_of("samuel")])
    office.do("samuel", "do-action", {"outcome": "done", "text": "She says yes"})
    while office.open("do-action") and office.clock.now.date().isoformat() < "2026-05-10":
        office.wait(days=1)
    with office.looking() as unit:
        told = {(one.about, one.recipient) for one in processes.communications(unit, office.project)}
        (late,) = processes.log(unit, office.project, kinds=["overdue"])
        standing = {one.clause: one.state for one in processes.standings(unit, office.project)}
    assert {("action-reminder", id_of("mei")), ("action-overdue", id_of("mei"))} <= told
    assert ("action-escalated", id_of("dorothea")) in told
    assert (late.clause, late.by, late.person) == ("5.4c", engine.THE_SYSTEM.person, id_of("mei"))
    assert standing["5.4c"] == "missed"
    office.do("mei", "do-action", {"outcome": "not-done", "text": "Nobody answers"})
    office.do("ines", "verify-action", {"decision": "closed"})
    office.do("ines", "verify-action", {"decision": "reopened", "text": "Write to them", "due": day(office, 7)})
    office.do("mei", "do-action", {"outcome": "done", "text": "Written", "evidence": "The letter"})
    office.do("ines", "verify-action", {"decision": "closed"})
    with office.looking() as unit:
        assert [one.status for one in processes.actions(unit, office.project)] == ["closed", "closed"]
        said = [one.status for one in processes.action_reports(unit, office.project, "A1")]
    assert (
        "/instances/"
        in office.browser("tomas").get(f"/projects/{office.project}/meetings").text.partition("Action items")[2]
    )
    assert said == ["not-done", "reopened", "done", "closed"]
