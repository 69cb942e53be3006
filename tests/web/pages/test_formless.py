"""Tasks that ask for nothing but to be done, or signed: they have pages like all others, first to last."""

from __future__ import annotations

import pytest
from flask import Flask

import engine
from engine import THE_SYSTEM, Bundle, Draft, Field, Section, Work, content_of
from tests.engine.bpmn import diagrams as d
from tests.factories import PASSWORD, PROJECT, SmallProcedure, Visitor, visitor
from tests.web.pages.signing_procedure import hidden
from web.work import reading, work

TASKS = [d.user("plain"), d.user("own", record="note", signature="authored"), d.user("sign", signs="note",
         signature="approved")]  # fmt: skip


def compose(at_work: Work) -> Draft:
    """A record that no answers go into."""
    content = content_of([Section("Note", [Field("By", at_work.actor.name)])], {"by": at_work.actor.name})
    return Draft("note", at_work.subject, "Note", content)


@pytest.fixture
def paula(app: Flask, people: dict[str, str], procedure: SmallProcedure) -> Visitor:
    """The project manager's browser, with an instance that waits for its first task."""
    procedure.records["note"] = compose
    drawn = d.process("formless", [d.start(), *TASKS, d.end()], "begin -> plain -> own -> sign -> done",
                      {"Project Manager": ["plain", "own", "sign"]})  # fmt: skip
    with app.app_context(), work() as unit:
        engine.deploy(unit, Bundle("formless", "Formless", "1", {"formless.bpmn": d.diagram(drawn)}), THE_SYSTEM)
        engine.start(unit, "formless", PROJECT, {}, THE_SYSTEM)
    browser = visitor(app)
    browser.sign_in("paula")
    return browser


def open_task(app: Flask) -> engine.Task:
    with app.app_context():
        (found,) = engine.tasks(reading(), status="open")
        return found


def test_it_is_opened_kept_done_signed_and_looked_at_again(app: Flask, paula: Visitor) -> None:
    for element in ("plain", "own", "sign"):
        task = open_task(app)
        assert task.element == element
        assert paula.get(f"/inbox/{task.id}").status_code == 200
        assert paula.post(f"/tasks/{task.id}", {"_do": "save"}).status_code == 302
        shown = hidden(paula.get(f"/inbox/{task.id}").text, "_shown") if element == "sign" else ""
        wanted = {"_do": "review" if element == "own" else "complete"}
        if element == "sign":
            wanted |= {"_signing": "1", "_shown": shown, "password": PASSWORD}
        answer = paula.post(f"/tasks/{task.id}", wanted)
        assert answer.status_code == 302, answer.text
        if element == "own":
            page = paula.get(f"/tasks/{task.id}/sign")
            given = {"_shown": hidden(page.text, "_shown"), "password": PASSWORD}
            assert paula.post(f"/tasks/{task.id}/sign", given).status_code == 302
        assert paula.get(f"/inbox/{task.id}").status_code == 200
    with app.app_context():
        (instance,) = engine.instances(reading(), process="formless")
        assert instance.status == "completed"
        (record,) = engine.records(reading())
        assert [one.meaning for one in engine.signatures(reading(), record.id)] == ["authored", "approved"]


def test_a_refused_signature_leads_back_to_its_page(app: Flask, paula: Visitor) -> None:
    for _ in range(2):
        task = open_task(app)
        answer = paula.post(f"/tasks/{task.id}", {"_do": "complete"})
    assert answer.status_code == 422
    assert "needs a signature" in answer.text
