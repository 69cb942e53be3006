"""Sound files with something broken in them: findings or a clear refusal, never anything else, and never for long.

What `check` has nothing against is prepared, and walked through as well.
"""

from __future__ import annotations

from contextlib import nullcontext, suppress
from random import Random
from time import thread_time

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from lxml import etree

from engine.bpmn import check, prepare, walk
from engine.errors import DiagramRefused
from tests.engine.bpmn.diagrams import table
from tests.engine.bpmn.menus import COURSES
from tests.engine.bpmn.random_drawing import drawn

SECONDS = 2.0
MENU = COURSES["variables"].larger()
TEXTS = ("", " ", "p", "u1", "e1", "0", "-1", "true", "1.5", "R/P1D", "=x", "${x}", "a.b[0]", "PT0S", "é̸", "\u202e",
         "x" * 300, "().__class__", "9**9**9", "not", "Start", "End", "~x", "u1 [child]")  # fmt: skip
TAGS = ("userTask", "serviceTask", "subProcess", "transaction", "adHocSubProcess", "complexGateway", "parallelGateway",
        "boundaryEvent", "startEvent", "endEvent", "callActivity", "sequenceFlow", "lane", "signalEventDefinition",
        "compensateEventDefinition", "cancelEventDefinition", "conditionalEventDefinition", "text", "process",
        "multiInstanceLoopCharacteristics", "dataObject", "nothing")  # fmt: skip
ENCODINGS = ("utf-16", "utf-16-be", "latin-1", "utf-8-sig", "cp037", "utf-32", "utf-7")
TABLE = table("how", ["n", "flag"], ["size"], [["> 2", "-", "'big'"], ["[0..2]", "true", "'small'"], ["-", "-", "n"]])
FUZZED = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, print_blob=False,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def _mutated(content: bytes, dice: Random) -> bytes:
    """The file with one to four of its nodes or attributes removed, doubled, moved, renamed or filled with nonsense."""
    root = etree.fromstring(content)
    for _ in range(dice.randrange(1, 5)):
        nodes = [node for node in root.iter(etree.Element) if node is not root]
        if nodes:
            _mutate(dice.choice(nodes), dice.choice(nodes), dice)
    return etree.tostring(root)


def _mutate(node: etree._Element, other: etree._Element, dice: Random) -> None:
    what, parent = dice.randrange(8), node.getparent()
    if what == 0:
        parent.remove(node)
    elif what == 1:
        parent.append(etree.fromstring(etree.tostring(node)))
    elif what == 2 and not any(above is node for above in (other, *other.iterancestors())):
        other.append(node)
    elif what == 3:
        node.tag = f"{{{etree.QName(node).namespace}}}{dice.choice(TAGS)}"
    elif what == 4:
        node.text = dice.choice(TEXTS)
    elif node.attrib:
        name = dice.choice(list(node.attrib))
        if what == 5:
            del node.attrib[name]
        elif what == 6:
            node.set(name, dice.choice(TEXTS))
        else:
            node.set(name, other.get("id", ""))


def _answered(files: dict[str, bytes]) -> None:
    """Check; what has no error is prepared; and all is walked. Anything but a refusal or an outcome fails."""
    began = thread_time()
    errors = [one for one in check(files) if one.severity == "error"]
    assert all(one.rule and one.sentence for one in errors)
    taken = [thread_time() - began]
    with suppress(DiagramRefused) if errors else nullcontext():
        prepare(files)
    began = thread_time()
    walks = walk(files)
    taken.append(thread_time() - began)
    assert all(one.outcome in ("completed", "waiting", "incident", "refused") for one in walks)
    assert max(taken) < SECONDS


@FUZZED
@given(st.randoms(use_true_random=False))
def test_a_diagram_with_something_broken_is_answered(dice: Random) -> None:
    content = _mutated(drawn(dice, MENU).files["a.bpmn"], dice)
    note(content.decode())
    _answered({"a.bpmn": content})


@FUZZED
@given(st.randoms(use_true_random=False))
def test_a_table_with_something_broken_is_answered(dice: Random) -> None:
    content = _mutated(TABLE, dice)
    note(content.decode())
    _answered({"t.dmn": content})


@FUZZED
@given(st.randoms(use_true_random=False), st.binary(max_size=12), st.floats(0, 1), st.booleans())
def test_bytes_that_are_broken_are_answered(dice: Random, junk: bytes, place: float, cut: bool) -> None:
    content = dice.choice([drawn(dice, MENU).files["a.bpmn"], TABLE])
    at = int(len(content) * place)
    _answered({dice.choice(["a.bpmn", "a.dmn"]): content[:at] + junk + (b"" if cut else content[at + len(junk) :])})


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("said", ["as it is", "otherwise"])
def test_any_encoding_is_answered(encoding: str, said: str) -> None:
    text = drawn(Random(7), MENU).files["a.bpmn"].decode()  # noqa: S311 - repeatable, no secret
    name = encoding if said == "as it is" else "utf-8"
    _answered({"a.bpmn": text.replace('encoding="UTF-8"', f'encoding="{name}"').encode(encoding, "replace")})
