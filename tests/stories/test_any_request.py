"""Every address and every form, sent what nobody would type, by everybody and by nobody: answered, never with 500."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import html
from werkzeug.routing import Rule

import engine
import processes
from tests.databases import Databases
from tests.factories import PASSWORD, Visitor, visitor
from tests.stories.changes import on_conditions
from tests.stories.office import Office, id_of
from tests.stories.stages import Stages

JUNK = (
    "", "<script>alert(1)</script>", "=1+1", "\u202eabc\u200f", "x" * 100_000, "0001-01-01", "9999-12-31", "9" * 30,
    "-1", "NaN", "1e400", "\u0663", "\u00b2", "24:00", "14:00+05:00", "2026-W10-1", "null", "[[]]", '[{"a": {}}]',
    "a\r\nb", "0" * 32, "Infinity", "%00", "\u2028",
)  # fmt: skip
NOT_TRIED = ("/readyz", "/sign-out", "/sign-in", "/password", "/setup", "/people")
"""Addresses that change who one is, and the one that says 503 when no worker lives."""
REQUESTS = 160
SENT = {"reason": "Because", "decision": "approved", "password": PASSWORD, "until": "2026-06-01", "_do": "complete"}


@pytest.fixture(scope="module")
def office(sqlite: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A project with an open claim, a change on conditions, a proposed setting, a review of the SOP; and another's."""
    stages = Stages(sqlite, tmp_path_factory)
    with stages.kept_in(tmp_path_factory.mktemp("any"), stages.running()) as office:
        pavel, amina = [id_of("pavel")], [id_of("amina")]
        team = {"Project Manager": pavel, "Project Team": pavel, "Stakeholder": amina, "Sponsor": amina}
        with office.writing() as unit:
            lena = office.actor(unit, "lena")
            processes.register(unit, "zeus", "Zeus", members=team, start=date(2026, 5, 1), by=lena)
            processes.give_duty(unit, id_of("pavel"), "SOP Owner", lena)
            processes.ask_for_review(unit, office.actor(unit, "pavel"))
        on_conditions(office)
        with office.writing() as unit:
            processes.claim_milestone(unit, office.project, "M1", office.actor(unit, "tomas"))
            processes.adjust(unit, office.project, {"quorum": "1"}, office.actor(unit, "ines"), "Few come")
        office.wait(days=15)
        yield office


def known(office: Office, project: str) -> dict[str, list[str]]:
    """What stands in addresses: ids of what there is in a project."""
    with office.looking() as unit:
        tasks = [one.id for one in engine.tasks(unit, subject=project, status="open")]
        return {
            "project": [project], "task_id": tasks, "task": tasks, "process": ["change-approval"], "version": ["1"],
            "instance_id": [one.id for one in engine.instances(unit, subjects=[project])],
            "record_id": [one.id for one in engine.records(unit, subjects=[project])],
            "definition_id": [engine.newest(unit, "change-approval").id], "figure": ["milestones"],
            "element": ["decide-change"], "kind": ["csv"], "form": ["csv"], "rule": ["unsigned"], "case": ["right"],
            "change": ["S1"], "person": [id_of("greta")],
        }  # fmt: skip


def address(rule: Rule, ids: dict[str, list[str]], chance: random.Random) -> str:
    """An address under a rule, of something that there is if that is known."""
    chosen = {name: chance.choice(ids.get(name) or ["7"]) for name in rule.arguments}
    _domain, path = rule.build(chosen, append_unknown=False) or ("", "/")
    return path


def rules(office: Office) -> list[Rule]:
    return [
        one for one in sorted(office.app.url_map.iter_rules(), key=lambda one: (one.rule, sorted(one.methods or ())))
        if one.endpoint != "static" and not one.rule.startswith(NOT_TRIED)
    ]  # fmt: skip


def filled(form: html.FormElement, chance: random.Random, today: date) -> dict[str, Any]:
    """A form as somebody would send it, with something mad in one of its fields."""
    data: dict[str, Any] = {}
    for field in form.xpath(".//*[@name][not(@name='csrf_token')]"):
        name, kind = field.get("name"), field.get("type", field.tag)
        offered = [one for one in field.xpath("./option/@value") if one]
        if kind in ("radio", "checkbox", "hidden", "button", "submit"):
            data[name] = field.get("value") or "on"
        elif offered:
            data[name] = chance.choice(offered)
        else:
            day = (today + timedelta(days=chance.randint(1, 60))).isoformat()
            usual = {"date": day, "time": "14:00", "number": "3", "password": PASSWORD}
            data[name] = field.get("value") or usual.get(kind, "Because")
    if data:
        data[chance.choice(sorted(data))] = chance.choice(JUNK)
    return data


def test_whatever_is_sent_is_answered(office: Office) -> None:
    chance = random.Random(20261123)  # noqa: S311
    ids, asked = known(office, office.project), 0
    people: dict[str, Visitor] = {one: office.browser(one) for one in ("ines", "tomas", "greta", "lena", "pavel")}
    people["nobody"] = visitor(office.app)
    queue = rules(office)
    while asked < REQUESTS:
        rule, login = queue[asked % len(queue)], chance.choice(sorted(people))
        browser, path = people[login], address(rule, ids, chance)
        junk = {name: chance.choice(JUNK)[:2000] for name in ("offset", "kind", "q", "since", "tab")}
        if "GET" not in (rule.methods or ()):
            answers = [browser.post(path, {"reason": chance.choice(JUNK), "to": chance.choice(JUNK)})]
        else:
            answers = [browser.get(path, query_string=junk)]
            page = answers[0].status_code == 200 and answers[0].mimetype == "text/html"
            for form in html.fromstring(answers[0].text).forms if page else ():
                action = form.get("action") or path
                if form.get("method") == "post" and not action.startswith(NOT_TRIED):
                    answers.append(browser.post(action, filled(form, chance, office.clock.now.date())))
        for answer in answers:
            assert answer.status_code < 500, (login, answer.request.method, answer.request.path, answer.text[:500])
        asked += 1
    assert office.verdict().findings == ()
    with office.looking() as unit:
        assert processes.verify_rows(unit) == ()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_ends_of_time_is_refused_where_it_is_typed(office: Office, day: str) -> None:
    """No time zone can be reckoned with there."""
    ines, lena = office.browser("ines"), office.browser("lena")
    tries = [
        (ines, "/projects/apollo/hold", {"what": "hold", "until": day, "reason": "Because"}),
        (ines, "/projects/apollo/meetings/R1/move", {"date": day, "time": "00:00", "why": "Because"}),
        (ines, "/absences", {"deputy": id_of("tomas"), "first_day": day, "last_day": day, "reason": "Because"}),
        (lena, "/register", {"id": "hera", "title": "Hera", "start": day}),
    ]  # fmt: skip
    for browser, path, sent in tries:
        browser.get("/inbox")
        assert browser.post(path, sent).status_code in (404, 422), path
    page = office.page("ines", "schedule-review")
    sent = page.send({"_do": "complete", "date": day, "time": "00:00"})
    assert sent.status_code == 422
    assert "between the years" in sent.text
    assert ines.get("/projects/apollo/gaps", query_string={"since": day, "until": day}).status_code == 200


BAD_JSON = ('"\\ud800"', "[" * 50_000, "NaN", "1e400", "9" * 5000, '[["a", "\\udfff"]]', '{"a": 1}', "[[]]", "[1]")
"""Half a character, what nests too deep, numbers that are none, and what is not the list that was sent out."""


@pytest.mark.parametrize("text", BAD_JSON, ids=range(len(BAD_JSON)))
def test_what_was_sent_out_as_json_comes_back_otherwise(office: Office, text: str) -> None:
    pavel, ines = office.browser("pavel"), office.browser("ines")
    with office.looking() as unit:
        running = engine.instances(unit, process="review-cycle", status="running")[0].id
    pavel.get("/inbox")
    for kind in ("json", "number"):
        sent = {"what": "set", "kind": kind, "variable": "note", "value": text, "reason": "Because"}
        assert pavel.post(f"/instances/{running}/repair", sent).status_code in (302, 422)
    token = re.findall(r'name="_page" value="([^"]+)"', ines.get("/absences").text)[0]
    back = {"login": "ines", "password": PASSWORD, "_page": token, "_kept": text}
    came = visitor(office.app)
    came.get("/sign-in")
    assert came.post("/sign-in", back).status_code in (302, 422)
    ines.get("/inbox")
    assert ines.post("/projects/apollo/plan/import/take", {"rows": text}).status_code in (302, 422)


def test_a_part_of_a_form_that_has_no_name_is_not_understood(office: Office) -> None:
    body = b"--edge\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--edge--\r\n"
    for browser in (office.browser("ines"), visitor(office.app)):
        path = "/projects/apollo/plan/import"
        answer = browser.client.post(path, data=body, content_type="multipart/form-data; boundary=edge")
        assert answer.status_code == 400


@pytest.mark.parametrize("login", ["ines", "greta", "nobody"])
def test_of_another_project_nothing_is_there(office: Office, login: str) -> None:
    """Whatever the address and the form, somebody who takes no part in a project does not learn that it exists."""
    chance, ids = random.Random(7), known(office, "zeus")  # noqa: S311
    browser = visitor(office.app) if login == "nobody" else office.browser(login)
    tried = 0
    for rule in rules(office):
        if not {"project", "task_id", "task", "instance_id", "record_id"} & set(rule.arguments):
            continue
        path, tried = address(rule, ids, chance), tried + 1
        answer = browser.get(path) if "GET" in (rule.methods or ()) else browser.post(path, SENT)
        assert answer.status_code in ((302, 400, 422) if login == "nobody" else (403, 404)), path
        assert "Zeus" not in answer.text, path
    assert tried > 40
