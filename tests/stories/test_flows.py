"""Every way through the shipped diagrams is gone: most of them in the demo, the rest in the stories that stand here.

A story completes tasks with their real forms, and lets time pass where nobody answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

import engine
import processes
from tests.databases import on_sqlite
from tests.stories.acceptance import accept_everything, claims_of_a_project
from tests.stories.actions import actions_of_a_project
from tests.stories.changes import CHANGES
from tests.stories.deadlock import a_plan_that_the_sponsor_stops, plans_without_agreement
from tests.stories.escalations import SILENCES
from tests.stories.holds import a_project_on_hold
from tests.stories.lateness import weeks_that_are_late
from tests.stories.office import CHANGE, PLAN, Office, id_of, milestone
from tests.stories.reviews import a_review_that_is_moved_at_every_stage_and_called_off, reviews_without_a_quorum
from tests.stories.stages import Stages


def statuses(office: Office, process: str) -> list[str]:
    """How the instances of a process stand, the first one first."""
    with office.looking() as unit:
        found = engine.instances(unit, process=process)
    return [one.status for one in sorted(found, key=lambda one: (one.started_at, one.id))]


def passed(office: Office, process: str, end: str) -> bool:
    """Whether an instance of a process went through an element."""
    with office.looking() as unit:
        return any(
            step.element == end
            for one in engine.instances(unit, process=process)
            for step in engine.trail(unit, one.id)
        )


def a_plan_that_cannot_be_measured(office: Office) -> None:
    """It goes back to its author before any owner is asked."""
    office.register()
    vague = [{**PLAN["milestones"][0], "criterion": "mostly done"}, *PLAN["milestones"][1:]]
    office.do("ines", "draft-plan", {**PLAN, "milestones": vague})
    assert office.open("accept-ownership") == []
    office.do("ines", "revise-plan", PLAN)
    assert len(office.open("accept-ownership")) == 3


def silent_owners_and_silent_approvers(office: Office) -> None:
    """Whoever does not answer is reminded, noted, chased; none of it counts as a yes."""
    office.register(start=date(2026, 4, 1))
    office.do("ines", "draft-plan", PLAN)
    office.do("tomas", "accept-ownership", {"decision": "accepted"})
    office.wait(days=6)
    with office.looking() as unit:
        reminded = {one.recipient for one in processes.communications(unit, office.project, about="reminder")}
    assert reminded == {id_of("mei"), id_of("rahul")}
    office.wait(days=10)
    assert office.open("accept-ownership") == []
    office.do("ines", "revise-plan", PLAN)
    office.accept_all()
    office.do("greta", "sign-baseline", {"decision": "approved"})
    office.wait(days=17)
    assert office.open("sign-baseline") == []
    assert office.baseline() is None
    office.do("ines", "chase-sign-off", {"next": "ask-again"})
    assert office.open("sign-baseline") == [id_of("samuel")], "Greta has signed this very revision"
    office.wait(days=17)
    office.do("ines", "chase-sign-off", {"next": "revise", "comment": "Once more, with Samuel"})
    office.do("ines", "revise-plan", PLAN)
    office.accept_all()
    office.wait(days=4)
    office.do("greta", "sign-baseline", {"decision": "approved"})
    office.do("samuel", "sign-baseline", {"decision": "rejected", "comment": "Not before I have read it"})
    office.wait(days=4)
    office.do("ines", "revise-plan", PLAN)
    office.accept_all()
    for login in ("greta", "samuel"):
        office.do(login, "sign-baseline", {"decision": "approved"})
    assert office.baseline() == 0
    assert statuses(office, "milestone-setup") == ["completed"]


def a_project_that_runs_already(office: Office) -> None:
    """Entered late, it records the deviation; what was reached before is reached."""
    office.register(start=date(2026, 2, 2))
    office.do("ines", "record-deviation", {"since": "2026-02-02", "reason": "Nobody knew", "measures": "Plan now"})
    early = milestone("M1", "Design", "tomas", "2026-02-20", actual="2026-02-20")
    office.do("ines", "draft-plan", {**PLAN, "milestones": [early, *PLAN["milestones"][1:]]})
    assert office.open("accept-ownership") == sorted([id_of("mei"), id_of("rahul")])


def a_project_closed_before_it_began(office: Office) -> None:
    """Closing it while it is planned ends it; nothing is left open."""
    office.register()
    with office.writing() as unit:
        processes.close(unit, office.project, office.actor(unit, "ines"), "No money")
    assert passed(office, "project-under-sop", "ended-unbegun")
    with office.looking() as unit:
        assert processes.project(unit, office.project).status == "closed"


def weeks_of_a_project(office: Office) -> None:
    """An update in time, one returned, one missed, and at the end a week in which nothing is open."""
    office.run()
    while not office.open("submit-update"):
        office.wait(days=1)
    report = {"status": "on-track", "percent": 10}
    for login, of in (("tomas", 0), ("mei", 1), ("rahul", 2)):
        row = PLAN["milestones"][of]
        line = {"milestone": row["id"], "name": row["name"], "forecast": row["target"], **report}
        office.do(login, "submit-update", {"milestones": [line], "nothing_to_report": True})
    back = {"decision": "returned", "return_to": id_of("mei"), "comment": "Ten of what?"}
    office.do("ines", "release-status", back)
    assert office.open("submit-update") == [id_of("mei")]
    office.wait(days=14)
    with office.looking() as unit:
        missed = processes.log(unit, office.project, kinds=["missed"])
    assert id_of("mei") in {one.person for one in missed}
    assert {one.person for one in missed} <= {id_of(login) for login in ("tomas", "mei", "rahul")}
    while office.tasks("ines", "release-status"):
        with office.writing() as unit:
            task = office.tasks("ines", "release-status")[0]
            engine.complete(unit, task.id, {"decision": "released"}, office.actor(unit, "ines"))
    everything_reached(office)
    for task in office.tasks("ines", "release-status"):
        with office.writing() as unit:
            engine.complete(unit, task.id, {"decision": "released"}, office.actor(unit, "ines"))
    accept_everything(office)
    office.wait(days=8)
    assert passed(office, "weekly-update", "nothing-open")


def everything_reached(office: Office) -> None:
    """In the week that is open, every owner reports that it is done."""
    while not office.open("submit-update"):
        office.wait(days=1)
    today = office.clock.now.date().isoformat()
    for login, of in (("tomas", 0), ("mei", 1), ("rahul", 2)):
        row = PLAN["milestones"][of]
        done = {"milestone": row["id"], "name": row["name"], "status": "achieved", "actual": today}
        for task in office.tasks(login, "submit-update")[-1:]:
            with office.writing() as unit:
                answers = {"milestones": [done], "achievements": "Done"}
                engine.complete(unit, task.id, answers, office.actor(unit, login))


def changes_of_a_project(office: Office) -> None:
    """One is made; one is returned, not answered in time, rejected, asked for anew, and rejected again."""
    office.run()
    office.raise_change("tomas")
    for login in ("greta", "samuel"):
        office.decide(login)
    office.do("ines", "confirm-implementation", {"done": True})
    assert office.targets()["M1"] == date(2026, 5, 20)
    later = {**CHANGE, "items": [{"action": "move", "milestone": "M2", "target": "2026-07-20"}]}
    office.raise_change("mei", **later)
    office.decide("greta", "returned")
    office.do("mei", "revise-change", later)
    office.wait(days=8)
    with office.looking() as unit:
        silent = {one.person for one in processes.log(unit, office.project, kinds=["unanswered"])}
    assert silent == {id_of("greta"), id_of("samuel")}
    office.decide("greta", "rejected")
    office.wait(days=4)  # the escalation finds nobody who is still asked
    office.do("mei", "consider-rejection", {"next": "again"})
    office.do("mei", "describe-change", later)
    office.decide("samuel", "rejected")
    office.do("mei", "consider-rejection", {"next": "leave"})
    assert office.targets()["M2"] == date(2026, 6, 30)
    assert statuses(office, "change-approval") == ["completed", "completed", "completed"]


def a_change_written_on_a_plan_that_moved(office: Office) -> None:
    """Described before another one was applied and handed in after it: it goes back to be written on the new plan."""
    office.run()
    office.raise_change("tomas")
    later = {**CHANGE, "items": [{"action": "move", "milestone": "M2", "target": "2026-07-20"}]}
    with office.writing() as unit:
        processes.request_change(unit, office.project, office.actor(unit, "mei"))
    for login in ("greta", "samuel"):
        office.decide(login)
    office.do("mei", "describe-change", later)
    assert office.open("rebase-change") == [id_of("mei")], "its base was overtaken"
    office.do("mei", "rebase-change", later)
    assert len(office.open("decide-change")) == 2
    assert passed(office, "change-approval", "rebase-change")


def closures_of_a_project(office: Office) -> None:
    """Taken back at a second look; then with silence, a no and a reminder; nothing is proposed."""
    office.run()
    with office.writing() as unit:
        processes.close(unit, office.project, office.actor(unit, "ines"), "Too soon")
    office.do("ines", "settle-gaps", {"next": "look-again"})
    office.do("ines", "settle-gaps", {"next": "withdraw", "reason": "A mistake"})
    office.wait(hours=1)
    with office.writing() as unit:
        processes.close(unit, office.project, office.actor(unit, "ines"), "Done")
    office.do("ines", "settle-gaps", {"next": "close", "reason": "The rest is dropped"})
    office.do("ines", "evaluate-procedure", dict.fromkeys(("verdict", "tracking", "reviews", "changes"), "effective"))
    office.wait(days=15)
    lessons = {"lessons": [{"kind": "keep", "text": "All of it"}], "proposals": [], "no_proposal": True}
    office.do("ines", "draw-lessons", lessons)
    office.do("greta", "sign-closure", {"decision": "rejected", "comment": "Too short"})
    office.do("ines", "draw-lessons", {**lessons, "lessons": [{"kind": "keep", "text": "The weekly rhythm"}]})
    office.wait(days=6)
    for login in ("greta", "samuel", "dorothea"):
        office.do(login, "sign-closure", {"decision": "approved"})
    assert statuses(office, "closure") == ["completed", "completed"]


def a_project_closed_with_nothing_open(office: Office) -> None:
    """Everything is reached, so nobody has to settle anything."""
    office.run()
    while not office.open("submit-update"):
        office.wait(days=1)
    for login, of in (("tomas", 0), ("mei", 1), ("rahul", 2)):
        row = PLAN["milestones"][of]
        line = {"milestone": row["id"], "name": row["name"], "status": "achieved", "actual": "2026-03-06"}
        office.do(login, "submit-update", {"milestones": [line], "achievements": f"{row['name']} is done"})
    office.do("ines", "release-status", {"decision": "released"})
    accept_everything(office)
    with office.writing() as unit:
        processes.close(unit, office.project, office.actor(unit, "ines"), "Done")
    assert office.open("settle-gaps") == []
    assert len(office.open("give-feedback")) == 5


def the_sop_itself(office: Office) -> None:
    """Reviewed without a change, looked at again before the year is over, revised, read by everybody."""
    office.run()
    with office.writing() as unit:
        for login, role in (("pavel", "SOP Owner"), ("dorothea", "SOP Approver")):
            processes.give_duty(unit, id_of(login), role, office.actor(unit, "lena"))
        processes.ask_for_review(unit, office.actor(unit, "pavel"))
    office.do("pavel", "judge-proposal", {"decision": "no-change", "why": "It works"})
    office.do("pavel", "record-no-change", {"statement": "Every clause was looked at."})
    office.clock.now += timedelta(days=30)
    with office.writing() as unit:
        processes.ask_for_review(unit, office.actor(unit, "pavel"))
    office.do("pavel", "judge-proposal", {"decision": "revise", "why": "One clause is unclear"})
    draft = {"version": "1.1", "effective_on": "2026-06-01", "description": "Clearer", "wording": "5.3b"}
    office.do("pavel", "draft-revision", {**draft, "running": "finish"})
    office.do("dorothea", "approve-revision", {"decision": "rejected", "comment": "Unclear still"})
    office.do("pavel", "draft-revision", {**draft, "running": "finish", "wording": "5.3b Three days."})
    office.do("dorothea", "approve-revision", {"decision": "approved"})
    for login in ("ines", "tomas", "mei", "rahul", "greta", "samuel", "dorothea", "pavel"):
        office.do(login, "read-revision", {"read": True})
    with office.writing() as unit:
        processes.close(unit, office.project, office.actor(unit, "ines"), "Done")  # a quiet year is quicker to live
    office.do("ines", "settle-gaps", {"next": "close", "reason": "Done"})
    office.do("ines", "evaluate-procedure", dict.fromkeys(("verdict", "tracking", "reviews", "changes"), "effective"))
    for login in ("tomas", "mei", "rahul", "greta", "samuel"):
        helped = dict.fromkeys(("tracking", "reviews", "changes"), "helped")
        office.do(login, "give-feedback", {**helped, "change": "Nothing"})
    proposal = {"text": "Be brief", "reason": "Time", "clause": ""}
    lessons = {"lessons": [{"kind": "keep", "text": "All"}], "proposals": [proposal], "no_proposal": False}
    office.do("ines", "draw-lessons", lessons)
    for login in ("greta", "samuel", "dorothea"):
        office.do(login, "sign-closure", {"decision": "approved"})
    office.do("pavel", "judge-proposal", {"decision": "reject", "why": "Brief already"})
    office.do("pavel", "record-no-change", {"statement": "The proposal was judged."})
    office.wait(days=500)
    assert office.tasks("pavel", "judge-proposal"), "a year after the last look it is reviewed again"


STORIES: tuple[Callable[[Office], None], ...] = (
    a_plan_that_cannot_be_measured,
    silent_owners_and_silent_approvers,
    a_project_that_runs_already,
    a_project_closed_before_it_began,
    weeks_of_a_project,
    actions_of_a_project,
    claims_of_a_project,
    a_review_that_is_moved_at_every_stage_and_called_off,
    reviews_without_a_quorum,
    changes_of_a_project,
    a_change_written_on_a_plan_that_moved,
    closures_of_a_project,
    a_project_closed_with_nothing_open,
    a_project_on_hold,
    weeks_that_are_late,
    plans_without_agreement,
    a_plan_that_the_sponsor_stops,
    the_sop_itself,
)


@dataclass
class Telling:
    """Stories that have been told, each once, with the flows that were travelled in it."""

    stages: Stages

    def tell(self, story: Callable[[Office], None]) -> dict[str, set[str]]:
        """Process -> flows travelled in this story, which is told once in a test run."""
        return self.stages.databases.shared(f"flows of {story.__name__}", lambda: self._told(story))

    def _told(self, story: Callable[[Office], None]) -> dict[str, set[str]]:
        with self.stages.kept_in(self.stages.folders.mktemp("told"), self.stages.sop()) as office:
            story(office)
            assert office.verdict().findings == ()
            assert office.incidents() == []
            return office.flows()


def _travelled(flows: Mapping[str, set[str]], process: str) -> set[str]:
    """The flows of a process that were travelled; one that others call runs in their instances."""
    return set().union(*flows.values()) if process == "escalation" else flows.get(process, set())


@pytest.fixture
def telling(stages: Stages) -> Telling:
    return Telling(stages)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_story(telling: Telling, story: Callable[[Office], None]) -> None:
    assert telling.tell(story)


@on_sqlite
@pytest.mark.parametrize("story", SILENCES, ids=lambda story: story.__name__)
def test_a_silence(telling: Telling, story: Callable[[Office], None]) -> None:
    assert telling.tell(story)


@on_sqlite
def test_every_sequence_flow_of_every_diagram_is_travelled(telling: Telling, stages: Stages, tmp_path: Path) -> None:
    told = [telling.tell(story) for story in (*STORIES, *CHANGES, *SILENCES)]
    with stages.kept_in(tmp_path / "demo", stages.demo()) as demo:
        told.append(demo.flows())
        with demo.looking() as unit:
            drawn = {one.process: set(engine.prepared(unit, one.id).flows) for one in engine.definitions(unit)}
    assert len(drawn) == 10
    missing = {
        process: sorted(flows - set().union(*(_travelled(one, process) for one in told)))
        for process, flows in drawn.items()
    }
    assert not any(missing.values()), {process: flows for process, flows in missing.items() if flows}
