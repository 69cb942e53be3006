"""Tokens walk through every diagram: each flow is travelled, each end reached, in stories that projects really have.

The steps are played: a story says what each gives. What they do to a project is tested with the steps themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine import StepFailed
from engine.bpmn import Prepared, prepare
from tests.processes.sop.drawing import BUNDLE, PROCESSES
from tests.processes.sop.walking import Walk, at

OWNERS = {"ann": "Project Team", "bob": "Project Team"}
APPROVERS = {"sue": "Stakeholder", "tom": "Stakeholder"}


@pytest.fixture(scope="module")
def prepared() -> Mapping[str, Prepared]:
    """The processes of the bundle, ready to run."""
    return prepare({path.name: path.read_bytes() for kind in ("bpmn", "dmn") for path in BUNDLE.glob(f"*.{kind}")})


OPENED = {
    "weekly_anchor": at(4),
    "weekly_step": "P7D",
    "review_anchor": at(25),
    "review_step": "P1M",
    "zone": "Europe/Prague",
}


def a_project_runs_and_is_closed(process: Prepared) -> Walk:
    """Three updates, one review, two changes, then the closing."""
    walk = Walk(process, {"project.open": OPENED}).begin("project.registered", {})
    walk.tell("baseline.approved").wait(26).tell("change.requested", change="C1").tell("change.requested", change="C2")
    names = [name for name, _ in walk.sent]
    assert (names.count("weekly.due"), names.count("review.due"), names.count("change.start")) == (4, 1, 2)
    periods = [payload["period_end"][:10] for name, payload in walk.sent if name == "weekly.due"]
    assert periods == ["2026-03-06", "2026-03-13", "2026-03-20", "2026-03-27"]
    assert [payload for name, payload in walk.sent if name == "change.start"] == [{"change": "C1"}, {"change": "C2"}]
    walk.tell("closure.requested", reason="too soon").tell("closure.withdrawn")
    assert walk.sent[-1] == ("closure.needed", {"reason": "too soon", "asked_at": walk.now.isoformat()})
    walk.wait(7).tell("closure.requested", reason="done").tell("closure.signed")
    assert [name for name, _ in walk.sent].count("weekly.due") == 5, "it went on when the closure was taken back"
    return walk.ended("project-closed")


def a_project_is_closed_before_it_began(process: Prepared) -> Walk:
    """Closed while the plan was still being made."""
    walk = (
        Walk(process, {"project.open": OPENED})
        .begin("project.registered", {})
        .tell("closure.requested", reason="no money")
    )
    assert [call.step for call in walk.calls] == ["project.open", "project.close"]
    return walk.ended("ended-unbegun")


def a_project_is_held_and_cancelled(process: Prepared) -> Walk:
    """Its settings change, it is held until it is resumed, held and prolonged until that is over, and cancelled."""
    weekly = {**OPENED, "weekly_step": "P14D"}
    hold = [{"hold_until": at(40)}, {"hold_until": at(60)}, {"hold_until": at(70)}]
    steps = {"project.open": OPENED, "project.cadence": weekly, "project.resume": OPENED, "project.hold": hold}
    walk = Walk(process, steps).begin("project.registered", {}).tell("baseline.approved").tell("settings.changed")
    walk.wait(20).tell("project.on-hold", until=at(40)).wait(15)
    assert [name for name, _ in walk.sent].count("weekly.due") == 2, "every other week, and never in a hold"
    walk.tell("project.resumed").wait(12)
    assert [name for name, _ in walk.sent].count("weekly.due") == 3
    walk.tell("project.on-hold", until=at(60)).tell("project.on-hold", until=at(70)).wait(20)
    assert [call.step for call in walk.calls].count("project.resume") == 1
    walk.wait(10)
    assert [call.step for call in walk.calls].count("project.resume") == 2
    walk.tell("project.cancelled", reason="no customer", short=True)
    assert walk.sent[-1] == (
        "closure.needed", {"reason": "no customer", "asked_at": walk.now.isoformat(), "short": True},
    )  # fmt: skip
    return walk.tell("closure.signed").ended("project-closed")


ANSWER = {"remind_at": at(3), "answer_by": at(5), "escalate_at": at(7)}
SETUP = {
    "plan.open": {"late": False}, "plan.check": {"plan_sound": True},
    "plan.owners": {"owners": OWNERS, "owner_answers": {}, **ANSWER},
    "plan.accepted": {"all_accepted": True, "approval_rule": "stakeholders"},
    "plan.approvers": {"approvers": APPROVERS, "approvals": {}, **ANSWER}, "plan.outcome": {"baseline_approved": True},
    "escalation.look": {"turn": "nobody", "next_at": at(0)},
}  # fmt: skip


def answering(first: float) -> dict[str, str]:
    """When those are reminded, late and not waited for any longer who are asked so many days after the beginning."""
    return {"remind_at": at(first + 3), "answer_by": at(first + 5), "escalate_at": at(first + 7)}


def a_plan_is_drafted_accepted_and_signed(process: Prepared) -> Walk:
    """Nothing goes wrong."""
    walk = Walk(process, SETUP).begin("plan.needed", {})
    assert walk.open() == [("draft-plan", None)]
    walk.do("draft-plan").everybody("accept-ownership", "owner_answer", decision="accepted")
    assert walk.open() == [("sign-baseline", "sue"), ("sign-baseline", "tom")]
    walk.everybody("sign-baseline", "approval", decision="approved")
    assert [name for name, _ in walk.sent] == ["baseline.approved"]
    assert walk.calls[-1].parameters == {"about": "baseline"}
    assert walk.moved.data["approvals"] == {"sue": {"decision": "approved"}, "tom": {"decision": "approved"}}
    return walk.ended("setup-done")


def a_plan_goes_wrong_in_every_way(process: Prepared) -> Walk:
    """Late, unsound, an owner declines, one is silent, a rejection, approvers silent twice."""
    owners, approvers = {"owners": OWNERS, "owner_answers": {}}, {"approvers": APPROVERS, "approvals": {}}
    steps = SETUP | {
        "plan.open": {"late": True},
        "plan.check": [{"plan_sound": sound} for sound in (False, True, True, True, True, True)],
        "plan.owners": [owners | answering(days) for days in (0, 0, 16, 16, 50)],
        "plan.approvers": [approvers | answering(days) for days in (16, 16, 33, 50)],
        "plan.accepted": [
            {"all_accepted": said, "approval_rule": "stakeholders", "deadlock": False}
            for said in (False, True, True, True)
        ],
        "plan.outcome": [{"baseline_approved": False, "deadlock": False}, {"baseline_approved": True}],
    }
    walk = Walk(process, steps).begin("plan.needed", {}).do("record-deviation").do("draft-plan")
    walk.do("revise-plan").everybody("accept-ownership", "owner_answer", decision="declined")
    walk.do("revise-plan").do("accept-ownership", "ann", owner_answer={"decision": "accepted"}).wait(6)
    assert walk.open() == [("accept-ownership", "bob")]
    walk.wait(10)
    assert walk.open() == [("revise-plan", None)]
    walk.do("revise-plan").everybody("accept-ownership", "owner_answer", decision="accepted")
    walk.do("sign-baseline", "sue", approval={"decision": "rejected"})
    assert walk.open() == [("revise-plan", None)]
    walk.do("revise-plan").everybody("accept-ownership", "owner_answer", decision="accepted").wait(17)
    walk.do("chase-sign-off", next="ask-again").wait(17).do("chase-sign-off", next="revise")
    walk.do("revise-plan").everybody("accept-ownership", "owner_answer", decision="accepted")
    walk.everybody("sign-baseline", "approval", decision="approved")
    steps_called = [call.step for call in walk.calls]
    assert (steps_called.count("plan.remind"), steps_called.count("escalation.open")) == (1, 2)
    assert steps_called.count("plan.unanswered") == 1
    return walk.ended("setup-done")


def a_deadlock(process: Prepared, *decisions: dict[str, bool]) -> Walk:
    """Sent back a third time, and what the sponsor decides on it, one decision after the other."""
    deciders = {"deadlock": True, "deciders": {"spo": "Sponsor"}, "verdicts": {}}
    steps = SETUP | {
        "plan.accepted": {"all_accepted": False, "approval_rule": "stakeholders", **deciders},
        "plan.decided": list(decisions),
    }
    walk = Walk(process, steps).begin("plan.needed", {}).do("draft-plan")
    for last in decisions:
        walk.everybody("accept-ownership", "owner_answer", decision="declined")
        assert walk.open() == [("decide-deadlock", "spo")]
        walk.do("decide-deadlock", "spo", verdict={"decision": "approved" if last["baseline_approved"] else "rejected"})
        if not walk.moved.completed:
            walk.do("revise-plan")
    return walk


def a_deadlock_is_decided_for_the_plan(process: Prepared) -> Walk:
    """After it was revised once more."""
    no, yes = {"baseline_approved": False, "stopped": False}, {"baseline_approved": True, "stopped": False}
    return a_deadlock(process, no, yes).ended("setup-done")


def a_deadlock_stops_the_project(process: Prepared) -> Walk:
    """The sponsor has enough."""
    walk = a_deadlock(process, {"baseline_approved": False, "stopped": True})
    assert [name for name, _ in walk.sent] == ["closure.requested"]
    return walk.ended("plan-stopped")


TIMES = {"remind_at": at(3), "due_at": at(4), "close_at": at(6)}
OPEN_WEEK = {
    "update.open": {"any_open": True, "period": "2026-W10", "owners": OWNERS, "updates": {}, **TIMES},
    "acceptance.next_claim": {"next_claim": ""}, "update.late": {"anything_late": False},
}
WEEK = ("weekly.due", {"period_end": at(0)})


def a_week_with_nothing_open(process: Prepared) -> Walk:
    """Every milestone is reached."""
    return Walk(process, {"update.open": {"any_open": False}}).begin(*WEEK).ended("nothing-open")


def a_week_with_an_update_returned(process: Prepared) -> Walk:
    """All report in time; one update goes back once, and two milestones are claimed when the status is out."""
    again = {"owners": {"bob": "Project Team"}, "updates": {}, "remind_at": at(8), "due_at": at(9), "close_at": at(10)}
    claims = {"acceptance.next_claim": [{"next_claim": "Q1"}, {"next_claim": "Q2"}, {"next_claim": ""}]}
    walk = Walk(process, OPEN_WEEK | claims | {"update.return": again}).begin(*WEEK)
    walk.everybody("submit-update", "update")
    walk.do("release-status", decision="returned", return_to="bob")
    assert walk.open() == [("submit-update", "bob")]
    assert walk.sent == []
    walk.do("submit-update", "bob", update={}).do("release-status", decision="released", return_to=None)
    assert walk.sent == [("milestone.claimed", {"claim": "Q1"}), ("milestone.claimed", {"claim": "Q2"})]
    return walk.ended("update-done")


def a_week_with_an_update_missed(process: Prepared) -> Walk:
    """Reminded, overdue, closed: the system writes what is missing, and the status is released with the gap."""
    walk = Walk(process, OPEN_WEEK).begin(*WEEK).do("submit-update", "ann", update={}).wait(7)
    assert [call.step for call in walk.calls] == ["update.open", "update.remind", "update.overdue", "update.missed"]
    return walk.do("release-status", decision="released", return_to=None).ended("update-done")


def a_week_with_something_late(process: Prepared, follows: str) -> Walk:
    """It is taken further, and somebody decides what follows."""
    steps = OPEN_WEEK | {"update.late": {"anything_late": True}, "update.raise_change": {"change": "C1"}}
    walk = Walk(process, steps).begin(*WEEK).everybody("submit-update", "update")
    walk.do("release-status", decision="released", return_to=None)
    assert walk.open() == [("decide-late", None)]
    return walk.do("decide-late", next=follows)


def a_week_that_calls_for_a_review(process: Prepared) -> Walk:
    """At once."""
    walk = a_week_with_something_late(process, "review")
    assert walk.sent == [("review.due", {"due": walk.now.isoformat()})]
    return walk.ended("late-review")


def a_week_that_asks_for_a_change(process: Prepared) -> Walk:
    """Raised for the manager, who describes it."""
    walk = a_week_with_something_late(process, "change")
    assert walk.sent == [("change.requested", {"change": "C1"})]
    return walk.ended("late-change")


def a_week_that_can_wait(process: Prepared) -> Walk:
    """Until the next review."""
    return a_week_with_something_late(process, "watch").ended("late-watched")


READERS = {"sue": "Stakeholder"}


def dates(name: str, freeze: float, meeting: float, stands: bool = False) -> dict[str, Any]:
    """What the planning of a meeting gives."""
    return {"meeting": name, "freeze_at": at(freeze), "meeting_at": at(meeting), "report_stands": stands}


REVIEW = {
    "review.plan": [dates("R1", 7, 10), dates("R2", 14, 17)], "review.distribute": {},
    "escalation.look": {"turn": "nobody", "next_at": at(0)},
    "review.readers": {"readers": READERS, "inputs": {}, "remind_at": at(9)},
    "review.quorum": {"quorum": True, "course": ""},
    "review.attendees": {"attendees": OWNERS, "comments": {}, "comments_until": at(50)},
    "review.comments": {"corrections": False},
    "review.conclude": {"next_change": "", "pending": "", "next_action": ""},
    "review.gap": [{"look_at": at(33)}, {"look_at": ""}],
}  # fmt: skip
NO_QUORUM = {"quorum": False, "course": ""}
DUE = ("review.due", {"due": at(0)})


def a_review_is_held(process: Prepared) -> Walk:
    """The report is read in time, a quorum comes, the minutes are corrected once, changes and actions follow."""
    steps = REVIEW | {
        "review.comments": [{"corrections": True}, {"corrections": False}],
        "review.conclude": {"next_change": "C1", "pending": "C2", "next_action": "A1"},
        "review.next_change": [{"next_change": "C2", "pending": ""}, {"next_change": "", "pending": ""}],
        "review.next_action": [{"next_action": "A2"}, {"next_action": ""}],
    }  # fmt: skip
    walk = Walk(process, steps).begin(*DUE).do("schedule-review").wait(7)
    walk.do("analyse-performance").do("issue-report").everybody("give-input", "input")
    assert walk.open() == []
    walk.wait(3).do("open-meeting").do("hold-review").do("draft-minutes")
    walk.everybody("comment-minutes", "remark", decision="correction").do("draft-minutes")
    walk.everybody("comment-minutes", "remark", decision="agree").wait(6)
    assert walk.calls[-1].step == "escalation.look", "nobody has confirmed the minutes"
    walk.do("confirm-minutes")
    assert walk.sent == [
        ("change.requested", {"change": "C1"}), ("change.requested", {"change": "C2"}),
        ("action.opened", {"action": "A1"}), ("action.opened", {"action": "A2"}),
    ]  # fmt: skip
    assert walk.calls[-1].parameters == {"about": "minutes"}
    return walk.ended("review-done")


def a_review_without_a_quorum_is_held_again(process: Prepared) -> Walk:
    """Nobody reads the report, too few come, a second meeting is held, a month passes, silence confirms its minutes."""
    steps = REVIEW | {"review.quorum": [NO_QUORUM, {"quorum": True, "course": ""}]}
    walk = Walk(process, steps).begin(*DUE).do("schedule-review").wait(7)
    walk.do("analyse-performance").do("issue-report").wait(3).do("open-meeting")
    assert walk.open() == [("settle-quorum", None)]
    walk.do("settle-quorum", course="reschedule").do("reschedule-review").wait(4)
    walk.do("analyse-performance").do("issue-report").everybody("give-input", "input").wait(3)
    walk.do("open-meeting").do("hold-review").do("draft-minutes")
    walk.do("comment-minutes", "ann", remark={"decision": "agree"}).wait(40).do("confirm-minutes")
    called = [call.step for call in walk.calls]
    assert [called.count(step) for step in ("review.unanswered", "review.silence", "review.gap")] == [1, 1, 2]
    return walk.ended("review-done")


def a_review_without_a_quorum_is_finished_in_writing(process: Prepared) -> Walk:
    """One of two stakeholders signs an answer, then the time is up."""
    steps = REVIEW | {
        "review.quorum": NO_QUORUM,
        "review.circle": {"circle": APPROVERS, "answers": {}, "answer_until": at(14), "remind_at": at(13)},
    }
    walk = Walk(process, steps).begin(*DUE).do("schedule-review").wait(7)
    walk.do("analyse-performance").do("issue-report").wait(3).do("open-meeting")
    walk.do("settle-quorum", course="circulation").do("hold-review").do("circulate-decisions")
    assert walk.open() == [("answer-in-writing", "sue"), ("answer-in-writing", "tom")]
    walk.do("answer-in-writing", "sue", answer={"decision": "agree"}).wait(5)
    assert walk.open() == [("draft-minutes", None)]
    walk.do("draft-minutes").everybody("comment-minutes", "remark", decision="agree").do("confirm-minutes")
    return walk.ended("review-done")


def a_review_without_a_quorum_in_which_everybody_answers(process: Prepared) -> Walk:
    """The answers are counted when the last has come."""
    steps = REVIEW | {
        "review.quorum": NO_QUORUM,
        "review.circle": {"circle": APPROVERS, "answers": {}, "answer_until": at(14), "remind_at": at(13)},
    }
    walk = Walk(process, steps).begin(*DUE).do("schedule-review").wait(7)
    walk.do("analyse-performance").do("issue-report").wait(3).do("open-meeting")
    walk.do("settle-quorum", course="circulation").do("hold-review").do("circulate-decisions")
    walk.everybody("answer-in-writing", "answer", decision="agree").do("draft-minutes")
    walk.everybody("comment-minutes", "remark", decision="agree").do("confirm-minutes")
    return walk.ended("review-done")


def a_review_is_moved_wherever_it_stands(process: Prepared) -> Walk:
    """Before the cut, while its figures are looked at and its report is issued, while it is read, and after."""
    plans = [dates("R1", 7, 10), dates("R1", 8, 11), dates("R1", 9, 12), dates("R1", 10, 13),
             dates("R1", 10, 14, stands=True), dates("R1", 10, 15, stands=True)]  # fmt: skip
    readers = [{"readers": asked, "inputs": {}, "remind_at": at(20)} for asked in (READERS, READERS, {})]
    steps = REVIEW | {"review.plan": plans, "review.readers": readers, "review.moved": {"called_off": False}}
    walk = Walk(process, steps).begin(*DUE).do("schedule-review")
    walk.tell("meeting.changed").wait(8)
    assert walk.open() == [("analyse-performance", None)], "the cut moved along"
    walk.tell("meeting.changed").wait(1).do("analyse-performance")
    assert walk.open() == [("issue-report", None)]
    walk.tell("meeting.changed").wait(1).do("analyse-performance").do("issue-report")
    assert walk.open() == [("give-input", "sue")]
    walk.tell("meeting.changed")
    assert walk.open() == [("give-input", "sue")]
    walk.do("give-input", "sue", input={}).tell("meeting.changed").wait(4.5)
    assert walk.open() == [], "the meeting begins at its last date"
    walk.wait(0.5).do("open-meeting").do("hold-review").do("draft-minutes")
    walk.everybody("comment-minutes", "remark", decision="agree").do("confirm-minutes")
    return walk.ended("review-done")


def a_review_is_called_off(process: Prepared) -> Walk:
    """No other date takes its place."""
    walk = Walk(process, REVIEW | {"review.moved": {"called_off": True}}).begin(*DUE).do("schedule-review")
    return walk.tell("meeting.changed").ended("review-called-off")


KIND = {"impact": "dates", "shift_days": 9, "stale": False, "emergency": False}
NAMED = {"approvers": APPROVERS, "decisions": {}, "remind_at": at(3), "answer_by": at(5)}
APPLIED = {"conditional": False}
CHANGE = {
    "escalation.look": {"turn": "nobody", "next_at": at(0)},
    "change.open": {"change": "C1", "requester": "pat"}, "change.classify": KIND, "change.approvers": NAMED,
    "change.outcome": {"outcome": "approved", "stale": False}, "change.apply": APPLIED,
    "change.split": {"next_change": "C2"}, "change.raise": {"next_change": "C3"},
    "change.reverse": {"next_change": "C4"},
}  # fmt: skip
STARTED = ("change.start", {"change": "C1"})


def outcomes(*said: str, stale: bool = False) -> list[dict]:
    return [{"outcome": one, "stale": stale, "approvers": {"tom": "Stakeholder"}} for one in said]


def a_change_comes_back_in_every_way_and_is_approved(process: Prepared) -> Walk:
    """Overtaken by a newer plan before anybody is asked and after; returned; asked in turn; in the end made."""
    said = [*outcomes("returned", stale=True), *outcomes("returned", "open", "approved")]
    classified = [{**KIND, "stale": True}, KIND, KIND, KIND]
    walk = Walk(process, CHANGE | {"change.outcome": said, "change.classify": classified}).begin(*STARTED)
    assert walk.open() == [("describe-change", "pat")]
    walk.do("describe-change")
    assert walk.open() == [("rebase-change", "pat")]
    walk.do("rebase-change")
    walk.settled = True  # one word is enough: whoever else was asked need not answer
    walk.do("decide-change", "sue", verdict={"decision": "approved"})
    assert walk.open() == [("rebase-change", "pat")]
    walk.do("rebase-change").wait(4).do("decide-change", "sue", verdict={"decision": "returned"})
    assert walk.open() == [("revise-change", "pat")]
    walk.do("revise-change").wait(6).do("decide-change", "sue", verdict={"decision": "approved"})
    assert walk.open() == [("decide-change", "tom")]
    walk.do("decide-change", "tom", verdict={"decision": "approved"})
    assert walk.open() == [("confirm-implementation", None)]
    assert [call.step for call in walk.calls].count("change.apply") == 1
    assert "change.unanswered" in [call.step for call in walk.calls]
    return walk.do("confirm-implementation").ended("change-made")


def a_change_is_split_and_the_rest_rejected(process: Prepared) -> Walk:
    """A part of it is signed anew; that is rejected, too, and asked for again as another change."""
    walk = Walk(process, CHANGE | {"change.outcome": outcomes("partly", "rejected")}).begin(*STARTED)
    walk.do("describe-change").everybody("decide-change", "verdict", decision="partly")
    assert walk.sent == [("change.requested", {"change": "C2"})]
    walk.everybody("decide-change", "verdict", decision="rejected").do("consider-rejection", next="again")
    assert walk.sent[-1] == ("change.requested", {"change": "C3"})
    assert "change.apply" not in [call.step for call in walk.calls]
    return walk.ended("change-raised-again")


def a_change_is_rejected_and_left(process: Prepared) -> Walk:
    """The plan is never touched."""
    walk = Walk(process, CHANGE | {"change.outcome": outcomes("rejected")}).begin(*STARTED)
    walk.do("describe-change").everybody("decide-change", "verdict", decision="rejected")
    walk.do("consider-rejection", next="leave")
    assert "change.apply" not in [call.step for call in walk.calls]
    return walk.ended("change-rejected")


EMERGENCY = {**KIND, "emergency": True}


def an_emergency_is_none_then_one_and_ratified(process: Prepared) -> Walk:
    """The sponsor lets it wait, once; another time it is in force before anybody else has decided."""
    steps = CHANGE | {
        "change.classify": [EMERGENCY, EMERGENCY], "change.agreed": [{"agreed": False}, {"agreed": True}],
        "change.outcome": outcomes("ratified"),
    }  # fmt: skip
    walk = Walk(process, steps).begin(*STARTED).do("describe-change")
    assert walk.open() == [("decide-emergency", None)]
    walk.do("decide-emergency", decision="ordinary").do("decide-emergency", decision="approved")
    names = [call.step for call in walk.calls]
    assert names.index("change.apply") < names.index("change.approvers")
    walk.everybody("decide-change", "verdict", decision="approved")
    return walk.do("confirm-implementation").ended("change-made")


def an_emergency_is_refused_afterwards(process: Prepared) -> Walk:
    """It is taken back by a new change, not by itself."""
    steps = CHANGE | {
        "change.classify": EMERGENCY, "change.agreed": {"agreed": True}, "change.outcome": outcomes("refused")
    }  # fmt: skip
    walk = Walk(process, steps).begin(*STARTED).do("describe-change").do("decide-emergency", decision="approved")
    walk.everybody("decide-change", "verdict", decision="rejected")
    assert walk.sent == [("change.requested", {"change": "C4"})]
    return walk.ended("change-refused")


HELD = {"conditional": True, "next_look": at(1), "next_action": "A1"}


def a_change_whose_conditions_are_met(process: Prepared) -> Walk:
    """Two actions are handed on, one look finds them open, the next one met."""
    looks = [{"conditions": "waiting", "next_look": at(2)}, {"conditions": "met", "next_look": at(3)}]
    steps = CHANGE | {
        "change.apply": HELD, "change.conditions": looks,
        "review.next_action": [{"next_action": "A2"}, {"next_action": ""}],
    }  # fmt: skip
    walk = Walk(process, steps).begin(*STARTED).do("describe-change")
    walk.everybody("decide-change", "verdict", decision="conditional")
    assert walk.sent == [("action.opened", {"action": "A1"}), ("action.opened", {"action": "A2"})]
    assert walk.wait(1.5).open() == []
    assert walk.wait(1).open() == [("confirm-implementation", None)]
    return walk.do("confirm-implementation").ended("change-made")


def a_change_lapses_with_its_condition(process: Prepared) -> Walk:
    """Nobody has to do anything for it to go."""
    steps = CHANGE | {
        "change.apply": HELD, "change.conditions": {"conditions": "unmet"}, "review.next_action": {"next_action": ""}
    }  # fmt: skip
    walk = Walk(process, steps).begin(*STARTED).do("describe-change")
    walk.everybody("decide-change", "verdict", decision="conditional").wait(1)
    assert "change.lapse" in [call.step for call in walk.calls]
    assert walk.calls[-1].parameters == {"about": "change-lapsed"}
    return walk.ended("change-lapsed")


def a_forecast_asks_nobody(process: Prepared) -> Walk:
    """It is recorded as soon as it is described."""
    steps = CHANGE | {"change.classify": {**KIND, "impact": "forecast"}}
    walk = Walk(process, steps).begin(*STARTED).do("describe-change")
    assert not {"change.apply", "change.approvers"} & {call.step for call in walk.calls}
    return walk.ended("forecast-recorded")


CLOSING = {
    "closure.open": {
        "any_open": False, "respondents": OWNERS, "feedback": {}, "feedback_until": at(14), "next_proposal": "",
    },
    "closure.signers": {"signers": APPROVERS, "decisions": {}},
    "escalation.look": {"turn": "nobody", "next_at": at(0)},
    "closure.outcome": [{"closure_agreed": False}, {"closure_agreed": True}],
    "closure.conclude": {"next_proposal": "P1", "pending_proposals": "P2"},
    "closure.next_proposal": [
        {"next_proposal": "P2", "pending_proposals": ""}, {"next_proposal": "", "pending_proposals": ""},
    ],
}  # fmt: skip
BEGUN = ("closure.needed", {"reason": "done", "asked_at": at(0)})


def a_project_is_closed_with_two_proposals(process: Prepared) -> Walk:
    """One gives no feedback, one signer sends it back, one is reminded."""
    walk = Walk(process, CLOSING).begin(*BEGUN).do("give-feedback", "ann", opinion={"change": "nothing"})
    walk.do("evaluate-procedure").wait(15)
    assert [call.step for call in walk.calls] == ["closure.open", "closure.silent"]
    walk.do("draw-lessons").do("sign-closure", "sue", verdict={"decision": "rejected"})
    assert walk.open() == [("draw-lessons", None)]
    walk.do("draw-lessons").do("sign-closure", "sue", verdict={"decision": "approved"}).wait(5)
    assert walk.calls[-1].step == "escalation.look"
    walk.do("sign-closure", "tom", verdict={"decision": "approved"})
    assert [payload.get("proposal") for _, payload in walk.sent] == ["P1", "P2", None]
    assert walk.sent[-1] == ("closure.signed", {})
    return walk.ended("closure-done")


def a_closure_is_taken_back(process: Prepared) -> Walk:
    """Something is open, is still open at the second look, and the project goes on."""
    walk = Walk(process, CLOSING | {"closure.open": {**CLOSING["closure.open"], "any_open": True}}).begin(*BEGUN)
    walk.do("settle-gaps", next="look-again").do("settle-gaps", next="withdraw")
    assert walk.sent == [("closure.withdrawn", {})]
    return walk.ended("closure-taken-back")


def a_project_is_closed_all_the_same(process: Prepared) -> Walk:
    """What is open is named, everybody answers, and there is nothing to propose."""
    steps = CLOSING | {
        "closure.open": {**CLOSING["closure.open"], "any_open": True}, "closure.outcome": {"closure_agreed": True},
        "closure.conclude": {"next_proposal": "", "pending_proposals": ""},
    }  # fmt: skip
    walk = Walk(process, steps).begin(*BEGUN).do("settle-gaps", next="close").do("evaluate-procedure")
    walk.everybody("give-feedback", "opinion", change="nothing").do("draw-lessons")
    walk.everybody("sign-closure", "verdict", decision="approved")
    assert [name for name, _ in walk.sent] == ["closure.signed"]
    return walk.ended("closure-done")


REVISING = {
    "sop.open": {"revision": "R1"},
    "sop.publish": {"readers": {"ann": "Reader", "bob": "Reader"}, "acknowledgements": {}, "effective_at": at(21),
                    "remind_at": at(18)}, "escalation.look": {"turn": "nobody", "next_at": at(0)},
    "sop.review_wanted": {"review_wanted": True},
}


def a_proposal_becomes_a_revision(process: Prepared) -> Walk:
    """Sent back once, approved, read by one in time, in force on its day, and looked at again a year later."""
    walk = Walk(process, REVISING).begin("sop.improvement-proposed", {"proposal": "P1"})
    walk.do("judge-proposal", decision="revise").do("draft-revision").do("approve-revision", decision="rejected")
    walk.do("draft-revision").wait(4).do("approve-revision", decision="approved")
    assert walk.open() == [("read-revision", "ann"), ("read-revision", "bob")]
    walk.do("read-revision", "ann", read_by={}).wait(22)
    assert "sop.effective" in [call.step for call in walk.calls]
    assert walk.open() == [("read-revision", "bob")], "who has not read it still has to"
    walk.do("read-revision", "bob", read_by={}).wait(366)
    assert [name for name, _ in walk.sent] == ["sop.review-due"]
    return walk.ended("call-for-review")


def a_review_finds_nothing_to_change(process: Prepared) -> Walk:
    """Signed as a result; somebody else has looked at the SOP within the year."""
    steps = REVISING | {"sop.review_wanted": {"review_wanted": False}}
    walk = Walk(process, steps).begin("sop.review-due", {"asked_at": at(0)}).do("judge-proposal", decision="no-change")
    walk.do("record-no-change").wait(366)
    assert walk.sent == []
    return walk.ended("no-review-wanted")


def an_action_is_late_and_opened_again(process: Prepared) -> Walk:
    """Reminded, late, told to the sponsor, not done well, then done before anybody has to be reminded."""
    steps = {
        "action.open": {"owner": "bob", "verifier": "", "remind_at": at(3), "due_at": at(5), "escalate_at": at(8)},
        "action.reopen": {"remind_at": at(18), "due_at": at(20), "escalate_at": at(23)},
    }
    walk = Walk(process, steps).begin("action.opened", {"action": "A1"})
    assert walk.open() == [("do-action", "bob")]
    walk.wait(9)
    assert [call.step for call in walk.calls] == [
        "action.open", "action.remind", "action.overdue", "action.escalate",
    ]  # fmt: skip
    walk.do("do-action").do("verify-action", decision="reopened")
    assert walk.open() == [("do-action", "bob")]
    assert len(walk.moved.timers) == 3
    return walk.do("do-action").do("verify-action", decision="closed").ended("action-done")


CLAIM = {
    "acceptance.open": {"owner": "bob"}, "acceptance.verifier": {"verifier": "manager", "contractual": False},
    "acceptance.send_back": {"owner": "bob"},
    "acceptance.signers": {"signers": APPROVERS, "decisions": {}},
    "escalation.look": {"turn": "nobody", "next_at": at(0)},
    "acceptance.achieve": {"next_action": "", "pending_actions": ""},
}  # fmt: skip
CLAIMED = ("milestone.claimed", {"claim": "Q1"})


def a_milestone_is_verified_with_points(process: Prepared) -> Walk:
    """Nobody else is asked; each point that is left is handed to its owner."""
    steps = CLAIM | {
        "acceptance.achieve": {"next_action": "A1", "pending_actions": "A2"},
        "acceptance.next_action": [{"next_action": "A2"}, {"next_action": ""}],
    }
    walk = Walk(process, steps).begin(*CLAIMED)
    assert walk.open() == [("state-claim", "bob")]
    walk.do("state-claim", decision="complete").do("verify-claim", decision="approved")
    assert walk.sent == [("action.opened", {"action": "A1"}), ("action.opened", {"action": "A2"})]
    return walk.ended("milestone-achieved")


def a_contractual_milestone_is_sent_back_and_accepted(process: Prepared) -> Walk:
    """Not verified, then refused by a stakeholder after much silence, then verified by the sponsor and accepted."""
    steps = CLAIM | {
        "acceptance.verifier": [
            {"verifier": who, "contractual": True} for who in ("manager", "manager", "sponsor")
        ],
        "acceptance.outcome": [{"accepted": False}, {"accepted": True}],
    }  # fmt: skip
    walk = Walk(process, steps).begin(*CLAIMED).do("state-claim", decision="complete")
    assert walk.wait(6).calls[-1].step == "escalation.look", "nobody has verified it"
    walk.do("verify-claim", decision="rejected")
    assert walk.open() == [("state-claim", "bob")]
    walk.do("state-claim", decision="complete").do("verify-claim", decision="approved").wait(6)
    assert [call.step for call in walk.calls][-2:] == ["escalation.open", "escalation.look"]
    walk.do("accept-milestone", "sue", answer={"decision": "rejected"})
    assert walk.open() == [("state-claim", "bob")]
    walk.do("state-claim", decision="complete")
    assert walk.wait(6).open() == [("verify-for-manager", None)]
    walk.do("verify-for-manager", decision="approved").everybody("accept-milestone", "answer", decision="approved")
    return walk.ended("milestone-achieved")


def a_claim_becomes_another_s_to_verify_and_back(process: Prepared) -> Walk:
    """Who verifies becomes the owner meanwhile, and so does the sponsor after that."""
    turns = [{"verifier": who, "contractual": False} for who in ("manager", "sponsor", "manager")]
    walk = Walk(process, CLAIM | {"acceptance.verifier": turns}).begin(*CLAIMED).do("state-claim", decision="complete")
    assert walk.open() == [("verify-claim", None)]
    walk.tell("verifier.changed", claim="Q1")
    assert walk.open() == [("verify-for-manager", None)]
    walk.tell("verifier.changed", claim="Q1")
    return walk.do("verify-claim", decision="approved").ended("milestone-achieved")


def a_claim_is_taken_back(process: Prepared) -> Walk:
    """Its owner looked again."""
    return Walk(process, CLAIM).begin(*CLAIMED).do("state-claim", decision="withdraw").ended("claim-taken-back")


def an_approval_goes_unanswered_to_the_sponsor(process: Prepared) -> Walk:
    """Each step comes at its time, and the last one ends it."""
    turns = ("reminder", "deputies", "manager", "sponsor")
    steps = {"escalation.look": [{"turn": turn, "next_at": at(3 + n)} for n, turn in enumerate(turns)]}
    walk = Walk(process, steps).called()
    assert [call.step for call in walk.calls][-1] == "escalation.remind"
    walk.wait(2)
    assert "escalation.deputies" not in [call.step for call in walk.calls]
    walk.wait(4)
    done = [call.step for call in walk.calls if call.step not in ("escalation.open", "escalation.look")]
    assert done == [f"escalation.{one}" for one in ("remind", "deputies", "manager", "sponsor")]
    return walk.ended("sponsor-knows")


def an_approval_is_given_after_a_reminder(process: Prepared) -> Walk:
    """Nobody else hears of it."""
    steps = {"escalation.look": [{"turn": "reminder", "next_at": at(5)}, {"turn": "nobody", "next_at": at(5)}]}
    return Walk(process, steps).called().wait(5).ended("nobody-silent")


def a_condition_is_verified_by_whoever_set_it(process: Prepared) -> Walk:
    """Not by the manager, who may have asked for the change."""
    opened = {"owner": "bob", "verifier": "sue", "remind_at": at(3), "due_at": at(5), "escalate_at": at(8)}
    walk = Walk(process, {"action.open": opened}).begin("action.opened", {"action": "A1"}).do("do-action")
    assert walk.open() == [("verify-condition", "sue")]
    return walk.do("verify-condition", decision="closed").ended("action-done")


STORIES = {
    "escalation": (an_approval_goes_unanswered_to_the_sponsor, an_approval_is_given_after_a_reminder),
    "milestone-acceptance": (
        a_claim_becomes_another_s_to_verify_and_back,
        a_milestone_is_verified_with_points,
        a_contractual_milestone_is_sent_back_and_accepted,
        a_claim_is_taken_back,
    ),
    "action-item": (an_action_is_late_and_opened_again, a_condition_is_verified_by_whoever_set_it),
    "sop-revision": (a_proposal_becomes_a_revision, a_review_finds_nothing_to_change),
    "project-under-sop": (
        a_project_runs_and_is_closed,
        a_project_is_closed_before_it_began,
        a_project_is_held_and_cancelled,
    ),
    "milestone-setup": (
        a_plan_is_drafted_accepted_and_signed,
        a_plan_goes_wrong_in_every_way,
        a_deadlock_is_decided_for_the_plan,
        a_deadlock_stops_the_project,
    ),
    "weekly-update": (
        a_week_with_nothing_open,
        a_week_with_an_update_returned,
        a_week_with_an_update_missed,
        a_week_that_calls_for_a_review,
        a_week_that_asks_for_a_change,
        a_week_that_can_wait,
    ),
    "review-cycle": (
        a_review_is_held,
        a_review_without_a_quorum_is_held_again,
        a_review_without_a_quorum_is_finished_in_writing,
        a_review_without_a_quorum_in_which_everybody_answers,
        a_review_is_moved_wherever_it_stands,
        a_review_is_called_off,
    ),
    "closure": (a_project_is_closed_with_two_proposals, a_closure_is_taken_back, a_project_is_closed_all_the_same),
    "change-approval": (
        a_change_comes_back_in_every_way_and_is_approved, a_change_is_split_and_the_rest_rejected,
        a_change_is_rejected_and_left, an_emergency_is_none_then_one_and_ratified, an_emergency_is_refused_afterwards,
        a_change_whose_conditions_are_met, a_change_lapses_with_its_condition, a_forecast_asks_nobody,
    ),
}


@pytest.mark.parametrize("process", PROCESSES)
def test_every_flow_is_travelled_and_every_end_reached(prepared, process):
    walks = [story(prepared[process]) for story in STORIES[process]]
    assert set(prepared[process].flows) - set().union(*(walk.travelled for walk in walks)) == set()
    ends = {
        name for name, element in prepared[process].elements.items() if element.kind == "endEvent" and element.incoming
    }
    assert ends <= {name for walk in walks for name in walk.passed}


def test_without_approvers_nothing_is_approved(prepared):
    nobody = StepFailed("Nobody can sign this.")
    walk = Walk(prepared["change-approval"], CHANGE | {"change.approvers": nobody}).begin(
        "change.start", {"change": "C1"}
    )
    walk.do("describe-change")
    assert [failure.element for failure in walk.moved.failures] == ["name-approvers"]
    assert walk.open() == []


@pytest.mark.parametrize(
    ("impact", "rule"),
    [
        ("dates-within-tolerance", "manager and owners"), ("dates", "stakeholders"), ("resources", "stakeholders"),
        ("scope", "stakeholders and sponsor"), ("contractual", "stakeholders and sponsor"),
        ("never heard of", "stakeholders and sponsor"), ("", "stakeholders and sponsor"),
        (None, "stakeholders and sponsor"),
    ],
)  # fmt: skip
def test_who_decides_on_a_change(prepared, impact, rule):
    steps = CHANGE | {"change.classify": {**KIND, "impact": impact}}
    walk = Walk(prepared["change-approval"], steps).begin(*STARTED).do("describe-change")
    said = next(call for call in walk.calls if call.step == "change.approvers").data
    assert said["approver_rule"] == rule
    assert said["completion_rule"] == ("majority" if rule == "stakeholders" else "unanimous")


@pytest.mark.parametrize(
    ("chosen", "rule"),
    [
        ("manager only", "manager only"), ("stakeholders", "stakeholders"),
        ("stakeholders and sponsor", "stakeholders and sponsor"), ("whoever", "stakeholders and sponsor"),
        (None, "stakeholders and sponsor"),
    ],
)  # fmt: skip
def test_who_signs_the_baseline(prepared, chosen, rule):
    steps = SETUP | {"plan.accepted": {"all_accepted": True, "approval_rule": chosen}}
    walk = Walk(prepared["milestone-setup"], steps).begin("plan.needed", {}).do("draft-plan")
    walk.everybody("accept-ownership", "owner_answer", decision="accepted")
    assert next(call for call in walk.calls if call.step == "plan.approvers").data["approver_rule"] == rule


def test_one_update_after_three_weeks_down(prepared):
    walk = (
        Walk(prepared["project-under-sop"], {"project.open": OPENED})
        .begin("project.registered", {})
        .tell("baseline.approved")
    )
    walk.down(22)
    assert [payload["period_end"][:10] for name, payload in walk.sent if name == "weekly.due"] == ["2026-03-20"]


def test_reminders_and_deadlines_of_a_returned_update_are_the_new_ones(prepared):
    again = {"owners": {"bob": "Project Team"}, "updates": {}, "remind_at": at(9), "due_at": at(10), "close_at": at(11)}
    walk = Walk(prepared["weekly-update"], OPEN_WEEK | {"update.return": again}).begin(*WEEK).wait(7)
    walk.do("release-status", decision="returned", return_to="bob").wait(1)
    assert walk.open() == [("submit-update", "bob")]
    assert {timer.element for timer in walk.moved.timers} == {"reminder-time", "due-time", "closing-time"}
