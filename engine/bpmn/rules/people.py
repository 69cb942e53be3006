"""Tasks for people: role, form, signature, who must not do it, and until when."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.calendar import instant, step_of
from engine.bpmn.rules.formulas import trouble
from engine.bpmn.rules.survey import Drawn, label
from engine.errors import StepFailed
from engine.values import MEANINGS, Finding


def roles(drawn: Drawn) -> Iterator[Finding]:
    """A task for people lies in a lane, which says whose it is."""
    for element, _ in drawn.of("userTask"):
        if element.role is None:
            sentence = f"{label(element)} lies in no lane, so it reaches nobody's inbox. Draw it in the lane of a role."
            yield drawn.warning(element.id, "no-role", sentence)


def forms(drawn: Drawn) -> Iterator[Finding]:
    """The form that a task names is in the bundle."""
    known = drawn.survey.known.forms
    for element, _ in drawn.of("userTask"):
        form = element.properties.get("form", "").strip()
        if not form:
            sentence = f"{label(element)} asks for nothing. Name its form in the property “form”."
            yield drawn.warning(element.id, "no-form", sentence)
        elif known is not None and form not in known:
            sentence = f"The form {form!r} of {label(element)} is not in the bundle. Add it, or name another one."
            yield drawn.error(element.id, "unknown-form", sentence)


def signatures(drawn: Drawn) -> Iterator[Finding]:
    """A signature has a meaning that the law knows (21 CFR 11.50)."""
    for element in drawn.elements.values():
        meaning = element.properties.get("signature")
        if meaning is None:
            continue
        if element.kind != "userTask":
            yield drawn.error(
                element.id, "signature", f"Nobody can sign at {label(element)}. Move the signature to a user task."
            )
        elif meaning.strip().startswith("="):
            wrong = trouble(drawn, meaning.strip()[1:])
            if wrong:
                yield drawn.error(element.id, "signature", f"The meaning of the signature cannot be used: {wrong}")
        elif meaning.strip() not in MEANINGS:
            sentence = f"{meaning!r} is not the meaning of a signature. Write one of: {', '.join(MEANINGS)}."
            yield drawn.error(element.id, "signature", sentence)


def separation(drawn: Drawn) -> Iterator[Finding]:
    """`notPerformerOf` names another task for people of this process."""
    for element in drawn.elements.values():
        for name in element.properties.get("notPerformerOf", "").split():
            other = drawn.elements.get(name)
            if other is None or other.kind != "userTask" or name == element.id:
                sentence = f"“notPerformerOf” of {label(element)} names {name!r}, which is no other user task here."
                yield drawn.error(element.id, "not-performer-of", f"{sentence} Name the id of one.")


def due(drawn: Drawn) -> Iterator[Finding]:
    """A due time is a duration, a date, or an expression after an equals sign."""
    for element, _ in drawn.of("userTask"):
        said = element.properties.get("due", "").strip()
        if not said:
            continue
        if said.startswith("="):
            wrong = trouble(drawn, said[1:])
        else:
            try:
                (step_of if said.upper().startswith("P") else instant)(said)
                wrong = None
            except StepFailed as failed:
                wrong = str(failed)
        if wrong:
            yield drawn.error(element.id, "due", f"The property “due” of {label(element)} cannot be used: {wrong}")
