"""The SOP as people live it, page by page without scripts: what each does, and what there is to show for it."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from io import BytesIO

import pikepdf
from lxml import html

import engine
import processes
from engine import Record
from tests.factories import PASSWORD
from tests.paper import squeezed, text_of
from tests.stories.office import CHANGE, MOVE, PLAN, TEAM, Office, id_of
from tests.stories.task_page import send_form, sign

ACCEPT = {"decision": "accepted"}
YES = {"decision": "approved"}


def words(text: str) -> str:
    """What a page says, in one line."""
    return " ".join(html.fromstring(text).text_content().split())


def record_of(office: Office, type: str, key: str = "") -> Record:
    with office.looking() as unit:
        found = engine.current(unit, type, office.project, key)
    assert found, f"no {type} {key}"
    return found


def test_from_registration_to_a_signed_plan_that_can_be_shown(office: Office) -> None:
    members = {f"members.{role}": people for role, people in TEAM.items()}
    registered = send_form(office.browser("lena"), "/register", {
        "title": "Apollo", "id": "apollo", "purpose": "Fly there", "start": "2026-04-01", "zone": "Europe/Prague",
        **members,
    })  # fmt: skip
    assert registered.status_code == 302
    assert "Ines Okafor" in words(office.browser("lena").get(registered.location).text)

    office.answer("ines", "draft-plan", PLAN)
    office.answer("tomas", "accept-ownership", ACCEPT)
    office.answer("mei", "accept-ownership", ACCEPT)
    other = {"decision": "other-date", "proposed": "2026-10-31", "comment": "September is full"}
    office.answer("rahul", "accept-ownership", other)
    again = office.page("ines", "revise-plan")
    assert "September is full" in words(again.response.text), "the author reads why it came back"
    office.answer("ines", "revise-plan", PLAN)
    for login in ("tomas", "mei", "rahul"):
        office.answer(login, "accept-ownership", ACCEPT)

    shown = words(office.page("greta", "sign-baseline").response.text)
    assert "All 12 tests of Release pass." in shown, "the plan is read where it is signed"
    office.answer("greta", "sign-baseline", {"decision": "rejected", "comment": "Say who publishes it"})
    assert office.tasks("samuel", "sign-baseline") == [], "one no is enough to send it back"
    assert "Say who publishes it" in words(office.page("ines", "revise-plan").response.text)
    rows = [*PLAN["milestones"][:2], {**PLAN["milestones"][2], "deliverable": "Release 1.0, published by Rahul"}]
    office.answer("ines", "revise-plan", {**PLAN, "milestones": rows})
    for login in ("tomas", "mei", "rahul"):
        office.answer(login, "accept-ownership", ACCEPT)
    office.answer("samuel", "sign-baseline", YES)
    assert office.baseline() is None, "one of two is not enough"
    office.answer("greta", "sign-baseline", YES)
    assert office.baseline() == 0

    record = record_of(office, "milestone-plan")
    assert record.revision == 3
    can_be_shown(office, record)
    with office.looking() as unit:
        (setup,) = engine.instances(unit, process="milestone-setup")
    proved = words(office.browser("amina").get(f"/compliance/{setup.id}").text)
    assert "5.5d" in proved
    assert office.verdict().findings == ()


def can_be_shown(office: Office, record: Record) -> None:
    """An auditor reads the plan, takes the JSON that its hash covers, and prints it."""
    auditor = office.browser("amina")
    page = words(auditor.get(f"/records/{record.id}").text)
    for said in ("Release 1.0, published by Rahul", "Greta Holm", "Samuel Osei", record.sha256[:8]):
        assert said in page
    exported = auditor.get(f"/records/{record.id}.json")
    assert hashlib.sha256(exported.data).hexdigest() == record.sha256
    assert exported.get_json()["content"]["data"]["milestones"][2]["id"] == "M3"
    printed = auditor.get(f"/records/{record.id}.pdf")
    assert printed.mimetype == "application/pdf"
    assert auditor.get(f"/records/{record.id}.pdf").data == printed.data, "the same record, the same bytes"
    with pikepdf.open(BytesIO(printed.data)) as pdf:
        attached = [bytes(one.get_file().read_bytes()) for one in pdf.attachments.values()]
    assert exported.data in attached
    for path in ("", "/plan", "/trend", "/log", "/records", "/instances", "/changes", "/meetings"):
        assert auditor.get(f"/projects/apollo{path}").status_code == 200


def test_a_missed_update_is_recorded_by_the_system(running: Office) -> None:
    while not running.open("submit-update"):
        running.wait(days=1)
    row = PLAN["milestones"][0]
    setback = {"text": "The wind tunnel is closed", "milestone": "M1", "cause": "external", "impact_days": 5}
    report = {"milestones": [{"status": "at-risk", "percent": 20, "forecast": row["target"]}], "setbacks": [setback],
              "achievements": "The first drawing is signed"}  # fmt: skip
    running.answer("tomas", "submit-update", report)
    running.answer("mei", "submit-update", {
        "milestones": [{"status": "not-started", "percent": 0, "forecast": "2026-06-30"}], "nothing_to_report": True,
    })  # fmt: skip
    while not running.tasks("ines", "release-status"):
        running.wait(days=1)
    page = words(running.page("ines", "release-status").response.text)
    assert "Rahul Desai" in page, "who has not reported is named"
    running.answer("ines", "release-status", {"decision": "released"})
    log = words(running.browser("greta").get("/projects/apollo/log").text)
    assert "The wind tunnel is closed" in log
    assert "The first drawing is signed" in log
    with running.looking() as unit:
        (missed,) = processes.log(unit, "apollo", kinds=["missed"])
        (entry,) = (
            one for one in engine.events(unit, kind="progress-update.added", subject="apollo") if one.new.get("missed")
        )
        (period,) = {one.key for one in engine.records(unit) if one.type == "progress-log"}
    assert missed.person == id_of("rahul")
    assert entry.person == engine.SYSTEM, "nobody wrote it in Rahul's name"
    text = words(running.browser("amina").get(f"/records/{record_of(running, 'progress-log', period).id}").text)
    assert "Rahul Desai" in text
    assert running.verdict().findings == ()


def its_end_is_kept_and_shown(running: Office, record: engine.Record, page: str) -> None:
    """In a record of its own, beside what was signed: on the page of either revision, and in print."""
    with running.looking() as unit:
        first, second = engine.revisions(unit, "change-request", "apollo", "C1")
        ended = engine.revisions(unit, "change-decision", "apollo", "C1")
        assert [one.data["outcome"] for one in ended] == ["returned", "applied", "implemented"]
        assert [one.data["request"]["sha256"] for one in ended] == [first.sha256, second.sha256, second.sha256]
        said = [(one["person"], one["answer"], one["meaning"]) for one in ended[0].data["said"]]
        assert said == [(id_of("greta"), "approved", "approved"), (id_of("samuel"), "returned", "rejected")]
        assert ended[2].data["applied"]["sha256"] == record_of(running, "milestone-plan").sha256
        assert all(one.valid for one in engine.signatures(unit, second.id)), "what was signed is as it was"
    printed = text_of(running.browser("amina").get(f"/records/{record.id}.pdf").data)
    earlier = words(running.browser("amina").get(f"/records/{first.id}").text)
    for text in (page, printed):
        assert squeezed("How it ended" if text is page else f"SHA-256 {ended[2].sha256}") in squeezed(text)
        assert squeezed("confirms that it has arrived where the work is done. The calendar shows it") in squeezed(text)
    assert "Sent back to whoever asked for it" in earlier
    assert "Three weeks are too many" in earlier


def test_only_an_approved_change_moves_the_plan(running: Office) -> None:
    tomas = running.browser("tomas")
    raised = send_form(tomas, "/projects/apollo/changes", {})
    assert raised.status_code == 302
    assert tomas.get(raised.location).status_code == 200
    running.answer("tomas", "describe-change", CHANGE)
    running.answer("greta", "decide-change", YES)
    running.answer("samuel", "decide-change", {"decision": "returned", "comment": "Three weeks are too many"})
    assert running.targets()["M1"] == date(2026, 4, 30)
    assert "Three weeks are too many" in words(running.page("tomas", "revise-change").response.text)
    running.answer("tomas", "revise-change", {**CHANGE, "items": [{**MOVE, "target": "2026-05-08"}]})
    first, second = (running.page(login, "decide-change") for login in ("greta", "samuel"))
    assert "20 May 2026" in first.response.text, "what has changed since the first revision is shown"
    assert first.fill(YES).finish().status_code == 302
    assert running.targets()["M1"] == date(2026, 4, 30), "Greta's first approval does not count for the second revision"
    assert second.fill(YES).finish().status_code == 302
    assert running.targets()["M1"] == date(2026, 5, 8)
    plan = words(running.browser("mei").get("/projects/apollo/plan").text)
    assert "8 May 2026" in plan or "2026-05-08" in plan
    assert record_of(running, "milestone-plan").revision == 2
    running.answer("ines", "confirm-implementation", {"done": True, "note": "The calendar shows it"})
    record = record_of(running, "change-request", "C1")
    page = words(running.browser("amina").get(f"/records/{record.id}").text)
    assert "Greta Holm" in page
    assert "Samuel Osei" in page
    its_end_is_kept_and_shown(running, record, page)
    with running.looking() as unit:
        assert processes.change(unit, "apollo", "C1").status == "implemented"
        told = {one.recipient for one in processes.communications(unit, "apollo", about="change")}
    assert told == {id_of(login) for login in ("ines", "tomas", "mei", "rahul", "greta", "samuel", "dorothea")}
    assert running.verdict().findings == ()


def test_a_new_version_begins_beside_what_runs(deciding: Office) -> None:
    browser = deciding.browser("pavel")
    with deciding.looking() as unit:
        newest = engine.newest(unit, "change-approval")
        (running_one,) = engine.instances(unit, process="change-approval")
    diagram = browser.get(f"/definitions/{newest.id}/diagram.bpmn").text
    assert 'name="Confirm the implementation"' in diagram or "confirm-implementation" in diagram
    edited = diagram.replace('id="confirm-implementation" name="', 'id="confirm-implementation" name="Please: ')
    assert edited != diagram
    browser.get("/processes/change-approval/edit")
    sent = {"xml": edited, "reason": "A politer name for the last task.", "base": newest.bundle}
    assert browser.post("/processes/change-approval/deploy", sent).status_code == 302
    versions = words(browser.get("/processes/change-approval").text)
    assert "A politer name for the last task." in versions
    for login in ("greta", "samuel"):
        deciding.answer(login, "decide-change", YES)
    assert not deciding.task("ines", "confirm-implementation").name.startswith("Please"), "it ends as it began"
    deciding.answer("ines", "confirm-implementation", {"done": True})
    assert send_form(deciding.browser("mei"), "/projects/apollo/changes", {}).status_code == 302
    deciding.answer(
        "mei", "describe-change", {**CHANGE, "items": [{**MOVE, "milestone": "M2", "target": "2026-07-10"}]}
    )
    for login in ("greta", "samuel"):
        deciding.answer(login, "decide-change", YES)
    assert deciding.task("ines", "confirm-implementation").name.startswith("Please: ")
    with deciding.looking() as unit:
        old, new = (
            engine.instances(unit, process="change-approval", status=one)[0] for one in ("completed", "running")
        )
    assert (old.id, old.version, new.version) == (running_one.id, 1, 2)
    assert deciding.verdict().findings == ()


def test_the_document_of_a_plan_is_read_before_it_is_signed(office: Office) -> None:
    office.register()
    address = office.page("ines", "draft-plan").fill(PLAN).review()
    browser = office.browser("ines")
    assert "All 12 tests of Build pass." in words(browser.get(address).text)
    assert sign(browser, address, "not the password").status_code == 422
    assert office.task("ines", "draft-plan").open
    assert sign(browser, address, PASSWORD).status_code == 302
    record = record_of(office, "milestone-plan")
    with office.looking() as unit:
        (mark,) = engine.signatures(unit, record.id)
    assert (mark.person, mark.meaning, mark.sha256) == (id_of("ines"), "authored", record.sha256)
    assert json.loads(record.text)["revision"] == 1
