"""Files that are no diagrams, or would do harm: refused with a sentence, nothing read from outside."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine.bpmn import check, prepare, walk
from engine.errors import DiagramRefused
from tests.engine.bpmn.diagrams import BPMN, diagram, end, node, part, process, start, user

_GOOD = diagram(process("p", [start(), user("a"), end()], "begin -> a -> done"))
_HEAD = b'<?xml version="1.0"?>'
_BODY = _GOOD.split(b"?>", 1)[1]
_LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10 if number else b"ha" * 10) for number in range(10)
)

BAD = {
    "file-empty": b"  \n",
    "file-not-xml": b"Dear all, please find attached",
    "file-doctype": _HEAD + b"<!DOCTYPE definitions>" + _BODY,
    "file-too-large": _GOOD + b"<!--" + b"x" * 2 * 1024 * 1024 + b"-->",
    "file-kind": b"<html><body>hello</body></html>",
    "file-too-deep": f'<d:definitions xmlns:d="{BPMN}">{"<d:x>" * 80}{"</d:x>" * 80}</d:definitions>'.encode(),
}


@pytest.mark.parametrize("rule", BAD)
def test_what_is_no_diagram_is_refused(rule: str) -> None:
    (found,) = check({"a.bpmn": BAD[rule]})
    assert (found.rule, found.severity, found.file) == (rule, "error", "a.bpmn")
    with pytest.raises(DiagramRefused) as refused:
        prepare({"a.bpmn": BAD[rule]})
    assert refused.value.findings == (found,)


@pytest.mark.parametrize(
    "content",
    [
        _GOOD[: len(_GOOD) // 2],
        bytes(range(256)),
        b"\x00" * 100,
        _GOOD.replace(b"utf-8", b"UTF-99").replace(b"UTF-8", b"UTF-99"),
        _GOOD.replace(b"</bpmn:process>", b"</bpmn:prozess>"),
        _HEAD + b"<!DOCTYPE d [" + _LAUGHS + b"]><d>&l9;</d>",
        _HEAD + b'<!DOCTYPE d [<!ENTITY % x SYSTEM "http://example.org/x.dtd">%x;]>' + _BODY,
        b"<a>" * 100_000,
    ],
    ids=["truncated", "binary", "zeros", "unknown encoding", "crossed tags", "laughs", "parameter entity", "endless"],
)
def test_whatever_is_uploaded_gives_findings_and_no_error(content: bytes) -> None:
    found = check({"a.bpmn": content})
    assert [item.severity for item in found] == ["error"]
    assert found[0].rule in ("file-not-xml", "file-doctype", "file-too-deep")


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("ISO8859_1", "latin_1"), ("MS932", "ms932"), ("UTF-16", "utf-8"), ("utf-8", "utf-8")],
)
def test_an_encoding_is_known_by_other_names_and_by_what_it_is(declared: str, encoding: str) -> None:
    text = _GOOD.decode().partition("?>")[2].replace('id="a"', 'id="a" name="Ok"')
    content = f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding)
    assert walk({"a.bpmn": content})[0].outcome == "completed"


def test_an_empty_line_before_everything_does_no_harm() -> None:
    assert walk({"a.bpmn": b"\n  " + _GOOD})[0].outcome == "completed"


@pytest.mark.parametrize(
    "content",
    [
        diagram(*(process(f"p{number}", [start(f"b{number}")], "") for number in range(61))),
        diagram(process("p", [start(), *(node("task", f"t{number}") for number in range(3001))], "")),
    ],
    ids=["processes", "elements"],
)
def test_what_has_too_much_in_it_is_refused_at_once(content: bytes) -> None:
    assert [one.rule for one in check({"a.bpmn": content})] == ["file-too-long"]
    assert [one.outcome for one in walk({"a.bpmn": content})] == ["refused"]


def test_an_entity_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not tell", encoding="utf-8")
    head = f'<!DOCTYPE d [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'.encode()
    found = check({"a.bpmn": _HEAD + head + _BODY.replace(b'name="p"', b'name="p&s;"')})
    assert len(found) == 1
    assert "do not tell" not in found[0].sentence


def test_every_bad_file_is_named_and_the_good_ones_are_still_read() -> None:
    found = check({"good.bpmn": _GOOD, "one.bpmn": b"", "two.dmn": b"x"})
    assert {item.file for item in found if item.refuses} == {"one.bpmn", "two.dmn"}
    assert any(item.file == "good.bpmn" and item.rule == "no-role" for item in found)


def _chain(length: int) -> bytes:
    names = [f"t{number}" for number in range(length)]
    nodes = [node("task", name) for name in names]
    return diagram(process("p", [start(), *nodes, end()], "begin -> " + " -> ".join(names) + " -> done"))


def _nested(depth: int) -> bytes:
    inner = node("task", "x")
    for number in range(depth):
        inner = part(f"s{number}", [inner], "")
    return diagram(process("p", [start(), inner, end()], f"begin -> s{depth - 1} -> done"))


def _diamonds(length: int) -> bytes:
    nodes, arrows = [start(), end()], "begin -> a0"
    for number in range(length):
        nodes += [node("parallelGateway", f"{name}{number}") for name in "aj"]
        nodes += [node("task", f"{name}{number}") for name in "lr"]
        after = f"a{number + 1}" if number + 1 < length else "done"
        arrows += "".join(f"; a{number} -> {name}{number} -> j{number}" for name in "lr") + f"; j{number} -> {after}"
    return diagram(process("p", nodes, arrows))


def _alike(number: int) -> bytes:
    return diagram(process("p", [node("userTask", "a")] * number, ""))


def _loose(number: int) -> bytes:
    return diagram(process("p", [node("subProcess", f"s{one}") for one in range(number)], ""))


LARGE = {
    "10 MB": (_GOOD + b"<!--" + b"x" * 10 * 1024 * 1024 + b"-->", "file-too-large"),
    "5,000 nodes": (_chain(5000), "file-too-long"),
    "500 sub-processes in each other": (_nested(500), "file-too-deep"),
    "2,900 nodes of one id": (_alike(2900), "duplicate-id"),
    "1,500 empty sub-processes": (_loose(1500), "too-long"),
    "60 splits and joins in a row": (_diamonds(60), None),
    "UTF-16": (_GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16"), None),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_and_strange_files_are_answered_within_two_seconds(name: str) -> None:
    content, rule = LARGE[name]
    begun = time.process_time()
    found = [item.rule for item in check({"a.bpmn": content}) if item.refuses]
    (walked,) = walk({"a.bpmn": content})
    assert time.process_time() - begun < 2
    assert found == ([] if rule is None else [rule])
    assert walked.outcome == ("completed" if rule is None else "refused")
