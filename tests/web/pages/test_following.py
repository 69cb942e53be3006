"""Instances follow by page: the plan, asking with a reason, progress, the report, and the old diagram."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

import engine
from engine import THE_SYSTEM, Bundle
from tests.factories import SmallProcedure, Visitor
from tests.web.pages.signing_procedure import DIAGRAM, Walk, author, begin, bundle
from web.work import reading, work

WHY = "The committee asks for a hand-over"
MORE = DIAGRAM.replace('name="Hand over"', 'name="Hand it over"')
GONE = DIAGRAM.replace('"draft"', '"sketch"').replace(">draft<", ">sketch<")


def deploy(app: Flask, diagram: str) -> None:
    files = {**bundle().files, "plan.bpmn": diagram.encode()}
    with app.app_context(), work() as unit:
        engine.deploy(unit, Bundle("small", "Small procedure", "1.1", files, "Another version"), THE_SYSTEM)


@pytest.fixture
def queue(app: Flask) -> Iterator[None]:
    """The tables of jobs. No worker runs: `tick` does what one would do."""
    jobs = app.extensions["milepost"].jobs
    jobs.prepare()
    yield
    jobs.close()


def tick(app: Flask) -> None:
    """Do what is asked for, as a worker does."""
    with app.app_context():
        for migration, instance in engine.unfinished(reading()):
            with work() as unit:
                engine.follow(unit, migration, instance)


def version(app: Flask, instance: str) -> int:
    with app.app_context():
        return engine.instance(reading(), instance).version


def fields(html: str) -> dict[str, str]:
    """The hidden fields of the form that asks."""
    form = html[html.index('method="post"', html.index('class="filters"')) :]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


def test_only_stewards_let_instances_follow(app: Flask, walk: Walk, paula: Visitor) -> None:
    deploy(app, MORE)
    assert paula.get("/processes/plan/follow").status_code == 403
    assert paula.post("/processes/plan/follow", {"to": "2", "reason": WHY}).status_code == 403
    assert version(app, walk.instance) == 1


def test_a_plan_is_looked_at_asked_for_and_carried_out(
    app: Flask, queue: None, walk: Walk, procedure: SmallProcedure, people: dict[str, str], ada: Visitor, paula: Visitor
) -> None:
    other = begin(app, procedure, people["ada"], project="zeus")
    author(app, walk)
    deploy(app, MORE)
    shown = ada.get("/processes/plan/follow")
    assert "2 of 2 can follow" in shown.text
    assert "Stands at “Sign the baseline”" in shown.text
    sent = {**fields(shown.text), "chosen": [walk.instance, other.instance], "reason": " "}
    refused = ada.post("/processes/plan/follow", sent)
    assert refused.status_code == 422
    assert "Say why" in refused.text
    asked = ada.post("/processes/plan/follow", {**sent, "reason": WHY})
    assert asked.status_code == 302
    report = asked.headers["Location"]
    waits = ada.get(report).text
    assert "0 of 2 dealt with" in waits
    assert "Look again" in waits
    assert version(app, walk.instance) == 1
    assert ada.post(f"{report}/again").status_code == 302, "whoever asks twice loses nothing"
    tick(app)
    done = ada.get(report).text
    assert "2 of 2 dealt with" in done
    assert "Look again" not in done
    assert done.count("Has followed") == 2
    assert version(app, walk.instance) == version(app, other.instance) == 2
    assert ada.get("/processes/plan/follow").text.count("Nothing has to follow") == 1
    told = paula.get(f"/instances/{walk.instance}").text
    assert "Followed to version 2" in told
    assert WHY in told


def test_the_old_part_of_the_way_is_drawn_on_the_old_diagram(app: Flask, walk: Walk, ada: Visitor) -> None:
    author(app, walk)
    deploy(app, MORE)
    with app.app_context(), work() as unit:
        first, second = engine.instance(unit, walk.instance).definition, engine.newest(unit, "plan").id
        engine.migrate(unit, walk.instance, second, THE_SYSTEM, WHY)
    now = ada.get(f"/instances/{walk.instance}").text
    assert f"/definitions/{second}/diagram.bpmn" in now
    assert "Version 1" in now
    before = ada.get(f"/instances/{walk.instance}?stay=1").text
    report = re.search(r'href="(/migrations/[0-9a-f]+)"', before)
    assert report
    assert "Has followed" in ada.get(report[1]).text
    assert f"/definitions/{first}/diagram.bpmn" in before
    overlay = re.search(r'class="diagram-overlay">(.*?)</script>', before)
    assert overlay
    assert '"draft"' in overlay[1]
    assert '"active": []' in overlay[1]
    assert ada.get(f"/instances/{walk.instance}?stay=9").status_code == 404
    assert "Land softly" in now, "answers of the old version are told by the old form"


def test_what_is_in_the_way_is_said_and_an_element_can_be_named_in_its_place(
    app: Flask, queue: None, walk: Walk, ada: Visitor
) -> None:
    deploy(app, GONE)
    page = ada.get("/processes/plan/follow").text
    assert "0 of 1 can follow" in page
    assert "It stands at “Draft the plan”, which the new version does not have." in page
    assert '<option value="sketch">' in page
    mapped = ada.get("/processes/plan/follow?to=2&map-draft=sketch").text
    assert "1 of 1 can follow" in mapped
    sent = {**fields(mapped), "chosen": [walk.instance], "reason": WHY}
    assert sent["map-draft"] == "sketch"
    report = ada.post("/processes/plan/follow", sent).headers["Location"]
    tick(app)
    assert "Has followed" in ada.get(report).text
    assert walk.task().element == "sketch"


def test_who_went_on_meanwhile_stays_and_the_report_says_who_it_was(
    app: Flask, queue: None, walk: Walk, ada: Visitor
) -> None:
    deploy(app, MORE)
    shown = ada.get(f"/processes/plan/follow?instance={walk.instance}").text
    author(app, walk)
    report = ada.post(
        "/processes/plan/follow", {**fields(shown), "chosen": [walk.instance], "reason": WHY}
    ).headers["Location"]
    tick(app)
    done = ada.get(report).text
    assert "Went on meanwhile" in done
    assert "Paula Manager was faster" in done
    assert version(app, walk.instance) == 1


def test_nothing_chosen_is_said_and_unknown_things_are_not_there(app: Flask, walk: Walk, ada: Visitor) -> None:
    deploy(app, MORE)
    page = ada.get("/processes/plan/follow").text
    assert ada.post("/processes/plan/follow", {**fields(page), "reason": WHY}).status_code == 422
    for path in ("/processes/nothing/follow", "/processes/plan/follow?to=9", "/migrations/nothing"):
        assert ada.get(path).status_code == 404, path


def test_who_may_is_offered_it_on_the_instance_and_the_process(
    app: Flask, walk: Walk, ada: Visitor, paula: Visitor
) -> None:
    deploy(app, MORE)
    for visitor, offered in ((ada, True), (paula, False)):
        assert ("/processes/plan/follow" in visitor.get(f"/instances/{walk.instance}").text) is offered
        assert ("/processes/plan/follow" in visitor.get("/processes/plan").text) is offered
