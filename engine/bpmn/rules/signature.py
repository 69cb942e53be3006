"""A signature is given by a person at a task, with a meaning that the law knows (21 CFR 11.50)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.formulas import trouble
from engine.bpmn.rules.survey import Drawn
from engine.values import MEANINGS, Finding

NAME = "signature"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The signatures that nobody can give, or whose meaning nobody knows."""
    for element in drawn.elements.values():
        meaning = element.properties.get("signature")
        if meaning is None:
            continue
        if element.kind != "userTask":
            said = f"Nobody can sign at {drawn.label(element)}. Move the signature to a user task."
            yield drawn.error(element.id, NAME, said)
        elif meaning.strip().startswith("="):
            wrong = trouble(drawn, meaning.strip()[1:])
            if wrong:
                said = f"The meaning of the signature cannot be used: {wrong} Mend the expression."
                yield drawn.error(element.id, NAME, said)
        elif meaning.strip() not in MEANINGS:
            sentence = f"{meaning!r} is not the meaning of a signature. Write one of: {', '.join(MEANINGS)}."
            yield drawn.error(element.id, NAME, sentence)
