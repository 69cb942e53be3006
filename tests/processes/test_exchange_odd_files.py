"""Plans as people really save them: odd tables, workbooks and project files, and what each is told about."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import etree
from openpyxl import Workbook

from processes import Milestone, Plan, PlanFileRefused
from processes.exchange import as_calendar, as_csv, as_project_xml, compare, preview
from processes.people import Member
from processes.written_days import NoDay, weekday_of, written_day

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEAM = [Member("p-1", "Tomas Novak", "Project Team", NOW)]
HEAD = "id,name,target"


def read(content: bytes | str, name: str = "plan.csv") -> Any:
    return preview(name, content.encode() if isinstance(content, str) else content, TEAM, NOW.date())


def book(*sheets: tuple[str, list[tuple[Any, ...]]]) -> bytes:
    made, out = Workbook(), io.BytesIO()
    made.remove(made.active)
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("15.05.2026", "2026-05-15"), ("15. 5. 2026", "2026-05-15"), ("2026/05/15", "2026-05-15"),
        ("May 15, 2026", "2026-05-15"), ("15 Sep 2026", "2026-09-15"), ("Fr 2026-05-15", "2026-05-15"),
        ("Friday, 15. May 2026", "2026-05-15"), ("2026-05-15T17:00:00", "2026-05-15"), ("29.02.2028", "2028-02-29"),
        ("05/06/2026", "one way only"), ("15.05.26", "one way only"), ("2026515", "one way only"),
        ("46157", "format the column as a date"), ("29.02.2026", "There is no day 29.02.2026"),
        ("Do 2026-05-15", "one way only"), ("15 Mai 2026", "There is no day"), ("Mon 2026-05-15", "is a Friday"),
        ("1899-05-15", "between 1900 and 2200"), ("2226-05-15", "between 1900 and 2200"), ("#REF!", "of a formula"),
        ("2026-05-15T10:00" + "x" * 9000, "too long for a date"),
    ],
)  # fmt: skip
def test_a_date_is_read_in_one_way_or_told_why_not(cell: str, found: str) -> None:
    (line,) = read(f'{HEAD}\nM1,Design,"{cell}"').lines
    assert line.values["target"] == found if line.taken else found in line.faults["target"]
    assert line.taken == found[:4].isdigit()


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%a %d %B %Y", "%Y%m%d"]))
def test_what_is_written_is_read(day: date, form: str) -> None:
    assert written_day(day.strftime(form)) == day
    assert weekday_of(f"{day:%A}") == day.weekday()


@given(st.text("0123456789-./ :TFriMay,", max_size=20))
def test_any_text_is_a_day_or_is_none(text: str) -> None:
    with suppress(NoDay):
        assert written_day(text) is not None or not text.strip(" ,")


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nid;name;target\nM1;Design;2026-05-15", "\n\nid;name;target\n\nM1;Design;2026-05-15\n;;\n",
        "Plan of Apollo,,\n,,\nid,name,target\nM1,Design,2026-05-15", "Target,Due date,Id,Name\n2026-05-15,x,M1,Design",
        "Due date,Target,Id,Name\nx,2026-05-15,M1,Design", 'id,name,target\r\nM1,"Design",2026-05-15\r\n',
        "id\tname\ttarget\rM1\tDesign\t2026-05-15\r",
    ],
)  # fmt: skip
def test_what_stands_around_a_table_does_not_hide_it(text: str) -> None:
    (line,) = read(text).taken
    assert (line.values["id"], line.values["name"], line.values["target"]) == ("M1", "Design", "2026-05-15")


def test_a_doubled_column_is_named_and_the_first_counts() -> None:
    found = read("id,name,Due date,Finish\nM1,Design,2026-05-15,2026-06-01")
    assert found.taken[0].values["target"] == "2026-05-15"
    assert found.unused == ("Finish (target is read from column 3, Due date)",)


@pytest.mark.parametrize("head", ["id,milestone,target", "Milestone id,Milestone,Due date", "milestone,name,target"])
def test_what_is_headed_milestone_is_the_id_or_beside_one_the_name(head: str) -> None:
    (line,) = read(f"{head}\nM1,Design,2026-05-15").taken
    assert (line.values["id"], line.values["name"]) == ("M1", "Design")


def test_a_line_is_the_one_on_which_it_begins() -> None:
    text = 'id,name,deliverable,target\nM1,A,"two\nlines\n",2026-05-15\nM2,B,x,never\nM3,Say, hello,x,2026-05-15\n'
    found = read(text)
    assert found.taken[0].values["deliverable"] == "two\nlines"
    assert [(one.number, next(iter(one.faults))) for one in found.refused] == [(5, "target"), (6, "target")]
    assert "5 cells for 4 columns" in found.refused[1].faults["line"]
    with pytest.raises(PlanFileRefused, match="Line 2 is no CSV: a quotation mark is opened and not closed"):
        read(f'{HEAD}\nM1,"Design,2026-05-15\nM2,B,2026-05-16\n')


def test_what_comes_after_a_line_that_cannot_be_taken_says_so() -> None:
    found = read(f"{HEAD},after\nM1,A,never,\nM2,B,2026-05-15,M1\nM1,C,2026-05-16,\nM3,b,2026-05-16,M2\n")
    assert [one.values["id"] for one in found.taken] == ["M2", "M3"]
    assert found.remarks[-1] == "M3: is called like M2. Can people tell them apart?"
    assert found.taken[0].points["after"] == "M1 stands on line 4, which cannot be taken."
    assert "after" not in found.taken[1].points


def test_of_a_workbook_the_sheet_with_the_plan_is_read() -> None:
    rows = [("Milestones of Apollo",), (), ("id", "name", "target", "weight"), ("M1", "#N/A", date(2026, 5, 15), 1)]
    rows += [(None,) * 4] * 3 + [("M2", "B", datetime(2026, 5, 16, 17, 0, tzinfo=None), 2.5)]  # noqa: DTZ001
    found = read(book(("Cover", [("Apollo",)]), ("Plan", rows), ("Budget", [(1,)])), "plan.xlsx")
    assert found.remarks[0] == "Read from the sheet “Plan”. Not looked at: Cover, Budget."
    assert [(one.number, one.faults["name"]) for one in found.refused] == [
        (4, "The cell holds #N/A, the error of a formula. Mend it there, or write the value.")
    ]
    assert [(one.number, one.values["target"]) for one in found.taken] == [(8, "2026-05-16")]
    with pytest.raises(PlanFileRefused, match="must name the columns"):
        read(book(("Cover", [("Apollo",)]), ("Budget", [(1,)])), "plan.xlsx")


def test_a_workbook_that_ends_far_below_is_left_early() -> None:
    made, out = Workbook(), io.BytesIO()
    made.active.append(("id", "name", "target"))
    made.active.append(("M1", "A", "2026-05-15"))
    made.active.cell(1_048_576, 1, "M9")
    made.save(out)
    assert [one.values["id"] for one in read(out.getvalue(), "plan.xlsx").lines] == ["M1"]


def _repacked(content: bytes, change: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda _name, part: part.replace(b"<sheetData>", b"<!--" + b"x" * 9000 + b"--><!DOCTYPE a>"), "markup"),
        (lambda name, part: None if name.startswith("xl/worksheets") else part, "no XLSX"),
        (lambda name, part: None if name == "xl/workbook.xml" else part, "no XLSX"),
        (lambda _name, part: part[: len(part) // 2], "no XLSX"),
        (lambda name, part: b"<a>" * 6_000_000 if name == "xl/workbook.xml" else part, "too large"),
        (lambda name, part: b"<a>" * 400_000 if name == "xl/styles.xml" else part, "too large"),
    ],
    ids=["doctype far down", "no sheet", "no book", "cut parts", "bomb", "styles"],
)  # fmt: skip
def test_a_broken_workbook_is_refused_with_a_sentence(change: Any, sentence: str) -> None:
    good = book(("Plan", [("id", "name", "target"), ("M1", "A", date(2026, 5, 15))]))
    with pytest.raises(PlanFileRefused, match=sentence):
        read(_repacked(good, change), "plan.xlsx")


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    name, content = data.draw(st.sampled_from(DAMAGED))
    at = data.draw(st.integers(0, len(content) - 1))
    damaged = content[:at] + data.draw(st.binary(max_size=4)) + content[at + data.draw(st.integers(0, 8)) :]
    with suppress(PlanFileRefused):
        assert read(damaged, name).lines


def test_a_workbook_behind_a_password_says_so() -> None:
    with pytest.raises(PlanFileRefused, match="behind a password"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "plan.xlsx")


def task(uid: int, *before: int, milestone: str = "1", more: str = "") -> str:
    links = "".join(f"<PredecessorLink><PredecessorUID>{one}</PredecessorUID></PredecessorLink>" for one in before)
    return (f"<Task><UID>{uid}</UID><ID>{uid + 100}</ID><Name>T {uid}</Name><Milestone>{milestone}</Milestone>{more}"
            f"<Finish>2026-05-15T17:00:00</Finish>{links}</Task>")  # fmt: skip


def project(*tasks: str, space: str = "xmlns='http://schemas.microsoft.com/project'", more: str = "") -> bytes:
    return f"<Project {space}>{more}<Tasks>{''.join(tasks)}</Tasks></Project>".encode()


def test_work_between_milestones_hides_no_dependency() -> None:
    """2 and 3 are work between the milestones 1 and 4, in a circle; 5 is a summary, 6 inactive, 0 the whole project."""
    found = read(
        project(task(0), task(1), task(2, 1, 3, milestone="0"), task(3, 2, milestone="0"), task(4, 3, milestone="true"),
                task(5, more="<Summary>1</Summary>"), task(6, more="<Active>0</Active>")), "plan.xml",
    )  # fmt: skip
    assert [(one.number, one.values["id"], one.values["after"]) for one in found.taken] == [
        (101, "T1", ""), (104, "T4", "T1"),
    ]  # fmt: skip
    assert found.remarks[0] == "Left out: 4 tasks that are no milestones, 1 of them inactive."


def test_milestones_in_a_circle_are_named() -> None:
    found = read(project(task(1, 2), task(2, 1)), "plan.xml")
    assert [one.points["after"] for one in found.taken if "after" in one.points] == []
    (line, other) = found.taken
    assert (line.values["after"], other.values["after"]) == ("T2", "T1")


def test_a_field_that_somebody_else_uses_gives_no_ids() -> None:
    field = "<ExtendedAttribute><FieldID>188743731</FieldID>{}</ExtendedAttribute>"
    named = "<ExtendedAttributes>" + field.format("<Alias>Phase</Alias>") + "</ExtendedAttributes>"
    value = field.format("<Value>Phase 2</Value>")
    assert read(project(task(1, more=value), more=named), "plan.xml").taken[0].values["id"] == "T1"
    assert read(project(task(1, more=value)), "plan.xml").refused[0].values["id"] == "Phase 2"


def test_a_project_file_without_its_namespace_is_read_and_one_without_milestones_says_so() -> None:
    assert read(project(task(1), space=""), "plan.xml").taken
    with pytest.raises(PlanFileRefused, match="marked as a milestone"):
        read(project(task(1, milestone="0")), "plan.xml")
    with pytest.raises(PlanFileRefused, match="DOCTYPE"):
        read("<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a><a/>".encode("utf-16"), "plan.xml")


def milestone(id: str, **more: Any) -> Milestone:
    said = {
        "name": f"Step {id}", "deliverable": "A report\non two lines", "criterion": "All 12 tests pass.",
        "owner": "p-1", "owner_name": "Tomas Novak", "type": "external", "tolerance": 2, "weight": 1.5, "after": (),
        "target": date(2026, 5, 15), "baseline": date(2026, 5, 1), "forecast": date(2026, 5, 20), "actual": None,
        "status": "on-track", "percent": 40, "added_on": None, "dropped_on": None,
    }  # fmt: skip
    return Milestone(id=id, **{"sequence": int(id[1:]), **said, **more})


def plan(*rows: Milestone) -> Plan:
    return Plan("apollo", "r-1", 2, "ab" * 32, 1, rows, None)


NASTY = ["=1+1", "'=1", "''@x", "＝cmd", "-2", "+3", "@x", "'quoted", "a,b;c\td", 'say "x"', "Ünï  two  spaces",
         "x" * 120]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xml"])
def test_any_name_comes_back_as_it_went_out(kind: str) -> None:
    rows = [milestone(f"M{at}", name=name) for at, name in enumerate(NASTY, start=1)]
    content = as_csv(rows) if kind == "csv" else as_project_xml("Apollo", rows, NOW)
    found = read(content, f"plan.{kind}")
    assert [one.values["name"] for one in found.lines] == [" ".join(name.split()) for name in NASTY]
    assert {one.values["deliverable"] for one in found.lines} == {"A report\non two lines"}
    told = compare(plan(*rows), found.taken, columns=found.columns)
    assert (told.items, told.remarks, told.same) == ((), (), len(NASTY))


def test_a_calendar_program_reads_what_was_written() -> None:
    """Long and odd texts, in lines of at most 75 octets (RFC 5545, section 3.1); the same UIDs at every export."""
    texts = [*NASTY, "BEGIN:VEVENT", "a\\n;,b", "→" * 100, "END:VCALENDAR\r\nBEGIN:VALARM"]
    rows = [milestone(f"M{at}", name=name, deliverable=f"{name}\n" * 20) for at, name in enumerate(texts, start=1)]
    first, second = (as_calendar("apollo", "Apollo; \r\nX-A:b", rows, at) for at in (NOW, NOW.replace(hour=10)))
    assert max(len(line) for line in first.split(b"\r\n")) <= 75
    events = Calendar.from_ical(first).walk("VEVENT")
    assert [str(one["uid"]) for one in events] == [str(one["uid"]) for one in Calendar.from_ical(second).walk("VEVENT")]
    assert [str(one["summary"]) for one in events] == [
        f"{name.replace(chr(13), '')} (M{at})" for at, name in enumerate(texts, start=1)
    ]
    assert {one.decoded("dtstart") for one in events} == {date(2026, 5, 20)}
    assert "X-A" not in Calendar.from_ical(first)


def test_a_milestone_keeps_its_number_in_project_files_and_its_id_in_any_case() -> None:
    def uids(*rows: Milestone) -> dict[str, str]:
        tasks = etree.fromstring(as_project_xml("Apollo", rows, NOW)).iterfind(".//{*}Task")
        return {one.findtext("{*}ExtendedAttribute/{*}Value"): one.findtext("{*}UID") for one in tasks}

    before = uids(milestone("M1"), milestone("M2"))
    after = uids(milestone("M1"), milestone("M3"), milestone("M2", sequence=3))
    assert {**after, **before} == after
    assert len(set(after.values())) == 3
    told = compare(plan(milestone("M1")), read(f"{HEAD}\nm1,Step M1,2026-05-15").taken)
    assert (told.items, told.same, told.missing) == ((), 1, ())


def test_what_a_change_cannot_say_is_told() -> None:
    stands = plan(milestone("M1"), milestone("M2"))
    text = f"{HEAD},criterion,tolerance,after\nM1,Step M1,2026-05-15,All 13 tests pass.,2,\n"
    found = read(text + "M2,Step M2,2026-05-15,,9,M1\nM3,New,2026-05-15,All 3 tests pass.,4,M2\n")
    assert compare(stands, found.taken, columns=found.columns).remarks == (
        "A change leaves “criterion” as it was approved: M1 would have another one.",
        "A change leaves “tolerance” as it was approved: M2 would have another one.",
        "A change adds milestones with “tolerance” 0: for M3 the file says otherwise.",
        "A change leaves “after” as it was approved: M2 would have another one.",
        "A change adds milestones with “after” empty: for M3 the file says otherwise.",
    )


DAMAGED = [
    ("plan.csv", f"{HEAD}\nM1,A,2026-05-15\n".encode()),
    ("plan.xlsx", book(("Plan", [("id", "name", "target"), ("M1", "A", date(2026, 5, 15)), ("M2", 5.5, "x")]))),
    ("plan.xml", project(task(1), task(2, 1), more="<Title>x</Title>")),
]
