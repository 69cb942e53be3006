"""Plans in files: what is read line by line, what is refused and why, and that what goes out comes in again."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar
from openpyxl import Workbook

from processes import Milestone, Plan, PlanFileRefused
from processes.exchange import as_calendar, as_csv, as_json, as_project_xml, compare, preview
from processes.people import Member

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
TEAM = [Member(person, name, "Project Team", NOW) for person, name in (("p-1", "Tomas Novak"), ("p-2", "Mei Tanaka"))]
HEAD = "id,name,deliverable,criterion,owner,target"


def _milestone(id: str, sequence: int, **more) -> Milestone:
    said = {
        "name": f"Step {sequence}", "deliverable": "A report", "criterion": "All 12 tests pass.", "owner": "p-1",
        "owner_name": "Tomas Novak", "type": "internal", "tolerance": 2, "weight": 1.0, "after": (),
        "target": date(2026, 5, 15), "baseline": date(2026, 5, 1), "forecast": date(2026, 5, 20), "actual": None,
        "status": "on-track", "percent": 40, "added_on": None, "dropped_on": None,
    }  # fmt: skip
    return Milestone(id=id, sequence=sequence, **{**said, **more})


@pytest.fixture
def plan() -> Plan:
    """Three milestones that stand, and one that was dropped."""
    rows = (
        _milestone("M1", 1, actual=date(2026, 2, 27), status="achieved"),
        _milestone("M2", 2, name="=2+3 <b>", after=("M1",), owner="p-2", owner_name="Mei Tanaka"),
        _milestone("M3", 3, after=("M1", "M2"), target=date(2026, 7, 31), weight=2.5),
        _milestone("M4", 4, dropped_on=date(2026, 2, 1)),
    )
    return Plan("apollo", "r-1", 2, "ab" * 32, 1, rows, None)


def _csv(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join((head, *lines)).encode()


def _xlsx(*rows: tuple) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def _read(content: bytes, name: str = "plan.csv"):
    return preview(name, content, TEAM, TODAY)


def test_a_line_is_read_as_the_form_would_have_been_filled_in():
    [line] = _read(_csv("M1,Design,A report,All 12 tests pass.,tomas novak,2026-05-15")).lines
    assert line.taken
    assert dict(line.points) == {}
    assert line.values == {
        "id": "M1", "name": "Design", "deliverable": "A report", "criterion": "All 12 tests pass.", "owner": "p-1",
        "target": "2026-05-15", "type": "internal", "tolerance": 0, "weight": 1, "after": "", "actual": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "field", "sentence"),
    [
        ("M1,A,d,3 tests pass,Tomas Novak,2026-02-30", "target", "There is no day 2026-02-30."),
        ("M1,A,d,3 tests pass,Tomas Novak,Thu 2026-05-15", "target", "2026-05-15 is a Friday, not “Thu”."),
        ("M1,A,d,3 tests pass,Tomas Novak,15/05/2026", "target", "Write year-month-day"),
        ("M1,A,d,3 tests pass,Tomas Novak,", "target", "Give the target date."),
        ("1 M,A,d,3 tests pass,Tomas Novak,2026-05-15", "id", "An id begins with a letter"),
        ("M0,A,d,3 tests pass,Tomas Novak,2026-05-15", "id", "This id is used above"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_taken_says_which_field_and_why(line, field, sentence):
    found = _read(_csv("M0,Z,d,3 tests pass,Tomas Novak,2026-05-15", line))
    assert [one.number for one in found.taken] == [2]
    [refused] = found.refused
    assert refused.number == 3
    assert sentence in refused.faults[field]


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("tolerance", "-1", "no whole number"), ("tolerance", "many", "no whole number"), ("weight", "0", "above 0"),
        ("weight", "1e9", "above 0"), ("type", "secret", "none of"), ("after", "M9", "no milestone M9"),
        ("actual", "2026-03-03", "not in the future"), ("weekday", "Mon", "is a Friday"),
    ],
)  # fmt: skip
def test_every_other_column_is_checked_too(column, cell, sentence):
    found = _read(_csv(f"M1,A,d,3 tests pass,Tomas Novak,2026-05-15,{cell}", head=f"{HEAD},{column}"))
    said = {**found.lines[0].faults, **found.lines[0].points}
    assert any(sentence in one for one in said.values())


def test_what_the_form_can_still_ask_for_keeps_no_line_out():
    [line] = _read(_csv("M1,Design,,mostly done,Nobody,2026-05-15")).lines
    assert line.taken
    assert line.values["owner"] == ""
    assert "“Nobody” is not one person" in line.points["owner"]
    assert line.points["deliverable"] == "Fill this in."


def test_two_people_of_one_name_are_not_guessed_between():
    twins = [*TEAM, Member("p-3", "Tomas Novak", "Project Team", NOW)]
    [line] = preview("a.csv", _csv("M1,A,d,3 tests pass,Tomas Novak,2026-05-15"), twins, TODAY).lines
    assert "owner" in line.points
    [line] = preview("a.csv", _csv("M1,A,d,3 tests pass,p-3,2026-05-15"), twins, TODAY).lines
    assert line.values["owner"] == "p-3"


def test_the_plan_as_a_whole_is_judged():
    found = _read(
        _csv(
            "M1,A,d,3 tests pass,Tomas Novak,2026-05-15,M2", "M2,B,d,mostly done in 3 tests,Mei Tanaka,2026-05-14,M1",
            head=f"{HEAD},after",
        )
    )  # fmt: skip
    assert any("no milestone can wait for itself" in one for one in found.remarks)
    assert "“mostly” can be read in many ways" in found.lines[1].points["criterion"]


def test_a_criterion_that_cannot_be_measured_never_passes_in_silence():
    [line] = _read(_csv("M1,A,d,good progress,Mei Tanaka,2026-05-15")).lines
    assert "Say how anybody can tell" in line.points["criterion"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_encodings_and_other_headings_are_understood(separator, encoding):
    text = "Milestone ID,Title,Acceptance criterion,Responsible,Due date,Colour\nM1,Größe,5 m,Mei Tanaka,2026-05-15,red"
    found = _read(text.replace(",", separator).encode(encoding))
    assert found.taken[0].values["name"] == "Größe"
    assert found.taken[0].values["owner"] == "p-2"
    assert found.unused == ("Colour",)


def test_dates_and_numbers_of_a_workbook_are_read_as_such():
    found = _read(
        _xlsx(("id", "name", "target", "weekday", "weight"), ("M1", "A", date(2026, 5, 15), "Friday", 2.5),
              (None, None, None, None, None), ("M2", 7, "2026-05-16", "Sunday", 3)), "plan.XLSX",
    )  # fmt: skip
    assert found.taken[0].values["target"] == "2026-05-15"
    assert found.taken[0].values["weight"] == 2.5
    assert [(one.number, one.faults["target"]) for one in found.refused] == [
        (4, "2026-05-16 is a Saturday, not “Sunday”.")
    ]


def _packed(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.doc", b"x", "read from .csv"),
        ("plan.csv", b"  \n", "The file is empty"),
        ("plan.csv", b"a,b\n1,2", "id, name, target is missing"),
        ("plan.csv", HEAD.encode(), "no milestone"),
        ("plan.csv", b"\xe4\xf6\xfc,1", "not text in UTF-8"),
        ("plan.csv", b"id,name,target\n\0", "is no text"),
        ("plan.csv", b'id,name,target\n"M1,A,2026-05-15', "is no CSV"),
        ("plan.xlsx", b"PK\x03\x04 cut off", "no XLSX workbook"),
        ("plan.xlsx", b"nothing of the kind", "no XLSX workbook"),
        ("plan.xlsx", _packed("a.txt", b"x"), "no XLSX workbook"),
        ("plan.xlsx", _packed("xl/a.xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "markup"),
        ("plan.xlsx", _packed("xl/a.bin", b"0" * 210_000_000), "too large when unpacked"),
        ("plan.xml", b"<Project", "no XML"),
        ("plan.xml", b"<a/>", "not of Microsoft Project"),
        ("plan.xml", b"<!DOCTYPE a><a/>", "DOCTYPE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # a packed file is another one each time
)
def test_a_file_that_holds_no_plan_is_refused_with_a_sentence(name, content, sentence):
    with pytest.raises(PlanFileRefused, match=sentence):
        _read(content, name)


def test_a_file_of_a_million_rows_is_left_early():
    with pytest.raises(PlanFileRefused, match="more than 10000 lines"):
        _read(_csv(*["M1,A,d,c,o,2026-05-15"] * 1_000_000))


@pytest.mark.parametrize("kind", ["csv", "xml"])
def test_what_goes_out_comes_in_again(plan, kind):
    content = as_csv(plan.milestones) if kind == "csv" else as_project_xml("Apollo", plan.milestones, NOW)
    found = _read(content, f"plan.{kind}")
    assert [one for one in found.refused if one.values["id"] != "M4"] == []
    assert compare(plan, found.taken).items == ()
    second = next(one for one in found.taken if one.values["id"] == "M2")
    assert second.values["name"] == "=2+3 <b>"
    assert second.values["after"] == "M1"


def test_a_spreadsheet_takes_no_cell_for_a_formula(plan):
    assert b",=2" not in as_csv(plan.milestones)


def test_only_milestones_of_a_project_file_are_taken_and_uids_stand_for_ids():
    tasks = "".join(
        f"<Task><UID>{uid}</UID><ID>{9 - uid}</ID><Name>T {uid}</Name><Milestone>{milestone}</Milestone>"
        f"<Finish>2026-05-15T17:00:00</Finish><PredecessorLink><PredecessorUID>1</PredecessorUID></PredecessorLink></Task>"
        for uid, milestone in ((1, 0), (2, 1))
    )
    found = _read(
        f"<Project xmlns='http://schemas.microsoft.com/project'><Tasks>{tasks}</Tasks></Project>".encode(), "p.xml"
    )
    assert [(one.values["id"], one.values["after"]) for one in found.taken] == [("T2", "")]


def test_a_renumbering_is_a_rename_and_no_slip(plan):
    lines = _csv(
        "M3,Step 2 (was 3),A report,All 12 tests pass.,Tomas Novak,2026-07-31",
        "M2,=2+3 <b>,A report,All 12 tests pass.,Mei Tanaka,2026-05-15",
    )
    found = compare(plan, _read(lines).taken)
    assert found.items == ({"action": "rename", "milestone": "M3", "name": "Step 2 (was 3)"},)
    assert found.same == 1
    assert found.missing == ()


def test_a_file_says_what_a_change_would_have_to(plan):
    lines = _csv(
        "M2,=2+3 <b>,A report,All 12 tests pass.,Tomas Novak,2026-06-01",
        "M1,Anything,d,3 tests pass,Tomas Novak,2026-06-01",
        "M9,New,d,3 tests pass,Mei Tanaka,2026-08-01",
    )
    found = compare(plan, _read(lines).taken, drop_missing=True)
    assert [(one["action"], one.get("milestone") or one["id"]) for one in found.items] == [
        ("move", "M2"), ("owner", "M2"), ("add", "M9"), ("drop", "M3"),
    ]  # fmt: skip
    assert found.remarks == ("Line 3: M1 was reached already; nothing about it is changed.",)


def test_the_calendar_keeps_one_uid_for_a_milestone(plan):
    events = Calendar.from_ical(as_calendar("apollo", "Apollo", plan.milestones, NOW)).walk("VEVENT")
    assert [str(one["uid"]) for one in events] == [f"M{n}.apollo@milestones.milepost" for n in (1, 2, 3, 4)]
    assert [one.decoded("dtstart") for one in events][:2] == [date(2026, 2, 27), date(2026, 5, 20)]
    assert str(events[3]["status"]) == "CANCELLED"


def test_the_json_names_the_record_that_the_plan_stands_in(plan):
    found = json.loads(as_json(plan, "Apollo"))
    assert found["record"] == {"id": "r-1", "revision": 2, "sha256": "ab" * 32}
    assert found["milestones"][2]["after"] == ["M1", "M2"]
