"""Ways around a signature through repairs and versions: a repair, a mapping, a variable. None makes an approval."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import engine
import processes
from engine import Refused, Unit
from engine.bpmn import repairs
from tests.stories.attacks import YES, approvers, instance_of
from tests.stories.office import Office, id_of

WHY = "Everybody agreed on the telephone"


def place(unit: Unit, instance: str, element: str) -> str:
    (found,) = [one.task for one in engine.places(unit, instance) if one.element == element]
    return found


def repaired(office: Office, instance: str, kind: str, element: str = "", **more: Any) -> None:
    """Pavel proposes, Lena approves."""
    with office.writing() as unit:
        task = place(unit, instance, element) if element else None
        made = engine.propose_repair(unit, instance, kind, office.actor(unit, "pavel"), WHY, task=task, **more)
    with office.writing() as unit:
        engine.approve_repair(unit, made, office.actor(unit, "lena"))


def test_a_decision_is_neither_passed_over_nor_moved_around_nor_set(attacked: Office) -> None:
    instance = instance_of(attacked).id
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("skip", "decide-change", {}),
        ("move", "decide-change", {"target": "apply-change"}),
        ("move", "decide-change", {"target": "judge-decisions"}),
        ("set", "", {"variable": "decisions", "value": {id_of("greta"): YES, id_of("samuel"): YES}}),
        ("set", "", {"variable": "approvers", "value": {}}),
    ]
    for kind, element, more in tries:
        with pytest.raises(Refused, match="sign"):
            repaired(attacked, instance, kind, element, **more)
    with attacked.looking() as unit:
        assert engine.instance(unit, instance).repaired_at is None


def test_an_outcome_that_was_set_by_hand_is_not_read(attacked: Office) -> None:
    """Two people may set the variable by which the diagram decides; what was approved stands in the ledger alone."""
    instance = instance_of(attacked).id
    repaired(attacked, instance, "set", variable="outcome", value="approved")
    attacked.decide("greta", "rejected", "No")
    assert attacked.open("consider-rejection") == [id_of("tomas")]
    repaired(attacked, instance, "set", variable="outcome", value="approved")
    with pytest.raises(Refused, match="around a signature"):
        repaired(attacked, instance, "move", "consider-rejection", target="apply-change")
    assert approvers(attacked) == set()


def test_a_token_before_the_plan_is_an_incident_even_if_the_rules_of_repairs_were_not(
    attacked: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last line of defence is the step itself: it asks the ledger."""
    instance = instance_of(attacked).id
    attacked.decide("greta", "rejected", "No")
    monkeypatch.setattr(repairs, "_not_around", lambda *_: None)
    repaired(attacked, instance, "set", variable="outcome", value="approved")
    repaired(attacked, instance, "move", "consider-rejection", target="apply-change")
    assert any("rejected already" in cause for cause in attacked.incidents()), attacked.incidents()
    with attacked.looking() as unit:
        assert processes.change(unit, attacked.project, "C1").status == "rejected"


def test_only_the_same_signature_takes_the_place_of_a_decision(attacked: Office) -> None:
    """A version that calls the decision otherwise is followed only where the same is signed by the same people."""
    path = "change-approval.bpmn"
    with attacked.writing() as unit:
        shipped = engine.bundle(unit, engine.newest(unit, "change-approval").bundle)
        files = {**shipped.files, path: shipped.files[path].replace(b"decide-change", b"decide-it")}
        engine.deploy(unit, replace(shipped, files=files, reason="Another name"), engine.THE_SYSTEM)
    instance = instance_of(attacked).id
    with attacked.writing() as unit:
        target = engine.newest(unit, "change-approval").id
        lena = attacked.actor(unit, "lena")
        assert [one.rule for one in engine.plan(unit, instance, target).blockers] == ["ElementGone"]
        for other in ("describe-change", "confirm-implementation", "consider-rejection"):
            done = engine.migrate(unit, instance, target, lena, WHY, {"decide-change": other})
            assert done.outcome == "blocked", done
        assert engine.migrate(unit, instance, target, lena, WHY, {"decide-change": "decide-it"}).outcome == "migrated"
    assert sorted(attacked.open("decide-it")) == sorted([id_of("greta"), id_of("samuel")])
    assert approvers(attacked) == set()
