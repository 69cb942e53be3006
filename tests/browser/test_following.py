"""A process admin lets an instance follow and watches it happen; another approves a repair on a phone in the dark."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

import engine
from engine import THE_SYSTEM
from tests.browser.conftest import Visit
from tests.browser.stage import Stage, findings_of_axe
from web.work import reading, work

pytestmark = pytest.mark.browser


def deploy_another(stage: Stage) -> str:
    """Another version of every process, in which a change is described under another name; give an instance."""
    stage.app.extensions["milepost"].jobs.prepare()
    with stage.app.app_context(), work() as unit:
        shipped = engine.bundle(unit, engine.newest(unit, "change-approval").bundle)
        path = "change-approval.bpmn"
        changed = shipped.files[path].replace(b'"Describe the change"', b'"Describe it"')
        engine.deploy(unit, replace(shipped, files={**shipped.files, path: changed}, reason="Shorter"), THE_SYSTEM)
        return engine.instances(unit, process="change-approval", status="running")[0].id


def deal_with_all(stage: Stage) -> None:
    """What a worker does."""
    with stage.app.app_context():
        for migration, instance in engine.unfinished(reading()):
            with work() as unit:
                engine.follow(unit, migration, instance)


def test_an_instance_follows_while_one_watches_and_is_repaired_by_two(stage: Stage, visit: Visit) -> None:
    instance = deploy_another(stage)
    pavel = visit("pavel")
    pavel.goto(f"/instances/{instance}")
    pavel.get_by_role("link", name="Let it follow to version 2").click()
    expect(pavel.get_by_role("heading", name="The plan: 1 of 1 can follow")).to_be_visible()
    assert findings_of_axe(pavel) == []
    pavel.get_by_label("Why they are to follow").fill("The name is shorter")
    pavel.get_by_role("button", name="Let the chosen ones follow").click()
    expect(pavel.get_by_role("heading", name="0 of 1 dealt with")).to_be_visible()
    deal_with_all(stage)
    expect(pavel.get_by_role("heading", name="1 of 1 dealt with")).to_be_visible()
    expect(pavel.get_by_text("Has followed")).to_be_visible()
    assert findings_of_axe(pavel) == []

    pavel.goto(f"/instances/{instance}/repair")
    pavel.get_by_label("Set a variable").check()
    pavel.get_by_label("Name").fill("colour")
    pavel.get_by_label("Value").fill("blue")
    pavel.get_by_label("Why").fill("Somebody typed another colour")
    assert findings_of_axe(pavel) == []
    pavel.get_by_role("button", name="Propose").click()
    expect(pavel.get_by_text("Somebody else has to approve it.")).to_be_visible()

    lena = visit("lena", phone=True, dark=True)
    lena.goto(f"/instances/{instance}")
    lena.on("dialog", lambda dialog: dialog.accept())
    assert findings_of_axe(lena) == []
    lena.get_by_role("button", name="Approve and carry out").click()
    expect(lena.get_by_text("This instance was repaired")).to_be_visible()
    assert lena.evaluate("document.documentElement.scrollWidth") <= 390
    lena.get_by_role("link", name="Version 1 until").click()
    expect(lena.get_by_text("This is the part of its way")).to_be_visible()
    expect(lena.locator("html[data-ready=viewer]")).to_be_attached()
    assert findings_of_axe(lena) == []
