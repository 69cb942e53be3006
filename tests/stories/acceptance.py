"""Milestones that are claimed complete, and what becomes of the claims: verified, sent back, accepted, taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import processes
from engine import Task
from tests.stories.office import PLAN, Office, id_of, milestone

EVIDENCE = {"decision": "complete", "text": "All 12 tests of Design pass: report 7, run by Mei-Ling on Friday."}
MEASURED = {"decision": "approved", "findings": "I ran the 12 tests again: all of them pass."}
CONTRACTUAL = [milestone("M1", "Design", "tomas", "2026-04-30", type="contractual"), *PLAN["milestones"][1:]]


def run_contractual(office: Office) -> None:
    """A running project whose first milestone is contractual."""
    office.register()
    office.do("ines", "draft-plan", {**PLAN, "milestones": CONTRACTUAL})
    office.accept_all()
    for login in ("greta", "samuel"):
        office.do(login, "sign-baseline", {"decision": "approved"})


def claim(office: Office, login: str = "tomas", of: str = "M1") -> str:
    """Claim a milestone by hand; its owner is asked for the evidence."""
    with office.writing() as unit:
        return processes.claim_milestone(unit, office.project, of, office.actor(unit, login))


def today(office: Office) -> str:
    """The day on the office's clock."""
    return office.clock.now.date().isoformat()


def give_evidence(office: Office, login: str = "tomas", **more: Any) -> None:
    """State a claim that waits for its owner."""
    office.do(login, "state-claim", {**EVIDENCE, "met_on": today(office), **more})


def standing(office: Office, of: str = "M1") -> tuple[str, date | None]:
    """The status of a milestone, and the day on which it was achieved."""
    with office.looking() as unit:
        found = processes.plan(unit, office.project).milestone(of)
    assert found
    return found.status, found.actual


def claims(office: Office) -> list[processes.Claim]:
    """The claims of the project, the first one first."""
    with office.looking() as unit:
        return processes.claims(unit, office.project)


def tasks_at(office: Office, element: str, *logins: str) -> list[tuple[str, Task]]:
    """The tasks that wait for these people at an element."""
    return [(login, task) for login in logins for task in office.tasks(login, element)]


def accept_everything(office: Office) -> None:
    """Every claim that waits is stated by its owner and verified."""
    for login, _ in tasks_at(office, "state-claim", "tomas", "mei", "rahul"):
        give_evidence(office, login)
    while office.tasks("ines", "verify-claim"):
        office.do("ines", "verify-claim", MEASURED)


def claims_of_a_project(office: Office) -> None:
    """Taken back, sent back by the manager and by a stakeholder, decided by the sponsor, accepted with two points."""
    run_contractual(office)
    claim(office)
    office.do("tomas", "state-claim", {"decision": "withdraw", "text": "Two tests fail after all."})
    assert [one.state for one in claims(office)] == ["withdrawn"]
    claim(office)
    give_evidence(office)
    for number in (1, 2):
        office.do("ines", "verify-claim", {"decision": "rejected", "findings": f"Test {number} fails."})
        assert standing(office) == ("not-started", None)
        give_evidence(office)
    office.do("ines", "verify-claim", MEASURED)
    office.wait(days=8)
    with office.looking() as unit:
        reminded = {one.recipient for one in processes.communications(unit, office.project, about="reminder")}
        silent = {one.person for one in processes.log(unit, office.project, kinds=["unanswered"])}
    assert reminded >= {id_of("greta"), id_of("samuel")}
    assert silent == {id_of("greta"), id_of("samuel")}
    office.do("greta", "accept-milestone", {"decision": "rejected", "comment": "The report is not signed."})
    assert office.open("accept-milestone") == []
    give_evidence(office)
    assert office.open("verify-claim") == []
    points = [
        {"text": "Sign the report", "owner": id_of("mei"), "due": "2026-05-01", "priority": "high"},
        {"text": "File it", "owner": id_of("samuel"), "due": "2026-05-08", "priority": "normal"},
    ]
    office.do("dorothea", "verify-for-manager", {**MEASURED, "points": points})
    for login in ("greta", "samuel"):
        assert standing(office)[1] is None
        office.do(login, "accept-milestone", {"decision": "approved"})
    assert standing(office) == ("achieved", office.clock.now.date())
    assert office.open("do-action") == sorted([id_of("mei"), id_of("samuel")])
    taken_over_and_given_back(office)


def taken_over_and_given_back(office: Office) -> None:
    """The manager becomes the owner of what is claimed, so the sponsor verifies; until somebody else owns it again."""
    with office.writing() as unit:
        processes.add_member(unit, office.project, id_of("ines"), "Project Team", office.actor(unit, "lena"))
    claim(office, "mei", "M2")
    give_evidence(office, "mei")
    for owner, asked, unasked in (("ines", "dorothea", "ines"), ("mei", "ines", "dorothea")):
        office.raise_change(items=[{"action": "owner", "milestone": "M2", "owner": id_of(owner)}])
        for login in ("greta", "samuel"):
            office.decide(login)
        waiting = {login: [one.step for one in office.tasks(login)] for login in (asked, unasked)}
        assert ("acceptance.verify" in waiting[asked], "acceptance.verify" in waiting[unasked]) == (True, False)
    office.do("ines", "verify-claim", MEASURED)
    assert standing(office, "M2")[0] == "achieved"
