"""Every expression can be read, and calls only functions that exist."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.formulas import formulas, short, trouble
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "expression"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The expressions and scripts that cannot be used, wherever they stand."""
    for one in formulas(drawn):
        wrong = trouble(drawn, one.text, script=one.is_script)
        if wrong:
            yield drawn.error(one.owner, NAME, f"{one.what}, {short(one.text)}, cannot be used: {wrong} Mend it.")
