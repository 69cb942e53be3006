"""Instances by page: the path on the diagram, the story, and cancelling with a reason."""

from __future__ import annotations

import json
import re

from flask import Flask

import engine
from tests.factories import SmallProcedure, Visitor
from tests.web.pages.signing_procedure import Walk, author, begin
from web.work import reading


def overlay(html: str) -> dict:
    found = re.search(r'class="diagram-overlay">(.*?)</script>', html)
    assert found
    return json.loads(found[1])


def test_the_page_draws_the_way_and_tells_the_story(app: Flask, walk: Walk, paula: Visitor) -> None:
    author(app, walk)
    page = paula.get(f"/instances/{walk.instance}").text
    drawn = overlay(page)
    assert drawn["active"] == ["approve"]
    assert {"Begin", "draft"} <= set(drawn["done"])
    assert {"Flow_1", "Flow_2"} <= set(drawn["flows"])
    assert drawn["signed"] == ["draft"]
    assert "Signed: authored" in page
    assert "Land softly" in page, "the answers are told under their labels"
    assert "Contract number" not in page
    assert f"/records/{walk.record().id}" in page


def test_the_diagram_is_the_one_that_was_deployed(app: Flask, walk: Walk, paula: Visitor) -> None:
    with app.app_context():
        definition = engine.newest(reading(), "plan").id
    sent = paula.get(f"/definitions/{definition}/diagram.bpmn")
    assert sent.mimetype == "application/xml"
    assert b'name="Draft the plan"' in sent.data
    assert paula.get("/definitions/nothing/diagram.bpmn").status_code == 404


def test_only_stewards_cancel_and_only_with_a_reason(app: Flask, walk: Walk, paula: Visitor, ada: Visitor) -> None:
    paula.get("/inbox")
    assert paula.post(f"/instances/{walk.instance}/cancel", {"reason": "I do not like it"}).status_code == 403
    ada.get(f"/instances/{walk.instance}")
    assert ada.post(f"/instances/{walk.instance}/cancel", {"reason": " "}).status_code == 422
    assert ada.post(f"/instances/{walk.instance}/cancel", {"reason": "Started twice"}).status_code == 302
    with app.app_context():
        assert engine.instance(reading(), walk.instance).status == "cancelled"
    assert ada.post(f"/instances/{walk.instance}/cancel", {"reason": "Again"}).status_code == 409
    told = paula.get(f"/instances/{walk.instance}").text
    assert "Started twice" in told, "everybody reads why, and who it was"
    assert "Ada Admin" in told


def test_a_cancelled_task_says_that_nobody_has_to_do_it(walk: Walk, paula: Visitor, ada: Visitor) -> None:
    task = walk.task()
    ada.get("/inbox")
    ada.post(f"/instances/{walk.instance}/cancel", {"reason": "Started twice"})
    assert "Nobody has to do it any more" in paula.get(f"/inbox/{task.id}").text
    late = paula.post(f"/tasks/{task.id}", {"purpose": "x"})
    assert late.status_code == 409


def test_another_projects_instances_are_neither_listed_nor_there(
    app: Flask,
    walk: Walk,
    procedure: SmallProcedure,
    people: dict[str, str],
    eve: Visitor,
    paula: Visitor,
    ada: Visitor,
) -> None:
    other = begin(app, procedure, people["ada"], project="zeus")
    assert "Setup of zeus" in eve.get("/instances").text
    assert "Setup of apollo" not in eve.get("/instances").text
    assert "Setup of zeus" not in paula.get("/instances?project=zeus").text
    assert paula.get(f"/instances/{other.instance}").status_code == 404
    seen = ada.get("/instances").text
    assert "Setup of zeus" in seen
    assert "Setup of apollo" in seen
