"""Attempts to leave the data, or to stop the machine, from every place of a diagram or table that holds an expression.

Each is refused when the diagram is checked, or fails the element when it is run; nothing of it takes effect.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from time import thread_time

import pytest

from engine.bpmn import check, prepare
from engine.errors import DiagramRefused, EngineError
from forms import ExpressionFailed, ExpressionRefused
from tests.engine.bpmn.diagrams import (
    boundary,
    catch,
    diagram,
    each,
    end,
    loop,
    message,
    node,
    process,
    rules,
    script,
    service,
    start,
    table,
    throw,
    timer,
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.driven import Driven
from tests.forms.test_escapes import BOMBS, REACHING

NAMES = {"xs": list(range(1000)), "text": "t" * 50_000, "big": [0] * 99_000, "n": 10**18, "a": {"b": 1}}
ATTEMPTS = [*REACHING[::6], *[one for one in BOMBS if len(one) < 100][::5]]
LINE = "begin -> a -> done"


def _files(*nodes: str, arrows: str = LINE, dmn: bytes = b"") -> dict[str, bytes]:
    files = {"a.bpmn": diagram(process("p", [start(), *nodes, end()], arrows))}
    return files | ({"t.dmn": dmn} if dmn else {})


def _decides(*, test: str = "-", says: str = "1", asks: str = "n") -> dict[str, bytes]:
    return _files(rules("a", "how"), dmn=table("how", [asks], ["x"], [[test, says]]))


def _conditional(text: str) -> dict[str, bytes]:
    asked = f"<bpmn:condition>{escape(text)}</bpmn:condition>"
    return _files(catch("a", f"<bpmn:conditionalEventDefinition>{asked}</bpmn:conditionalEventDefinition>"))


def _numbered(text: str) -> dict[str, bytes]:
    asked = f"<bpmn:loopCardinality>{escape(text)}</bpmn:loopCardinality>"
    tag = "bpmn:multiInstanceLoopCharacteristics"
    return _files(node("task", "a", f"<{tag}>{asked}</{tag}>"))


PLACES: dict[str, Callable[[str], dict[str, bytes]]] = {
    "condition": lambda text: _files(
        xor("a", "a_done"), end("e"), arrows=f"begin -> a; a -[{text}]-> e; a -> done"
    ),
    "condition in JUEL": lambda text: _files(
        xor("a", "a_done"), end("e"), arrows=f"begin -> a; a -[${{{text}}}]-> e; a -> done"
    ),
    "script": lambda text: _files(script("a", f"x = {text}")),
    "parameter": lambda text: _files(service("a", "step", "x", value=text)),
    "timer": lambda text: _files(catch("a", timer("Duration", text))),
    "date": lambda text: _files(catch("a", timer("Date", text))),
    "timer on a border": lambda text: _files(
        user("a"), boundary("b", "a", timer("Cycle", text), interrupting=False), end("e"), arrows=f"{LINE}; b -> e"
    ),
    "condition that is watched": _conditional,
    "number of instances": _numbered,
    "collection": lambda text: _files(user("a", each(escape(text), "who", "said", "answer"))),
    "loop": lambda text: _files(node("task", "a", loop(text, before=True))),
    "payload": lambda text: _files(throw("a", message("m", text))),
    "correlation": lambda text: _files(catch("a", message("m"), correlation=text)),
    "assignee": lambda text: _files(user("a", assignee=text)),
    "due": lambda text: _files(user("a", due=f"={text}")),
    "test of a table": lambda text: _decides(test=text),
    "answer of a table": lambda text: _decides(says=text),
    "question of a table": lambda text: _decides(asks=text),
}  # fmt: skip


def _arrows_can_say(text: str) -> bool:
    return not any(sign in text for sign in (";", "->", "]", "\x00", "\ud800"))


@pytest.mark.parametrize("place", PLACES)
def test_no_place_lets_anything_out(place: str) -> None:
    for text in ATTEMPTS:
        if "\x00" in text or (place.startswith("condition") and not _arrows_can_say(text)) or not text.strip():
            continue
        files = PLACES[place](text)
        began = thread_time()
        refused = any(one.severity == "error" for one in check(files, functions=()))
        if not refused:
            refused = _fails(files)
        assert refused, text
        assert thread_time() - began < 0.5, text


def _fails(files: dict[str, bytes]) -> bool:
    """Whether running it fails, either as a whole or at the element."""
    try:
        run = Driven(prepare(files)["p"], NAMES, call=lambda call: dict(call.parameters))
    except (DiagramRefused, EngineError, ExpressionFailed, ExpressionRefused):
        return True
    return bool(run.moved.failures)
