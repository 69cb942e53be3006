"""The forms of the bundle: each compiles, is used, and asks for what the SOP needs and no more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms import AnswersRefused, Choice, Form, compile_form
from tests.processes.sop.drawing import BUNDLE, Drawing, drawings

PEOPLE = (Choice("ann", "Ann"), Choice("bob", "Bob"))
CHOICES = {
    "members": PEOPLE, "owners": PEOPLE, "updated": PEOPLE,
    "milestones": (Choice("M1", "Alpha"), Choice("M2", "Beta")),
}  # fmt: skip
OPEN = [{"milestone": "M1", "name": "Alpha", "forecast": "2026-05-01"}, {"milestone": "M2", "name": "Beta"}]
CONTEXT = {"today": "2026-03-02", "milestones_open": OPEN, "milestones_review": OPEN, "period": "2026-W10"}
MILESTONE = {
    "id": "M1", "name": "Alpha", "deliverable": "A build", "criterion": "All 12 tests pass", "owner": "ann",
    "target": "2026-05-01", "type": "internal", "tolerance": "0", "weight": "1",
}  # fmt: skip
CHANGE = {
    "reason": "Late parts", "cause": "external", "urgency": "normal", "options": "Wait",
    "impact_schedule": "Beta moves",
    "items": [{"action": "move", "milestone": "M1", "target": "2026-05-08"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> dict[str, Drawing]:
    """The diagrams."""
    return drawings()


@pytest.fixture(scope="module")
def forms() -> dict[str, Form]:
    """The compiled forms by file name."""
    return {path.stem: compile_form(path.read_bytes()) for path in sorted(BUNDLE.glob("*.form"))}


def test_every_form_is_there_compiles_and_is_used(drawn, forms):
    asked = {drawing.properties(node).get("form") for drawing in drawn.values() for node in drawing.of_kind("userTask")}
    assert asked == set(forms)
    assert all(forms[name].id == name for name in forms)


def test_a_form_takes_its_choices_and_context_by_known_names(forms):
    assert {name for form in forms.values() for name in form.choices()} == {
        "members",
        "owners",
        "milestones",
        "change_items",
        "updated",
    }
    assert {name for form in forms.values() for name in form.context_names()} == {
        "today", "plan", "plan_remarks", "my_milestones", "approvals", "milestones_open", "period", "updates",
        "entries", "missed", "late_items", "last_review", "review_by", "review", "metrics", "trend", "report",
        "actions_open", "who_decides", "preread_days", "review_from",
        "milestones_review", "minutes", "minutes_remarks", "changes_decided", "course", "reschedule_by", "quorum_said",
        "circle_said", "decisions_proposed", "waiting", "setback_causes", "change", "change_remarks", "change_lines",
        "change_conflicts", "change_conditions",
        "closure", "closure_remarks", "gaps", "effectiveness", "feedback", "project_title",
        "proposal", "revision", "revision_remarks", "sop_version", "action_item", "action_reports",
        "claim", "claimed_milestone", "claim_evidence", "claim_words",
    }  # fmt: skip


def test_what_becomes_a_variable_is_asked_in_the_form(drawn, forms):
    told = [(name, node, page.properties(node)) for name, page in drawn.items() for node in page.nodes]
    for name, node, known in told:
        asked = forms[known["form"]].names() if "form" in known else ()
        assert set(known.get("variables", "").split()) <= set(asked), (name, node)
        if known.get("signature", "").startswith("="):
            assert "decision" in asked
            assert "decision" in known["signature"]


def test_forms_are_plain_form_js():
    for path in BUNDLE.glob("*.form"):
        form = json.loads(path.read_bytes())
        assert (form["type"], form["id"], form["schemaVersion"]) == ("default", path.stem, 19)


def refused(form: Form, answers: dict[str, Any], **context: Any) -> set[str]:
    """The fields at which answers are refused."""
    try:
        form.load(answers, choices=CHOICES, context=CONTEXT | context)
    except AnswersRefused as refusal:
        return set(refusal.errors)
    return set()


@pytest.mark.parametrize(
    ("name", "answers", "fields"),
    [
        ("milestone-plan", {"milestones": [MILESTONE]}, set()),
        ("milestone-plan", {"milestones": []}, {"milestones"}),
        ("milestone-plan", {"milestones": [MILESTONE | {"id": "M 1"}]}, {"milestones.0.id"}),
        ("milestone-plan", {"milestones": [MILESTONE | {"criterion": " "}]}, {"milestones.0.criterion"}),
        ("milestone-plan", {"milestones": [MILESTONE | {"owner": "eve"}]}, {"milestones.0.owner"}),
        ("milestone-plan", {"milestones": [MILESTONE | {"actual": "2026-03-03"}]}, {"milestones.0.actual"}),
        ("milestone-plan", {"milestones": [MILESTONE | {"tolerance": "-1", "weight": "0"}]},
         {"milestones.0.tolerance", "milestones.0.weight"}),
        ("deviation", {"since": "2026-03-03", "reason": "r", "measures": "m"}, {"since"}),
        ("accept-ownership", {"decision": "accepted"}, set()),
        ("accept-ownership", {"decision": "other-date"}, {"proposed", "comment"}),
        ("accept-ownership", {"decision": "declined"}, {"comment"}),
        ("approval", {"decision": "approved"}, set()),
        ("approval", {"decision": "rejected"}, {"comment"}),
        ("weekly-update", {"milestones": [{"status": "on-track"}, {"status": "achieved"}]},
         {"milestones.0.forecast", "milestones.1.actual"}),
        ("weekly-update", {"milestones": [{"status": "on-track", "forecast": "2026-05-01", "percent": "101"},
                                          {"status": "achieved", "actual": "2026-03-03"}]},
         {"milestones.0.percent", "milestones.1.actual"}),
        ("release-status", {"decision": "released"}, set()),
        ("release-status", {"decision": "returned"}, {"return_to", "comment"}),
        ("schedule-review", {"date": "2026-03-01", "time": "25:00", "place": "x", "agenda": "y", "invitees": ["ann"]},
         {"date", "time"}),
        ("comment-minutes", {"decision": "correction"}, {"comment"}),
        ("change", CHANGE, set()),
        ("change", CHANGE | {"items": []}, {"items"}),
        ("change", CHANGE | {"items": [{"action": "move"}]}, {"items.0.milestone", "items.0.target"}),
        ("change", CHANGE | {"items": [{"action": "drop", "milestone": "M2"}]}, set()),
        ("change", CHANGE | {"items": [{"action": "rename", "milestone": "M2"}]}, {"items.0.name"}),
        ("change", CHANGE | {"items": [{"action": "owner", "milestone": "M2"}]}, {"items.0.owner"}),
        ("change", CHANGE | {"items": [{"action": "add"}]},
         {f"items.0.{field}" for field in ("name", "deliverable", "criterion", "owner", "target")}),
        ("decision", {"decision": "approved"}, set()),
        ("decision", {"decision": "returned"}, {"comment"}),
        ("confirm-implementation", {}, {"done"}),
        ("milestone-claim", {"decision": "complete", "text": " "}, {"text", "met_on"}),
        ("milestone-claim", {"decision": "complete", "text": "Counted", "met_on": "2026-03-03"}, {"met_on"}),
        ("milestone-claim", {"decision": "complete", "text": "Counted", "met_on": "2026-03-02"}, set()),
        ("milestone-claim", {"decision": "withdraw", "text": "Two tests fail"}, set()),
        ("claim-verification", {"decision": "approved"}, set()),
        ("claim-verification", {"decision": "approved", "points": [{"text": "Tidy", "owner": "eve"}]},
         {"points.0.owner", "points.0.due"}),
        ("milestone-acceptance", {"decision": "rejected"}, {"comment"}),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(forms, name, answers, fields):
    assert refused(forms[name], answers) == fields


def test_an_update_begins_with_the_last_one_and_fixes_which_milestones_it_is_about(forms):
    begun = forms["weekly-update"].initial(CONTEXT)["milestones"]
    assert [(row["milestone"], row["forecast"]) for row in begun] == [("M1", "2026-05-01"), ("M2", None)]
    said = {"milestones": [{"milestone": "M2", "status": "achieved", "actual": "2026-03-01"},
                           {"status": "delayed", "forecast": "2026-06-01"}]}  # fmt: skip
    given = forms["weekly-update"].load(said, choices=CHOICES, context=CONTEXT)
    assert [row["milestone"] for row in given["milestones"]] == ["M1", "M2"]


def test_a_revision_begins_with_what_was_submitted(forms):
    begun = forms["milestone-plan"].initial(CONTEXT | {"plan": {"purpose": "Ship", "milestones": [MILESTONE]}})
    assert (begun["purpose"], begun["milestones"][0]["criterion"]) == ("Ship", "All 12 tests pass")
    assert len(forms["milestone-plan"].initial(CONTEXT)["milestones"]) == 1
    assert forms["change"].initial(CONTEXT | {"change": CHANGE})["items"][0]["target"] == "2026-05-08"
