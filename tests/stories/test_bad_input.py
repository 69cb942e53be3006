"""Bad input over HTTP: each gets a clear message and the right status, and nothing is lost or half written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from html import unescape

import pytest
from lxml import html
from sqlalchemy import event
from werkzeug.test import TestResponse

import engine
import processes
from tests.databases import Databases
from tests.factories import PASSWORD, Visitor
from tests.stories.office import PLAN, Office, id_of
from tests.stories.task_page import TaskPage, problems, sign
from web.database import db


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: what is refused does not reach it."""
    return sqlite

DIAGRAM, FORM = "weekly-update.bpmn", "chase.form"
REASON = "It is better this way."


def versions(office: Office) -> set[int]:
    with office.looking() as unit:
        return {one.version for one in engine.definitions(unit)}


def shipped(name: str) -> bytes:
    return processes.bundle().files[name]


def upload(browser: Visitor, name: str, content: bytes) -> TestResponse:
    """Hand a file in as a browser does; written by hand, since the test client keeps large ones in files of its own."""
    browser.get("/processes/upload")
    head = "--edge\r\nContent-Disposition: form-data; name="
    fields = f'{head}"csrf_token"\r\n\r\n{browser.token}\r\n{head}"reason"\r\n\r\n{REASON}\r\n'
    begin = f'{fields}{head}"file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    body = begin.encode() + content + b"\r\n--edge--\r\n"
    return browser.client.post("/processes/upload", data=body, content_type="multipart/form-data; boundary=edge")


# diagrams and forms that are handed in


def swapped(old: bytes, new: bytes, name: str = DIAGRAM) -> bytes:
    """The shipped file with something else in one place."""
    assert old in shipped(name)
    return shipped(name).replace(old, new)


ENTITY = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
ONE_FLOW = b'id="f-any-open-nothing-open" '
TIMER = b">remind_at<"
NO_FIELD = b'{"type": "default", "id": "chase", "components": []}'
BAD_FILES = {
    "not XML": (DIAGRAM, lambda: b"Dear admin, please deploy this.", "XML"),
    "a DOCTYPE": (DIAGRAM, lambda: swapped(b"<bpmn:definitions", ENTITY + b"<bpmn:definitions"), "DOCTYPE"),
    "truncated": (DIAGRAM, lambda: shipped(DIAGRAM)[:5000], "XML"),
    "larger than 2 MB": (DIAGRAM, lambda: shipped(DIAGRAM) + b"<!--" + b"x" * 2**21 + b"-->", "2 MB"),
    "empty": (DIAGRAM, lambda: b"", "empty"),
    "a flow without id": (DIAGRAM, lambda: swapped(ONE_FLOW, b""), "id"),
    "an expression that calls Python": (DIAGRAM, lambda: swapped(TIMER, b">__import__('os').getcwd()<"), "expression"),
    "an expression that reaches inside": (DIAGRAM, lambda: swapped(TIMER, b">project.__class__<"), "__class__"),
    "a form that names no field": (FORM, lambda: NO_FIELD, "names no field"),
    "a form that is no JSON": (FORM, lambda: b"{chase", "JSON"),
    "a form that is not one": (FORM, lambda: b"[]", ""),
    "another kind of file": ("notes.exe", lambda: b"MZ", "can be handed in"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_file_that_cannot_be_deployed_is_refused_with_its_reason(office: Office, what: str) -> None:
    name, content, said = BAD_FILES[what]
    refused = upload(office.browser("pavel"), name, content())
    assert refused.status_code == 422, what
    text = html.fromstring(refused.text).text_content()
    assert said.casefold() in text.casefold()
    assert "root:" not in text, "nothing of the machine's files is shown"
    assert REASON in refused.text, "what was typed is kept"
    assert versions(office) == {1}
    assert office.verdict().findings == ()


def test_a_node_may_bear_a_name_that_the_engine_keeps_for_its_own(office: Office) -> None:
    sent = upload(office.browser("pavel"), DIAGRAM, swapped(b'"remind-team"', b'"Start"'))
    assert sent.status_code == 302, problems(sent)
    assert versions(office) == {1, 2}
    with office.looking() as unit:
        made = engine.newest(unit, "weekly-update")
        assert "Start" in engine.elements(unit, made.id), "it is known to people by its own name"
    assert office.verdict().findings == ()


# tasks that are not there, not one's own, not open any more


def test_the_second_completion_is_told_who_was_first_and_when(running: Office) -> None:
    running.wait(days=7)
    page = running.page("tomas", "submit-update")
    row = PLAN["milestones"][0]
    line = {"status": "on-track", "percent": 10, "forecast": row["target"]}
    page = page.fill({"milestones": [line], "nothing_to_report": True})
    assert page.finish().status_code == 302
    again = page.finish()
    assert again.status_code == 409
    assert "Tomas Lindqvist" in again.text
    assert "<time datetime=" in again.text
    with running.looking() as unit:
        (instance,) = engine.instances(unit, process="weekly-update", status="running")
        assert len(engine.submissions(unit, instance.id, "submit-update")) == 1


def test_a_task_of_another_role_is_forbidden_and_of_another_project_is_not_there(signing: Office) -> None:
    with signing.writing() as unit:
        others = {"Project Manager": [id_of("pavel")], "Project Team": [id_of("pavel")],
                  "Stakeholder": [id_of("amina")], "Sponsor": [id_of("amina")]}  # fmt: skip
        processes.register(unit, "zeus", "Zeus", members=others, start=date(2026, 5, 1), by=signing.actor(unit, "lena"))
    with signing.looking() as unit:
        (theirs,) = engine.tasks(unit, subject="zeus", status="open")
    ours = signing.task("greta", "sign-baseline")
    for login, task, status in (("tomas", ours.id, 403), ("ines", ours.id, 403), ("ines", theirs.id, 404)):
        browser = signing.browser(login)
        browser.get("/inbox")
        for path in (f"/tasks/{task}", f"/tasks/{task}/claim", f"/tasks/{task}/release"):
            sent = {"decision": "approved", "_signing": "1", "password": PASSWORD, "_shown": "0" * 64}
            assert browser.post(path, sent).status_code == status, (login, path)
    assert signing.browser("ines").get(f"/inbox/{theirs.id}").status_code == 404
    assert signing.browser("ines").get("/projects/zeus").status_code == 404
    assert "Zeus" not in signing.browser("ines").get("/search?q=zeus").text.replace('value="zeus"', "")
    assert signing.baseline() is None


NOWHERE = "0" * 32


@pytest.mark.parametrize(
    "path",
    [
        f"/inbox/{NOWHERE}", f"/instances/{NOWHERE}", f"/records/{NOWHERE}", f"/records/{NOWHERE}.pdf",
        f"/records/{NOWHERE}.json", f"/attachments/{NOWHERE}", "/projects/nothing", "/projects/nothing/plan",
        "/processes/nothing", "/processes/weekly-update/99", f"/definitions/{NOWHERE}/diagram.bpmn",
        f"/compliance/{NOWHERE}", "/inbox/%00", "/inbox/..%2f..%2fetc%2fpasswd", f"/inbox/{'x' * 2000}",
    ],
)  # fmt: skip
def test_an_unknown_id_is_not_found(running: Office, path: str) -> None:
    for login in ("ines", "pavel"):
        answer = running.browser(login).get(path)
        assert answer.status_code in ({404, 403} if path.startswith("/compliance") else {404}), path
        assert answer.mimetype == "text/html"


def test_a_page_from_before_a_new_version_is_stale_only_where_it_matters(office: Office) -> None:
    office.register()
    page = office.page("ines", "draft-plan").fill(PLAN)
    stale = page.send({"_do": "complete", "_seen": "0" * 64})
    assert stale.status_code in (409, 422)
    assert office.task("ines", "draft-plan").open
    editor = office.browser("pavel")
    editor.get("/processes/weekly-update/edit")
    base = {"base": NOWHERE, "xml": shipped(DIAGRAM).decode(), "reason": REASON}
    assert editor.post("/processes/weekly-update/deploy", base).status_code == 409
    assert versions(office) == {1}


# pages whose time has passed


def everything(page: TaskPage) -> set[str]:
    """The texts that were typed into a plan's page."""
    return {value for name, value in page.pairs if name.startswith(("purpose", "milestones.")) and len(value) > 3}


def shows(answer: TestResponse, typed: set[str]) -> None:
    text = unescape(answer.text)
    assert {one for one in typed if one not in text} == set()


def test_without_a_csrf_token_nothing_is_done_and_everything_comes_back(office: Office) -> None:
    office.register()
    page = office.page("ines", "draft-plan").fill(PLAN)
    browser = office.browser("ines")
    for token in ("", "forged"):
        data = {**dict(page.pairs), "csrf_token": token, "_do": "review"}
        answer = browser.client.post(f"/tasks/{page.task}", data=data)
        assert answer.status_code == 422
        shows(answer, everything(page))
    bare = browser.client.post(f"/tasks/{page.task}", data={"purpose": "Fly"})
    assert bare.status_code == 400
    other = browser.client.post("/projects/apollo/close", data={"reason": "Enough"})
    assert other.status_code == 400
    with office.looking() as unit:
        assert engine.draft(unit, page.task, office.actor(unit, "ines")) is None


def test_a_session_that_ran_out_over_a_long_form_loses_nothing(office: Office) -> None:
    office.register()
    page = office.page("ines", "draft-plan").fill(PLAN)
    browser = page.browser
    office.clock.turn(hours=3)
    lost = page.send({"_do": "review"})
    assert lost.status_code == 422
    (form,) = (one for one in html.fromstring(lost.text).forms if "_kept" in one.fields)
    again = browser.post("/sign-in", {**dict(form.form_values()), "login": "ines", "password": PASSWORD})
    assert again.status_code == 422
    shows(again, everything(page))
    office.another_browser("ines")
    resumed = TaskPage(browser, page.task, again)
    sent = resumed.send({"_do": "review"})
    assert sent.status_code == 302
    assert sign(browser, sent.location).status_code == 302
    assert len(office.open("accept-ownership")) == 3


# a database that cannot write


@contextmanager
def impatient(office: Office, *pragmas: str) -> Iterator[None]:
    """Connections that wait no longer than a moment, and what else is said of them."""
    with office.app.app_context():
        database = db.engine

    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in ("busy_timeout=50", *pragmas):
            connection.execute(f"PRAGMA {pragma}").close()

    database.dispose()
    event.listen(database, "connect", set_up)
    yield
    event.remove(database, "connect", set_up)
    database.dispose()


def events(office: Office) -> int:
    with office.looking() as unit:
        return len(engine.events(unit, limit=100_000))


def test_a_locked_database_says_so_and_nothing_is_saved(deciding: Office) -> None:
    page = deciding.page("greta", "decide-change").fill({"decision": "approved"})
    before = events(deciding)
    path = deciding.app.extensions["milepost"].config.data / "milepost.sqlite"
    with impatient(deciding), closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = page.finish()
        assert answer.status_code == 503
        assert "Nothing was saved" in answer.text
        assert int(answer.headers["Retry-After"]) > 0
        assert deciding.browser("greta").get(f"/inbox/{page.task}").status_code == 200, "reading goes on"
        other.execute("ROLLBACK")
    assert events(deciding) == before
    assert page.finish().status_code == 302
    assert deciding.verdict().findings == ()


def test_a_full_disk_says_so_and_nothing_is_half_written(deciding: Office) -> None:
    page = deciding.page("greta", "decide-change").fill({"decision": "rejected", "comment": "No. " * 1000})
    before = events(deciding)
    with deciding.looking() as unit:
        pages = unit.session.connection().exec_driver_sql("PRAGMA page_count").scalar()
    with impatient(deciding, f"max_page_count={pages}"):
        answer = page.finish()
        assert answer.status_code == 503
        assert "disk is full" in answer.text
    assert events(deciding) == before
    assert id_of("greta") in deciding.open("decide-change")
    assert deciding.verdict().findings == ()
    assert page.finish().status_code == 302


def test_more_than_is_accepted_is_refused_before_it_is_read(running: Office) -> None:
    browser = running.browser("ines")
    browser.get("/inbox")
    assert browser.post("/projects/apollo/close", {"reason": "x" * (11 * 2**20)}).status_code == 413


@pytest.mark.parametrize(
    "make",
    [
        lambda: {f"milestones.{n}.name": "x" for n in range(3000)},
        lambda: {".".join(["a"] * 200): "x"},
        lambda: {"milestones.99999999.name": "x"},
        lambda: {"milestones.__class__.name": "x"},
        lambda: {"purpose": "\x00\x01\x02"},
    ],
    ids=["many rows", "deep", "far row", "a name of Python's", "control characters"],
)
def test_names_that_no_page_sends_are_refused_or_left_aside(office: Office, make: Callable[[], dict]) -> None:
    office.register()
    page = office.page("ines", "draft-plan").fill(PLAN)
    answer = page.send({**make(), "_do": "complete"})
    assert answer.status_code in (400, 413, 422)
    assert office.task("ines", "draft-plan").open
