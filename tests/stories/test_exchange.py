"""A plan out of the program and into it, over HTTP: as a draft, as a change, and back out in every format."""

from __future__ import annotations

import html
import json
import re
from io import BytesIO

import pytest

import processes
from tests.databases import Databases
from tests.stories.office import Office, id_of


@pytest.fixture
def databases(sqlite: Databases) -> Databases:
    """One database: files are read and written beside it."""
    return sqlite

HEAD = "id,name,deliverable,criterion,owner,target,after\n"
GOOD = "M1,Design,The drawings,All 12 tests of Design pass.,Tomas Novak,Thu 2026-04-30,\n"
BAD = "M2,Build,The build,All 12 tests of Build pass.,Mei Tanaka,Mon 2026-06-30,M1\n"


def handed_in(office: Office, login: str, text: str, name: str = "plan.csv"):
    """Send a file to the page on which plans are previewed."""
    browser = office.browser(login)
    browser.get("/projects/apollo/plan/import")
    return browser.post("/projects/apollo/plan/import", {"file": (BytesIO(text.encode()), name)})


def rows_of(response) -> list[dict[str, str]]:
    """What the preview would take along."""
    found = re.search(r'name="rows" value="([^"]*)"', response.text)
    assert found, "nothing can be taken"
    return json.loads(html.unescape(found[1]))


def owners(office: Office) -> dict[str, str]:
    with office.looking() as unit:
        return {one.person: one.name for one in processes.members(unit, office.project)}


def test_a_file_becomes_the_draft_of_the_plan(office: Office) -> None:
    office.register()
    names = owners(office)
    empty = office.browser("ines").get("/projects/apollo/plan.csv")
    assert empty.text.removeprefix("\ufeff").startswith("id,name,deliverable,criterion,owner,target")
    assert empty.text.count("\n") == 1, "a file to fill in"
    tomas, mei = names[id_of("tomas")], names[id_of("mei")]
    text = HEAD + GOOD.replace("Tomas Novak", tomas) + BAD.replace("Mei Tanaka", mei)
    shown = handed_in(office, "ines", text)
    assert shown.status_code == 200
    assert "2026-06-30 is a Tuesday, not “Mon”." in html.unescape(shown.text)
    assert "1 can be taken" in shown.text
    sent = office.browser("ines").post("/projects/apollo/plan/import/take", {"rows": json.dumps(rows_of(shown))})
    assert sent.status_code == 302
    page = office.page("ines", "draft-plan")
    assert "The drawings" in page.response.text, "what was right is not lost"
    page.fill({"purpose": "Fly there"}).finish()
    with office.looking() as unit:
        draft = processes.plan(unit, "apollo").draft
    assert draft
    assert [one["id"] for one in draft.data["milestones"]] == ["M1"]


def test_a_plan_too_long_for_a_page_is_handed_in_as_a_whole(office: Office) -> None:
    """Its rows stand in the draft and not on the page; what is wrong with them is named, and another file mends it."""
    office.register()
    tomas = owners(office)[id_of("tomas")]

    def take(owner: str) -> None:
        rows = [f"M{n},Part {n},A part,All {n} tests pass.,{owner},2026-05-{n % 28 + 1:02}," for n in range(1, 403)]
        shown = handed_in(office, "ines", HEAD + "\n".join(rows))
        sent = office.browser("ines").post("/projects/apollo/plan/import/take", {"rows": json.dumps(rows_of(shown))})
        assert sent.status_code == 302

    take("Nobody")
    page = office.page("ines", "draft-plan")
    assert "402 rows are kept" in page.response.text
    assert len(page.response.data) < 60_000
    refused = page.fill({"purpose": "Fly there"}).send({"_do": "review"})
    assert refused.status_code == 422
    said = html.unescape(refused.text)
    assert "Milestone 1, Who is responsible? " in said
    assert "And 302 more like these." in said
    assert "And 91 more below." in said, "a hundred are named, and one line says that there are more"
    assert "402 rows are kept" in said
    assert "Fly there" in said
    take(tomas)
    assert office.page("ines", "draft-plan").fill({"purpose": "Fly there"}).finish().status_code == 302
    with office.looking() as unit:
        draft = processes.plan(unit, "apollo").draft
    assert draft
    assert [one["id"] for one in draft.data["milestones"]] == [f"M{n}" for n in range(1, 403)]


def test_after_the_baseline_a_file_becomes_a_change(running: Office) -> None:
    table = running.browser("tomas").get("/projects/apollo/plan.csv")
    assert table.mimetype == "text/csv"
    text = table.data.decode("utf-8-sig").replace("2026-04-30", "2026-05-20", 1)
    shown = handed_in(running, "tomas", text)
    assert rows_of(shown) == [{"action": "move", "milestone": "M1", "target": "2026-05-20"}]
    sent = running.browser("tomas").post("/projects/apollo/plan/import/take", {"rows": json.dumps(rows_of(shown))})
    assert sent.status_code == 302
    assert "2026-05-20" in running.browser("tomas").get(sent.location).text
    assert running.targets()["M1"].isoformat() == "2026-04-30", "nothing moves before it is approved"


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("csv", b"\xef\xbb\xbfid,name"), ("json", b"{"), ("xml", b"<?xml"), ("ics", b"BEGIN:VCALENDAR")],
)
def test_the_plan_goes_out_in_every_format(running: Office, kind: str, begins: bytes) -> None:
    found = running.browser("greta").get(f"/projects/apollo/plan.{kind}")
    assert found.status_code == 200
    assert found.data.startswith(begins)
    assert f"apollo-plan.{kind}" in found.headers["Content-Disposition"]
    assert found.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_no_plan_is_refused_and_what_was_never_previewed_too(running: Office) -> None:
    assert handed_in(running, "tomas", "nothing").status_code == 422
    assert handed_in(running, "tomas", "x", "plan.exe").status_code == 422
    browser = running.browser("tomas")
    for rows in ("", "{}", "[1]", "[" * 5000, json.dumps([{"action": "move"}] * 401)):
        assert browser.post("/projects/apollo/plan/import/take", {"rows": rows}).status_code in (400, 409, 422)
    with running.looking() as unit:
        assert processes.changes(unit, "apollo") == []


def test_who_has_no_part_in_a_project_changes_nothing_of_it(running: Office) -> None:
    lena = running.browser("lena")
    assert "Only members of the project" in lena.get("/projects/apollo/plan/import").text
    assert lena.post("/projects/apollo/plan/import/take", {"rows": '[{"action": "drop"}]'}).status_code == 422
    with running.looking() as unit:
        assert processes.changes(unit, "apollo") == []
