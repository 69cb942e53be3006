"""What the people of the demo answer, form by form. The facts are the history's, the words are invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine import Task
from processes.calendar import monday_of
from processes.demo.farewell import CLOSING
from processes.demo.people import GRETA, INES, MEMBERS, RAHUL, SAMUEL, TOMAS, Persona, owner_of
from processes.demo.timeline import Timeline, id_of
from processes.metrics.history import ACTUAL
from processes.working_days import Calendar

CRITERIA = {
    "development": ("The branch for the release is open", "The branch exists and its first commit is tagged."),
    "alpha": ("Installers and source of the alpha", "Published for 3 platforms; the test suite passes on all of them."),
    "beta": ("Installers and source of the beta; no new features after beta 1",
             "Published for 3 platforms; 0 open release blockers; the ABI check passes."),
    "candidate": ("Installers and source of the candidate", "Published for 3 platforms; 0 open release blockers."),
    "final": ("The release", "Published for 3 platforms; 0 open release blockers; documentation built without error."),
}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """One task about to be done: by whom, for which time, on which day of the history, with the form as it is shown."""

    timeline: Timeline
    task: Task
    who: Persona
    times: int
    day: date
    period: str | None
    values: Mapping[str, Any]
    choices: Mapping[str, Any]

    def moved(self, day: date) -> str:
        """A day of the history as it is written in this replay."""
        return self.timeline.moved(day)


def deviation(scene: Scene) -> dict[str, Any]:
    return {
        "since": scene.moved(date(2023, 5, 22)),
        "reason": "Development had begun when this SOP was put into force, so no plan could come before it.",
        "measures": "The plan is set up now; what is reached is recorded as reached, and all else follows the SOP.",
    }


def plan(scene: Scene) -> dict[str, Any]:
    """The history's plan; the first draft leaves one owner and one criterion to be mended."""
    rows = []
    before = ""
    for fact in scene.timeline.plan:
        assert fact.date
        name = fact.milestone
        deliverable, criterion = CRITERIA[name.partition(" ")[0]]
        if name == "final" and scene.task.element == "draft-plan":
            criterion = "Published for 3 platforms."
        owner = TOMAS if name == "beta 1" and scene.task.element == "draft-plan" else owner_of(name)
        rows.append(
            {
                "id": id_of(name), "name": name, "deliverable": deliverable, "criterion": criterion,
                "owner": owner.id, "target": scene.moved(fact.date),
                "type": "contractual" if name == "final" else "internal", "tolerance": 0, "weight": 1, "after": before,
                "actual": scene.moved(fact.date) if fact.kind == ACTUAL else "",
            }
        )  # fmt: skip
        before = id_of(name)
    purpose = "One feature release, from the first commit to the final, on the schedule that was announced."
    return {"purpose": purpose, "tools": "Issue tracker and release calendar", "milestones": rows}


def ownership(scene: Scene) -> dict[str, Any]:
    if scene.who is RAHUL and scene.times == 1:
        return {"decision": "declined", "comment": "I take the candidates and the final. Beta 1 should be Mei-Ling's."}
    return {"decision": "accepted"}


def baseline(scene: Scene) -> dict[str, Any]:
    if scene.who is GRETA and scene.times == 1:
        return {"decision": "rejected", "comment": "The criterion of the final says nothing about release blockers."}
    return {"decision": "approved", "comment": ""}


def update(scene: Scene) -> dict[str, Any]:
    """Each open milestone as it stands; what the history records this week, and nothing else, is new."""
    monday = monday_of(scene.period) - scene.timeline.shift if scene.period else scene.day
    told = {id_of(fact.milestone): fact for fact in scene.timeline.facts(scene.who, monday, scene.day)}
    lines, reached, slipped = [], [], []
    for row in scene.values.get("milestones", ()):
        line = {key: row.get(key) for key in ("milestone", "name", "forecast")}
        fact = told.get(_original(row))
        if fact is None:
            lines.append({**line, "status": row.get("status") or "not-started", "percent": row.get("percent") or 0})
        elif fact.kind == ACTUAL and fact.date:
            lines.append({"milestone": line["milestone"], "name": line["name"], "status": "achieved",
                          "actual": scene.moved(fact.date)})  # fmt: skip
            reached.append(fact.milestone)
        elif fact.date:
            lines.append({**line, "status": "delayed", "percent": 20, "forecast": scene.moved(fact.date)})
            slipped.append((line["milestone"], fact.milestone))
    setbacks = [
        {"text": f"{name} needs more time: release blockers are still open.", "milestone": id_, "cause": "technical",
         "impact_days": 7}
        for id_, name in slipped
    ]  # fmt: skip
    achievements = "Published: " + ", ".join(reached) + "." if reached else ""
    return {"milestones": lines, "achievements": achievements, "setbacks": setbacks,
            "nothing_to_report": not (reached or setbacks)}  # fmt: skip


def _original(row: Mapping[str, Any]) -> str:
    """The planned id; a milestone that a change added is found by its name, which the history knows."""
    return id_of(row["name"]) if row["name"].startswith("candidate") else row["milestone"]


def release(scene: Scene) -> dict[str, Any]:
    """Released; the eleventh time, one update goes back."""
    if scene.times == _RETURNED:
        return {"decision": "returned", "return_to": RAHUL.id, "comment": "Candidate 1: what are the 0 % based on?"}
    return {"decision": "released"}


_RETURNED = 11
"""The release of the week of 11 September 2023, the first of its two."""


def schedule(scene: Scene) -> dict[str, Any]:
    meeting = Calendar().add(scene.day, 7)
    return {
        "date": scene.moved(meeting), "time": "14:00", "place": "Video call",
        "agenda": "Milestones reached, pending and delayed\nBlockers, constraints and risks\nDecisions and actions",
        "invitees": [persona.id for persona in MEMBERS],
    }  # fmt: skip


def repeat(scene: Scene) -> dict[str, Any]:
    """The meeting again, five working days after the one that failed."""
    return {**schedule(scene), "date": scene.moved(Calendar().add(scene.day, 5)), "why_late": ""}


def performance(scene: Scene) -> dict[str, Any]:
    return {
        "trends": "Milestones are reached a few days after their dates; forecasts move late rather than early.",
        "bottlenecks": "Most waiting is for release blockers to be fixed, and for reports that come after the day.",
        "improvements": [
            {"text": "Report a slip as soon as it is likely", "owner": scene.who.id,
             "due": scene.moved(scene.day + timedelta(days=21)), "effect": "Warning time above zero"}
        ],
    }  # fmt: skip


def reader(scene: Scene) -> dict[str, Any]:
    if scene.who is GRETA:
        return {"comment": "Thank you. Please keep the candidates in September.", "no_comment": False}
    return {"comment": "", "no_comment": True}


def attendance(scene: Scene) -> dict[str, Any]:
    """Everybody; in September 2023, the first time, no stakeholder comes."""
    here = [persona for persona in MEMBERS if not (_inquorate(scene) and persona.role in ("Stakeholder", "Sponsor"))]
    away = [persona for persona in MEMBERS if persona not in here]
    return {"attendees": [one.id for one in here], "apologies": [one.id for one in away], "delegates": ""}


def _inquorate(scene: Scene) -> bool:
    return (scene.day.year, scene.day.month) == (2023, 9) and scene.times == _FIRST_IN_SEPTEMBER


_FIRST_IN_SEPTEMBER = 3
"""September's is the third review: July and August come before it."""


def review(scene: Scene) -> dict[str, Any]:
    lines = [{**row, "remark": row.get("remark") or ""} for row in scene.values.get("lines", ())]
    moving = (scene.day.year, scene.day.month) == (2023, 11)
    text = "Ask for alpha 2 to be moved by a week" if moving else "The schedule stands as it is"
    return {
        "lines": lines,
        "items": [{"kind": "risk", "text": "Release blockers close to a date", "disposition": "Watched weekly"}],
        "no_items": False,
        "decisions": [{"text": text, "decided_by": INES.id, "votes": "all in favour", "needs_change": moving}],
        "actions": [
            {"text": "Go through the open release blockers", "owner": RAHUL.id,
             "due": scene.moved(Calendar().add(scene.day, 5)), "priority": "normal"}
        ],
    }  # fmt: skip


def action(_scene: Scene) -> dict[str, Any]:
    return {
        "outcome": "done", "text": "Every open release blocker has an owner and a next step.",
        "evidence": "Issue tracker, list of release blockers",
    }  # fmt: skip


def minutes(scene: Scene) -> dict[str, Any]:
    return {
        "text": "The milestones were gone through one by one. Risks, decisions and actions are listed below.",
        "plan_statement": "by-change-request" if (scene.day.year, scene.day.month) == (2023, 11) else "no-change",
        "next_meeting": "",
    }


def remark(scene: Scene) -> dict[str, Any]:
    if scene.who is SAMUEL and (scene.day.year, scene.day.month) == (2024, 2) and scene.times == _IN_FEBRUARY:
        return {"decision": "correction", "comment": "I attended for the second half only."}
    return {"decision": "agree"}


_IN_FEBRUARY = 8
"""February 2024 is the eighth time that minutes come to a member."""


def claim(scene: Scene) -> dict[str, Any]:
    """What shows that a release is out: its criterion, answered word by word."""
    text = "Published for 3 platforms, see the release page; the test suite passed on all of them before."
    return {"decision": "complete", "text": text, "link": "https://peps.python.org/pep-0719/",
            "met_on": scene.values["met_on"]}  # fmt: skip


def change(scene: Scene) -> dict[str, Any]:
    """The three changes of the demo: one rejected, one that drops alpha 7, one that adds candidate 3."""
    if scene.who is RAHUL:
        deliverable, criterion = CRITERIA["candidate"]
        item = {"action": "add", "name": "candidate 3", "deliverable": deliverable, "criterion": criterion,
                "owner": RAHUL.id, "target": scene.moved(date(2024, 9, 30))}  # fmt: skip
        reason, cause = "A fault in candidate 2 has to be mended and tried once more before the final.", "technical"
    elif scene.day < date(2024, 1, 1):
        item = {"action": "move", "milestone": "A2", "target": scene.moved(date(2023, 12, 5))}
        reason, cause = "Alpha 2 would have more time for review.", "estimate"
    else:
        item = {"action": "drop", "milestone": "A7"}
        reason, cause = "The first alphas took longer; one alpha fewer keeps the betas where they are.", "estimate"
    schedule = "No other milestone moves."
    if scene.task.element == "revise-change":
        schedule += " What was planned for it goes into the milestone before it; nothing is lost."
    return {
        "reason": reason, "cause": cause, "urgency": "normal", "items": [item], "resources": False,
        "scope": item["action"] != "move", "options": "Do nothing and slip; or do as asked here.",
        "impact_schedule": schedule, "impact_scope": "", "impact_resources": "", "impact_other": "",
    }  # fmt: skip


def decision(scene: Scene) -> dict[str, Any]:
    if scene.who is GRETA and scene.day < date(2024, 1, 1):
        return {"decision": "rejected", "comment": "Its date is a forecast matter, not a change of the plan."}
    if scene.who is GRETA and scene.day < date(2024, 1, 16):
        return {"decision": "returned", "comment": "Say where the content of alpha 7 goes."}
    if scene.who is SAMUEL and scene.day < date(2024, 9, 26) and scene.day > date(2024, 9, 1):
        return {"decision": "returned", "comment": "Please say what happens to the date of the final."}
    return {"decision": "approved", "comment": ""}


ANSWERS: Mapping[str, Callable[[Scene], dict[str, Any]]] = {
    "record-deviation": deviation,
    "draft-plan": plan,
    "revise-plan": plan,
    "accept-ownership": ownership,
    "sign-baseline": baseline,
    "submit-update": update,
    "release-status": release,
    "decide-late": lambda _scene: {"next": "watch", "reason": "The next review is near enough."},
    "schedule-review": schedule,
    "settle-quorum": lambda _scene: {"course": "reschedule", "why": "Decisions are due; both can come next week."},
    "reschedule-review": repeat,
    "analyse-performance": performance,
    "issue-report": lambda _scene: {"note": "Please read before the meeting."},
    "give-input": reader,
    "open-meeting": attendance,
    "hold-review": review,
    "draft-minutes": minutes,
    "comment-minutes": remark,
    "confirm-minutes": lambda _scene: {"note": ""},
    "do-action": action,
    "verify-action": lambda _scene: {"decision": "closed", "text": "The list says so."},
    "state-claim": claim,
    "verify-claim": lambda _scene: {"decision": "approved", "findings": "I looked at the release page: it is so."},
    "accept-milestone": lambda _scene: {"decision": "approved"},
    "describe-change": change,
    "revise-change": change,
    "decide-change": decision,
    "consider-rejection": lambda _scene: {"next": "leave", "comment": ""},
    "confirm-implementation": lambda _scene: {"done": True, "note": "The calendar shows it."},
    **CLOSING,
}
"""What is answered at each task of the procedure, by the id of its element."""
