"""What a task keeps as variables are answers of its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "unknown-field"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The tasks that keep an answer for which their form does not ask."""
    forms = drawn.survey.known.forms
    if not isinstance(forms, Mapping):
        return
    for element, _ in drawn.of("userTask"):
        form = element.properties.get("form", "").strip()
        fields = forms.get(form)
        for name in element.properties.get("variables", "").split() if fields is not None else ():
            if name not in fields:
                said = f"{drawn.label(element)} keeps “{name}”, for which the form {form!r} does not ask."
                yield drawn.warning(element.id, NAME, f"{said} It would always be empty: mend the name.")
