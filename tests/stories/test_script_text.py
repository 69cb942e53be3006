"""Script in any text that a person can enter is text, on every page and on paper: a project that is told in script."""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from typing import Any

import pikepdf
import pytest
from lxml import html
from sqlalchemy import select

import engine
import processes
from engine.tables import EventRow, SubmissionRow
from tests.databases import Databases
from tests.factories import Visitor
from tests.paper import squeezed, text_of
from tests.stories.acceptance import CONTRACTUAL, claim, today
from tests.stories.office import CHANGE, PLAN, Office, id_of
from tests.stories.stages import Stages
from tests.stories.task_page import send_form

KEYS = (
    "milestone-plan.milestones.id", "milestone-plan.milestones.after", "change.items.id", "sop-draft.version",
    "closure-lessons.proposals.clause", "milestone-claim.link",
)  # fmt: skip
"""Text fields that take nothing but ids and the like."""


def script(place: str) -> str:
    """What an attacker types at a place: script, an image that runs some, and a command of the typesetter."""
    return f'<script>alert("{place}")</script><img src=x onerror=alert(1)>#panic("x") 7 tests'


def text_fields() -> set[str]:
    """Form and path of every field of the shipped forms into which text can be typed."""

    def walk(components: list[dict[str, Any]], path: str) -> Iterator[str]:
        for one in components:
            if one["type"] in ("textfield", "textarea") and not one.get("readonly"):
                yield path + one["key"]
            inner = f"{path}{one['path']}." if one.get("path") else path
            yield from walk(one.get("components", []), inner)

    files = {path: content for path, content in processes.bundle().files.items() if path.endswith(".form")}
    forms = {path: json.loads(content) for path, content in files.items()}
    return {place for one in forms.values() for place in walk(one["components"], f"{one['id']}.")} - set(KEYS)


FIELDS = text_fields()


def salted(place: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers, with script in every text field of this form or row."""
    found: dict[str, Any] = {}
    for name, value in answers.items():
        rows = isinstance(value, list) and value and isinstance(value[0], Mapping)
        found[name] = [salted(f"{place}.{name}", one) for one in value] if rows else value
    here = {field.rpartition(".")[2] for field in FIELDS if field.rpartition(".")[0] == place}
    return found | {name: script(f"{place}.{name}") for name in here}


SIGNED = {**PLAN, "milestones": CONTRACTUAL}


class Life:
    """A project's life in which every text is script."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def do(self, login: str, element: str, answers: Mapping[str, Any]) -> None:
        with self.office.looking() as unit:
            task = self.office.task(login, element)
            form = engine.elements(unit, task.definition)[element].properties["form"]
        self.office.do(login, element, salted(form, answers))

    def until(self, login: str, element: str) -> None:
        while not self.office.tasks(login, element):
            self.office.wait(days=1)

    def plan(self) -> None:
        self.office.register(start=date(2026, 2, 2), purpose=script("project.purpose"))
        self.do("ines", "record-deviation", {"since": "2026-02-02"})
        self.do("ines", "draft-plan", SIGNED)
        self.do("rahul", "accept-ownership", {"decision": "declined"})
        self.office.accept_all()
        self.do("ines", "revise-plan", SIGNED)
        self.office.accept_all()
        self.do("greta", "sign-baseline", {"decision": "rejected"})
        self.do("ines", "revise-plan", SIGNED)
        self.office.accept_all()
        self.do("greta", "sign-baseline", {"decision": "rejected"})
        self.do("dorothea", "decide-deadlock", {"decision": "rejected", "next": "revise"})
        self.do("ines", "revise-plan", SIGNED)
        self.office.accept_all()
        self.office.wait(days=18)
        self.do("ines", "chase-sign-off", {"next": "ask-again"})
        for login in ("greta", "samuel"):
            self.do(login, "sign-baseline", {"decision": "approved"})

    def week(self) -> None:
        self.until("tomas", "submit-update")
        row = {"milestone": "M1", "status": "at-risk", "percent": 5, "forecast": "2026-05-05"}
        setback = {"milestone": "M1", "cause": "technical", "impact_days": 5}
        blocker = {"since": "2026-03-10", "needed_by": "2026-03-30"}
        told = {"milestones": [row], "setbacks": [setback], "blockers": [blocker]}
        self.do("tomas", "submit-update", told)
        for login, milestone in (("mei", "M2"), ("rahul", "M3")):
            line = {"milestone": milestone, "status": "not-started", "percent": 0, "forecast": "2026-09-30"}
            self.do(login, "submit-update", {"milestones": [line]})
        self.do("ines", "release-status", {"decision": "returned", "return_to": id_of("tomas")})
        self.do("tomas", "submit-update", told)
        self.office.do("ines", "release-status", {"decision": "released"})
        self.do("ines", "decide-late", {"next": "watch"})

    def review(self) -> None:
        """A meeting that is moved and fails, its repetition, which comes late and fails too, and an end in writing."""
        self.until("ines", "schedule-review")
        day = self.office.clock.now.date()
        here = [id_of(login) for login in ("ines", "tomas", "greta", "samuel")]
        first = date.fromordinal(day.toordinal() + 10 - day.weekday() % 5)
        self.do("ines", "schedule-review", {"date": first.isoformat(), "time": "14:00", "invitees": here})
        to = processes.Appointment(first + timedelta(days=1), time(14), script("move.place"))
        with self.office.writing() as unit:
            by = self.office.actor(unit, "ines")
            processes.move_meeting(unit, self.office.project, "R1", to, script("move.why"), by)
        self.gather(here[:1])
        self.do("ines", "settle-quorum", {"course": "reschedule"})
        late = {"date": (first + timedelta(days=21)).isoformat(), "time": "14:00", "invitees": here}
        self.do("ines", "reschedule-review", late)
        self.gather(here[:1])
        self.do("ines", "settle-quorum", {"course": "circulation"})
        with self.office.looking() as unit:
            task = self.office.task("ines", "hold-review")
            lines = engine.task_form(unit, task, self.office.actor(unit, "ines")).values["lines"]
        self.do("ines", "hold-review", {
            "lines": lines, "items": [{"kind": "risk"}], "decisions": [{"decided_by": id_of("ines")}],
            "actions": [{"owner": id_of("tomas"), "due": "2026-06-01", "priority": "high"}],
        })  # fmt: skip
        self.do("ines", "circulate-decisions", {"until": (first + timedelta(days=28)).isoformat()})
        for login in ("greta", "samuel"):
            self.do(login, "answer-in-writing", {"decision": "disagree"})
        self.do("ines", "draft-minutes", {"plan_statement": "no-change"})
        self.do("ines", "comment-minutes", {"decision": "correction"})
        self.do("ines", "draft-minutes", {"plan_statement": "no-change"})
        self.until("ines", "confirm-minutes")
        self.do("ines", "confirm-minutes", {})

    def gather(self, here: list[str]) -> None:
        """From the data cut to the attendance."""
        self.until("ines", "analyse-performance")
        better = {"owner": id_of("mei"), "due": "2026-06-01"}
        self.do("ines", "analyse-performance", {"improvements": [better]})
        self.do("ines", "issue-report", {})
        self.do("greta", "give-input", {"no_comment": False})
        self.until("ines", "open-meeting")
        self.do("ines", "open-meeting", {"attendees": here})

    def change(self) -> None:
        with self.office.writing() as unit:
            processes.request_change(unit, self.office.project, self.office.actor(unit, "tomas"))
        asked = {**CHANGE, "items": [{"action": "add", "owner": id_of("mei"), "target": "2026-08-01"}]}
        self.do("tomas", "describe-change", {**asked, "urgency": "emergency"})
        self.do("dorothea", "decide-emergency", {"decision": "ordinary"})
        self.do("greta", "decide-change", {"decision": "rejected"})
        self.do("tomas", "consider-rejection", {"next": "again"})
        self.do("tomas", "describe-change", {**asked, "urgency": "normal"})
        condition = {"owner": id_of("rahul"), "due": self.later(9)}
        self.do("greta", "decide-change", {"decision": "conditional", "conditions": [condition]})
        for login in ("samuel", "dorothea"):
            self.do(login, "decide-change", {"decision": "approved"})
        self.do("rahul", "do-action", {"outcome": "done"})
        self.do("greta", "verify-condition", {"decision": "closed"})
        self.office.wait(days=1)
        self.do("ines", "confirm-implementation", {"done": True})

    def action(self) -> None:
        self.do("tomas", "do-action", {"outcome": "done"})
        self.do("ines", "verify-action", {"decision": "reopened", "due": self.later(9)})
        self.do("tomas", "do-action", {"outcome": "done"})
        self.do("ines", "verify-action", {"decision": "closed"})

    def acceptance(self) -> None:
        claim(self.office)
        point = {"owner": id_of("tomas"), "due": self.later(9), "priority": "low"}
        for decision in ("rejected", "approved", "approved"):
            if self.office.open("accept-milestone"):
                self.do("greta", "accept-milestone", {"decision": "rejected"})
            self.do("tomas", "state-claim", {"decision": "complete", "met_on": today(self.office)})
            points = [point] if decision == "approved" else []
            self.do("ines", "verify-claim", {"decision": decision, "points": points})
        for login in ("greta", "samuel"):
            self.do(login, "accept-milestone", {"decision": "approved"})

    def later(self, days: int) -> str:
        return date.fromordinal(self.office.clock.now.toordinal() + days).isoformat()

    def closing(self) -> None:
        with self.office.writing() as unit:
            for login, duty in (("pavel", "SOP Owner"), ("dorothea", "SOP Approver")):
                processes.give_duty(unit, id_of(login), duty, self.office.actor(unit, "lena"))
            processes.close(unit, self.office.project, self.office.actor(unit, "ines"), script("close"))
        self.do("ines", "settle-gaps", {"next": "close"})
        self.do("tomas", "give-feedback", dict.fromkeys(("tracking", "reviews", "changes"), "partly"))
        self.do("ines", "evaluate-procedure", {"verdict": "partly"})
        self.until("ines", "draw-lessons")
        lessons = {"lessons": [{"kind": "stop"}], "proposals": [{"clause": "5.3b"}], "no_proposal": False}
        self.do("ines", "draw-lessons", lessons)
        self.do("greta", "sign-closure", {"decision": "rejected"})
        self.do("ines", "draw-lessons", lessons)
        for login in ("greta", "samuel", "dorothea"):
            self.do(login, "sign-closure", {"decision": "approved"})

    def revision(self) -> None:
        self.do("pavel", "judge-proposal", {"decision": "revise"})
        draft = {"version": "1.1", "effective_on": self.later(30), "running": "finish"}
        self.do("pavel", "draft-revision", draft)
        self.do("dorothea", "approve-revision", {"decision": "rejected"})
        self.do("pavel", "draft-revision", draft)
        self.do("dorothea", "approve-revision", {"decision": "approved"})
        with self.office.writing() as unit:
            processes.ask_for_review(unit, self.office.actor(unit, "pavel"))
        self.do("pavel", "judge-proposal", {"decision": "no-change"})
        self.do("pavel", "record-no-change", {})

    def besides(self) -> None:
        """Texts that are typed elsewhere than into the forms of tasks."""
        self.until("tomas", "submit-update")
        task = self.office.task("tomas", "submit-update")
        tomas, lena = self.office.browser("tomas"), self.office.browser("lena")
        tomas.get(f"/inbox/{task.id}?tab=comments")
        assert tomas.post(f"/tasks/{task.id}/comment", {"text": script("comment")}).status_code == 302
        lena.get(f"/instances/{task.instance}")
        reason = {"reason": script("cancel")}
        assert lena.post(f"/instances/{task.instance}/cancel", reason).status_code == 302
        made = send_form(lena, "/people/new", {"login": "mallory", "name": script("person")})
        assert made.status_code in (200, 302)


@pytest.fixture(scope="module")
def told(sqlite: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The project after such a life."""
    stages = Stages(sqlite, tmp_path_factory)
    with stages.kept_in(tmp_path_factory.mktemp("script"), stages.sop()) as office:
        life = Life(office)
        chapters = (life.plan, life.week, life.review, life.change, life.action, life.besides)
        for chapter in (*chapters, life.acceptance, life.closing, life.revision):
            chapter()
        assert office.incidents() == []
        yield office


def test_every_field_for_text_was_filled_with_script(told: Office) -> None:
    with told.looking() as unit:
        kept = " ".join(json.dumps(json.loads(one)) for one in unit.session.scalars(select(SubmissionRow.answers)))
    assert {place for place in FIELDS if json.dumps(script(place))[1:-1] not in kept} == set()


def test_no_event_says_in_clear_what_was_typed_or_by_whom(told: Office) -> None:
    with told.looking() as unit:
        people = [one for person in engine.people(unit) for one in (person.id, person.name)]
        events = unit.session.execute(select(EventRow.kind, EventRow.payload)).all()
        assert processes.verify_rows(unit) == ()
    shown = {kind for kind, payload in events if any(one in payload for one in ("alert(", *people))}
    assert {one for one in shown if not one.startswith("person.")} == set(), "those are about a person, by id"


def pages(browser: Visitor, *begin: str, within: str = "/") -> Iterator[tuple[str, html.HtmlElement]]:
    """Every page that links lead to from here, each once."""
    known, queue = set(begin), deque(begin)
    while queue:
        path = queue.popleft()
        answer = browser.get(path)
        if answer.status_code == 302 or answer.mimetype != "text/html":
            continue
        assert answer.status_code == 200, path
        root = html.fromstring(answer.text)
        yield path, root
        for link in root.xpath("//a/@href"):
            bare = link.partition("#")[0]
            plain = "?" not in bare or "?tab=" in bare or "revisions=all" in bare
            if bare.startswith(within) and not bare.startswith("//") and plain and bare not in known:
                known.add(bare)
                queue.append(bare)


def runs(root: html.HtmlElement) -> list[str]:
    """What on a page a browser would carry out or load by what was typed."""
    return [
        *(one for one in root.xpath("//script/text()") if "alert" in one),
        *root.xpath("//*[@*[starts-with(name(), 'on')]]/@*[starts-with(name(), 'on')]"),
        *root.xpath("//img[@src='x']/@src"),
        *root.xpath("//@href[starts-with(normalize-space(.), 'javascript:')]"),
        *root.xpath("//iframe | //object | //embed | //base"),
    ]


def test_on_every_page_it_is_shown_as_text(told: Office) -> None:
    shown, seen = "", 0
    crawls = (
        ("ines", ("/inbox", "/projects", "/projects/apollo/records?revisions=all", "/search?q=script"), "/"),
        ("lena", ("/people", "/search?q=alert"), "/people"),
        ("amina", ("/compliance",), "/compliance"),
    )
    for login, begin, within in crawls:
        for path, root in pages(told.browser(login), *begin, within=within):
            assert runs(root) == [], (login, path)
            shown += root.text_content() + " ".join(root.xpath("//@value"))
            seen += 1
    assert seen > 60
    places = [*FIELDS, "project.purpose", "comment", "cancel", "close", "person", "move.place", "move.why"]
    shown = squeezed(shown)
    missing = {place for place in places if squeezed(script(place)) not in shown}
    assert missing == set(), "typed and never shown again"


def test_on_paper_it_is_text_and_nothing_runs(told: Office) -> None:
    browser = told.browser("amina")
    with told.looking() as unit:
        newest = {one.type: one for one in engine.records(unit, newest=True, limit=500)}
    assert set(newest) == set(processes.RECORD_TITLES)
    for kind, record in newest.items():
        answer = browser.get(f"/records/{record.id}.pdf")
        assert answer.status_code == 200, kind
        assert squeezed("<script>alert(") in text_of(answer.data), kind
        assert squeezed('#panic("x")') in text_of(answer.data), kind
        with pikepdf.open(io.BytesIO(answer.data)) as pdf:
            names = {name for one in pdf.objects if isinstance(one, pikepdf.Dictionary) for name in one}
        assert not names & {"/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/URI"}, kind
