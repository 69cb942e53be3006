"""Stories of changes that do not go straight: sent back, overtaken, approved in part, on conditions, at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import engine
import processes
from engine import Record
from tests.stories.office import CHANGE, MOVE, Office, id_of

YES, BACK = {"decision": "approved"}, date(2026, 4, 30)
MOVED = date(2026, 5, 20)
SECOND = {"action": "move", "milestone": "M2", "target": "2026-07-20"}


def asked(*items: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A change request with these items."""
    return {**CHANGE, "items": list(items), **more}


def act(office: Office, login: str, change: str, element: str, answers: Mapping[str, Any]) -> None:
    """Complete the task of one change, where tasks of several wait for the same person."""
    instance = said(office, change).instance
    (found,) = (one for one in office.tasks(login, element) if one.instance == instance)
    with office.writing() as unit:
        by = office.actor(unit, login)
        engine.complete(unit, found.id, answers, by, signature=office.signature(unit, found, answers, by))


def said(office: Office, change: str) -> processes.Change:
    with office.looking() as unit:
        return processes.change(unit, office.project, change)


def plan_record(office: Office) -> Record:
    """The revision of the plan that holds."""
    with office.looking() as unit:
        return engine.record(unit, processes.plan(unit, office.project).record)


def section(record: Record, heading: str) -> dict[str, Any]:
    return next(one for one in record.sections if one["heading"] == heading)


def gaps(office: Office, kind: str) -> list[processes.Gap]:
    with office.looking() as unit:
        return processes.gaps(unit, office.project, kind=kind)


def edited_after_the_first_of_three_signatures(office: Office) -> None:
    """The last milestone moves: three have to sign. One has signed, one sends it back; all three sign the new text."""
    office.run()
    later = {"action": "move", "milestone": "M3", "target": "2026-10-15"}
    office.raise_change("tomas", items=[later])
    office.decide("greta")
    office.decide("dorothea", "returned", "Two weeks are too many")
    office.do("tomas", "revise-change", asked({**later, "target": "2026-10-07"}))
    with office.looking() as unit:
        first, second = engine.revisions(unit, "change-request", office.project, "C1")
        assert [one.valid for one in engine.signatures(unit, first.id)] == [False, False, False], "seen, and void"
        assert engine.approvals(unit, second.id) == {}
    assert len(office.open("decide-change")) == 3
    for login in ("samuel", "dorothea"):
        office.decide(login)
    assert office.targets()["M3"] == date(2026, 9, 30), "Greta signed another text"
    office.decide("greta")
    assert office.targets()["M3"] == date(2026, 10, 7)


def two_changes_on_the_same_milestone(office: Office) -> None:
    """The first one moves the plan under the second: that is rebased, seeing both, and signed on the plan as it is."""
    office.run()
    office.raise_change("tomas")
    office.raise_change("mei", items=[{**MOVE, "target": "2026-06-10"}])
    act(office, "greta", "C2", "decide-change", YES)
    for login in ("greta", "samuel"):
        act(office, login, "C1", "decide-change", YES)
    act(office, "samuel", "C2", "decide-change", YES)
    assert office.targets()["M1"] == MOVED, "both have approved it, for a plan that is gone"
    page = office.page("mei", "rebase-change").response.text
    assert all(day in page for day in ("30 April 2026", "20 May 2026", "10 June 2026"))
    office.do("mei", "rebase-change", asked({**MOVE, "target": "2026-06-10"}))
    for login in ("greta", "samuel"):
        act(office, login, "C2", "decide-change", YES)
    assert office.targets()["M1"] == date(2026, 6, 10)
    assert plan_record(office).revision == 3


def approved_in_part(office: Office) -> None:
    """What everybody approves is put to them as a text of its own; the rest goes back and names where it comes from."""
    office.run()
    office.raise_change("mei", items=[MOVE, SECOND])
    office.decide("greta")
    office.do("samuel", "decide-change", {"decision": "partly", "items": ["0"], "comment": "Build has time enough"})
    assert office.targets() == {"M1": BACK, "M2": date(2026, 6, 30), "M3": date(2026, 9, 30)}
    assert len(office.open("decide-change")) == 2, "nobody has signed the part as such"
    assert (said(office, "C2").source, said(office, "C2").raised_by) == ("C1", id_of("mei"))
    with office.looking() as unit:
        part = engine.current(unit, "change-request", office.project, "C1")
        task = office.task("mei", "describe-change")
        begun = engine.task_form(unit, task, office.actor(unit, "mei"))
    assert [one["milestone"] for one in part.data["items"]] == ["M1"]
    assert section(part, "Split from the whole")["table"]["rows"][0][1] == "M2"
    assert [one["milestone"] for one in begun.values["items"]] == ["M2"]
    assert begun.context["change_remarks"][0]["comment"] == "Build has time enough"
    for login in ("greta", "samuel"):
        office.decide(login)
    assert (office.targets()["M1"], office.targets()["M2"]) == (MOVED, date(2026, 6, 30))


def on_conditions(office: Office, login: str = "greta", days: int = 10) -> None:
    """One approves on two conditions, the other without any: the plan follows at once, for the time being."""
    due = (office.clock.now.date() + timedelta(days=days)).isoformat()
    conditions = [
        {"text": "Show the parts", "owner": id_of("rahul"), "due": due},
        {"text": "Tell the customer", "owner": id_of("ines"), "due": due},
    ]
    office.raise_change("tomas")
    office.do(login, "decide-change", {"decision": "conditional", "conditions": conditions})
    office.decide("samuel")
    change = "C1"
    assert said(office, change).status == "conditional"
    assert office.targets()["M1"] == MOVED
    assert [row[0] for row in section(plan_record(office), "Approved on conditions")["table"]["rows"]] == [
        "Show the parts", "Tell the customer",
    ]  # fmt: skip
    assert office.open("do-action") == sorted([id_of("rahul"), id_of("ines")])


def a_condition_that_lapses(office: Office) -> None:
    """One condition is met and one is not: the plan goes back by itself, in a revision that says why."""
    office.run()
    on_conditions(office)
    page = office.browser("mei").get(f"/projects/{office.project}/plan").text
    assert "holds on conditions" in page
    office.do("rahul", "do-action", {"outcome": "done", "text": "Here they are"})
    assert office.tasks("ines", "verify-action") == [], "whoever set a condition says whether it is met"
    office.do("greta", "verify-condition", {"decision": "closed", "text": ""})
    office.wait(days=9)
    assert said(office, "C1").status == "conditional"
    office.wait(days=4)
    assert said(office, "C1").status == "lapsed"
    assert office.targets()["M1"] == BACK
    record = plan_record(office)
    assert record.revision == 3
    assert "Tell the customer (Ines Okafor" in section(record, "Why the plan went back")["text"]
    with office.looking() as unit:
        kept = {one.number: one.dates["M1"] for one in processes.baselines(unit, office.project)}
        assert kept == {0: BACK, 1: MOVED, 2: BACK}, "no baseline is rewritten"
        assert [one.kind for one in processes.forecasts(unit, office.project, "M1")] == ["expected"] * 3
        assert processes.verify_plans(unit) == ()
        told = processes.communications(unit, office.project, about="change-lapsed")
    assert len(told) == 7
    (gap,) = gaps(office, "condition-lapsed")
    assert (gap.person, gap.by) == (id_of("ines"), engine.SYSTEM)
    assert office.open("confirm-implementation") == []


def conditions_that_are_met(office: Office) -> None:
    """Opening an action again until another day does not give a condition more time; doing it in time does."""
    office.run()
    on_conditions(office)
    office.do("ines", "do-action", {"outcome": "done", "text": "Told"})
    office.do("greta", "verify-condition", {"decision": "reopened", "text": "By whom?", "due": "2026-09-01"})
    office.do("ines", "do-action", {"outcome": "done", "text": "By me"})
    office.do("rahul", "do-action", {"outcome": "done", "text": "Here"})
    for _ in range(2):
        office.do("greta", "verify-condition", {"decision": "closed", "text": ""})
    office.wait(days=1)
    assert said(office, "C1").status == "applied"
    office.do("ines", "confirm-implementation", {"done": True})
    office.wait(days=30)
    assert (said(office, "C1").status, office.targets()["M1"]) == ("implemented", MOVED)


def an_emergency_that_nobody_ratifies(office: Office) -> None:
    """In force on the sponsor's signature; the silence is a gap and goes up; refused, a new change takes it back."""
    office.run()
    office.raise_change("tomas", urgency="emergency")
    assert office.open("decide-change") == []
    office.do("dorothea", "decide-emergency", {"decision": "approved", "comment": "The crane is here today"})
    assert (office.targets()["M1"], said(office, "C1").status) == (MOVED, "provisional")
    assert "not ratified" in office.browser("mei").get(f"/projects/{office.project}/plan").text
    office.wait(days=8)
    (gap,) = gaps(office, "not-ratified")
    assert (gap.about, gap.by) == ("C1", engine.SYSTEM)
    with office.looking() as unit:
        up = {one.recipient for one in processes.communications(unit, office.project, about="change-unratified")}
    assert up == {id_of(login) for login in ("dorothea", "ines", "greta", "samuel")}
    assert office.targets()["M1"] == MOVED
    office.decide("greta", "rejected", "It could have waited")
    assert (said(office, "C1").status, said(office, "C2").source) == ("refused", "C1")
    assert office.targets()["M1"] == MOVED, "nothing moves the plan without signatures, not even back"
    with office.looking() as unit:
        begun = engine.task_form(unit, office.task("ines", "describe-change"), office.actor(unit, "ines")).values
    (back,) = begun["items"]
    assert (back["action"], back["milestone"], back["target"]) == ("move", "M1", "2026-04-30")
    office.do("ines", "describe-change", asked({**MOVE, "target": back["target"]}))
    for login in ("greta", "samuel"):
        office.decide(login)
    assert office.targets()["M1"] == BACK


def emergencies_that_wait_and_that_are_ratified(office: Office) -> None:
    """The sponsor lets one wait, so everybody decides as usual; another one is in force and is ratified in time."""
    office.run()
    office.raise_change("tomas", urgency="emergency")
    office.do("dorothea", "decide-emergency", {"decision": "ordinary", "comment": "Next week is soon enough"})
    assert (office.targets()["M1"], len(office.open("decide-change"))) == (BACK, 2)
    for login in ("greta", "samuel"):
        office.decide(login)
    assert office.targets()["M1"] == MOVED
    office.raise_change("mei", items=[SECOND], urgency="emergency")
    office.do("dorothea", "decide-emergency", {"decision": "approved", "comment": "Now"})
    assert office.targets()["M2"] == date(2026, 7, 20)
    for login in ("greta", "samuel"):
        office.decide(login)
    assert said(office, "C2").status == "applied"
    office.wait(days=20)
    assert gaps(office, "not-ratified") == []


def dropped_inserted_renamed_renumbered(office: Office) -> None:
    """Ids stay whatever happens to names and places; a new name is no slip, and what was dropped is owed no more."""
    office.run()
    insert = {
        "action": "add", "id": "M1b", "name": "Review of the design", "deliverable": "Minutes",
        "criterion": "The minutes are signed by 2 people", "owner": id_of("tomas"), "target": "2026-05-15",
    }  # fmt: skip
    office.raise_change(
        "mei", items=[{"action": "drop", "milestone": "M2"}, {"action": "rename", "milestone": "M1", "name": "Sketch"},
                      insert]
    )  # fmt: skip
    for login in ("greta", "samuel", "dorothea"):
        office.decide(login)
    with office.looking() as unit:
        found = processes.plan(unit, office.project)
        numbers = processes.metrics(unit, office.project, date(2026, 12, 31))
        facts = [one for one in processes.history(unit, office.project).facts if one.milestone == "M1"]
    assert [(one.id, one.name, one.sequence) for one in found.milestones] == [
        ("M1", "Sketch", 1), ("M1b", "Review of the design", 2), ("M2", "Build", 3), ("M3", "Release", 4),
    ]  # fmt: skip
    assert found.milestone("M3").after == ("M1",)
    assert (found.milestone("M1").target, found.milestone("M1").forecast) == (BACK, BACK)
    assert len(facts) == 1, "its new name left no forecast"
    assert (numbers.dropped, numbers.added, numbers.earned.n, numbers.earned.pv) == (("M2",), ("M1b",), 2, 2)


def a_forecast_that_asks_nobody(office: Office) -> None:
    """What is expected is information: written down at once, and nothing that was agreed moves."""
    office.run()
    office.raise_change("tomas", items=[{"action": "forecast", "milestone": "M1", "target": "2026-05-04"}])
    assert office.open("decide-change") == []
    with office.looking() as unit:
        one = processes.plan(unit, office.project).milestone("M1")
        assert (one.forecast, one.target) == (date(2026, 5, 4), BACK)
        assert [told.kind for told in processes.forecasts(unit, office.project, "M1")] == ["expected"] * 2
    assert (said(office, "C1").status, plan_record(office).revision, office.baseline()) == ("recorded", 1, 0)


def asked_in_turn(office: Office) -> None:
    """One after the other, each when the one before has signed."""
    office.run(settings={"change_order": "sequential"})
    office.raise_change("tomas")
    assert office.open("decide-change") == [id_of("greta")]
    office.decide("greta")
    assert office.open("decide-change") == [id_of("samuel")]
    office.decide("samuel")
    assert office.targets()["M1"] == MOVED


CHANGES = (
    two_changes_on_the_same_milestone,
    approved_in_part,
    a_condition_that_lapses,
    conditions_that_are_met,
    an_emergency_that_nobody_ratifies,
    emergencies_that_wait_and_that_are_ratified,
    a_forecast_that_asks_nobody,
    asked_in_turn,
)
"""Those that go ways which no other story goes."""
