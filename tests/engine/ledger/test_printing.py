"""A record on paper: the same bytes each time, PDF/A with its JSON attached, and text that stays text."""

import hashlib
import io
import re
from pathlib import Path

import pikepdf
import pytest

from engine.errors import Refused
from engine.ledger import Field, Section, Table, content_of, print_record, record, seal, sign, signatures
from engine.values import Draft, Signature
from tests.paper import squeezed, text_of

LAYOUT = (Path(__file__).parents[3] / "processes/sop/layouts/record.typ").read_bytes()
NASTY = '#panic("x") <script>alert(1)</script> *bold* $x$ `code` @ref \\ // /* #read("/etc/passwd")'


@pytest.fixture
def made(unit, session, sealing, signing):
    """Seals a record of these sections, signs it, and gives it with its signatures."""

    def make(*sections, title="Milestone Plan Document", comment=""):
        draft = Draft("milestone-plan", "apollo", title, content_of(sections, {}), clauses=("5.1a", "5.1d"))
        sealed = seal(unit, draft, **sealing)
        sign(unit, sealed, Signature("p-bob", "approved", sealed.sha256), **signing, task="t" * 32, comment=comment)
        session.flush()
        return record(unit, sealed.id), signatures(unit, sealed.id)

    return make


def printed(made_record, layout=LAYOUT):
    names = {"p-ada": "Ada Lovelace"}
    return print_record(*made_record, layout, names=names, organisation="Example Works", project="Apollo")


def test_the_same_record_gives_the_same_bytes(made):
    one = made(Section("Plan", [Field("Due", "2026-03-01")]))
    assert hashlib.sha256(printed(one)).digest() == hashlib.sha256(printed(one)).digest()


def test_it_is_pdf_a_3b_with_the_canonical_json_attached(made):
    one = made(Section("Plan", text="Go"))
    with pikepdf.open(io.BytesIO(printed(one))) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        attached = pdf.attachments["record.json"].get_file().read_bytes()
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert pdf.Root.Names.EmbeddedFiles.Names[1].AFRelationship == "/Source"
    assert attached.decode() == one[0].text
    assert hashlib.sha256(attached).hexdigest() == one[0].sha256


def test_everything_a_signature_must_show_is_printed(made):
    one = made(
        Section(
            "Plan",
            [Field("Due", None), Field("Late", False), Field("Days", 3)],
            Table(["Name", "Owner"], [["First light", "Ada"]]),
            "Words",
        ),
        comment="Well done",
    )
    said = text_of(printed(one))
    for words in (
        "Milestone Plan Document",
        "Example Works · Apollo",
        "milestone-plan/r1",
        "5.1a, 5.1d",
        "Ada Lovelace",
        "5 January 2026, 09:30:00 UTC",
        "Bob Kahn",
        "approved",
        "Stakeholder",
        "Well done",
        one[0].sha256,
        "Due",
        "–",
        "Late",
        "No",
        "Days",
        "3",
        "First light",
        "Words",
        "Page 1 of 1",
    ):
        assert squeezed(words) in said


def test_what_people_wrote_is_printed_as_text(made):
    one = made(Section(NASTY, [Field(NASTY, NASTY)], Table([NASTY], [[NASTY]]), NASTY), title=NASTY, comment=NASTY)
    said = text_of(printed(one))
    assert "root:" not in said
    for words in ('#panic("x")', "<script>alert(1)</script>", "*bold*", "$x$", "`code`", "@ref"):
        assert said.count(words) >= 6


def test_a_table_over_pages_repeats_its_head(made):
    rows = [[str(n), "text " * 30] for n in range(60)]
    said = text_of(printed(made(Section("Log", table=Table(["Number", "What happened"], rows)))))
    assert said.count("Whathappened") == len(re.findall(r"Page\dof\d", said)) > 1


def test_a_superseded_revision_says_so_across_the_page(unit, session, draft, sealing):
    first = seal(unit, draft(), **sealing)
    seal(unit, draft(due="2027-01-01"), **sealing)
    session.flush()
    assert "Superseded" in text_of(print_record(record(unit, first.id), [], LAYOUT))
    assert "Nosignatures." in text_of(print_record(record(unit, first.id), [], LAYOUT))


def test_a_void_signature_stays_to_be_seen(unit, session, draft, sealing, signing):
    first = seal(unit, draft(), **sealing)
    sign(unit, first, Signature("p-bob", "approved", first.sha256), **signing, task="t" * 32)
    seal(unit, draft(due="2027-01-01"), **sealing)
    session.flush()
    said = text_of(printed((record(unit, first.id), signatures(unit, first.id))))
    assert "Void:supersededbyrevision2" in said


def test_characters_without_a_glyph_are_named_and_kept_in_the_attachment(made):
    one = made(Section("Plan", [Field("Name", "東京 😀 Ωμέγα\x01")]))
    pdf = printed(one)
    said = text_of(pdf)
    assert "[U+6771][U+4EAC][U+1F600]Ωμέγα[U+0001]" in said
    assert "standastheirUnicodenumber" in said
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert "東京 😀" in opened.attachments["record.json"].get_file().read_bytes().decode()


def test_a_control_that_turns_text_around_is_shown_for_what_it_is(made):
    said = text_of(printed(made(Section("Plan", [Field("Cost", "\u202e0001\u202c")]))))
    assert "[U+202E]0001[U+202C]" in said


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (b"#unknown-thing", "unknown variable"),
        (b'#read("/etc/passwd")', "file not found"),
        (b'#read("../../etc/passwd")', "escape"),
        (b'#import "@preview/cetz:0.3.0": *', "imports a package"),
    ],
)
def test_a_layout_that_fails_is_refused_with_its_complaint(made, layout, words):
    with pytest.raises(Refused, match=words):
        printed(made(Section("Plan", text="Go")), layout)


def test_no_layout_can_leave_the_attachment_out(made):
    with pikepdf.open(io.BytesIO(printed(made(Section("Plan", text="Go")), b"Hello // no end"))) as pdf:
        assert list(pdf.attachments) == ["record.json"]
