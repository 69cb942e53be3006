"""The form that a task names is in the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "unknown-form"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The tasks whose form nobody has."""
    known = drawn.survey.known.forms
    for element, _ in drawn.of("userTask"):
        form = element.properties.get("form", "").strip()
        if form and known is not None and form not in known:
            said = f"The form {form!r} of {drawn.label(element)} is not in the bundle."
            yield drawn.error(element.id, NAME, f"{said} Add it, or name another one.")
