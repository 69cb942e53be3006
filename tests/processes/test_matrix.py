"""From clause to evidence: no obligation is without an element, and steps that serve none are known."""

from __future__ import annotations

import json

import processes
from processes.vocabulary import CLAUSES


def test_every_obligation_is_carried_by_an_element_and_leaves_what_it_says():
    found = processes.matrix_of(processes.bundle())
    assert found.without_step == ()
    assert [one.clause for one in found.obligations] == list(CLAUSES)
    records = {one.clause: one.records for one in found.obligations}
    assert "Milestone Plan Document" in records["5.1a"]
    assert records["8a"] == ("Revision of the SOP",)
    assert "Closure Evaluation and Feedback" in records["7a"]


def test_a_step_that_serves_no_clause_is_named():
    found = processes.matrix_of(processes.bundle())
    assert {(one.process, one.element) for one in found.without_clause} == {
        ("closure", "take-next-proposal"), ("closure", "withdraw-closure"),
    }  # fmt: skip


def test_a_bundle_that_lost_a_step_has_a_clause_without_one():
    bundle = processes.bundle()
    files = {path: content.replace(b'"8a"', b'""').replace(b" 8a", b"") for path, content in bundle.files.items()}
    found = processes.matrix_of(type(bundle)(bundle.key, bundle.title, bundle.edition, files))
    assert found.without_step == ("8a",)


def test_a_project_stands_with_each_clause_as_its_instances_do(world):
    world.baseline()
    standing = {one.clause: one for one in processes.standings(world.unit, "apollo")}
    assert list(standing) == list(CLAUSES)
    assert standing["5.1d"].state == "done"
    assert standing["5.1d"].last is not None
    assert standing["7a"].state == "not yet"
    world.wait(days=40)
    standing = {one.clause: one for one in processes.standings(world.unit, "apollo")}
    assert (standing["5.2b"].state, standing["5.2b"].missed > 0) == ("missed", True)
    assert standing["5.3a"].state == "missed", "the month is over"


def test_it_is_told_to_programs(world):
    world.baseline()
    rows = processes.standings(world.unit, "apollo")
    data = json.loads(json.dumps(processes.matrix_as_data(processes.matrix(world.unit), {"apollo": rows})))
    plan = next(one for one in data["obligations"] if one["id"] == "5.1a")
    assert plan["projects"]["apollo"]["state"] == "done"
    assert {"process", "element", "name", "kind"} == set(plan["elements"][0])
    assert plan["scenario"].endswith("[5.1a]")
    assert data["clauses_without_a_step"] == []
