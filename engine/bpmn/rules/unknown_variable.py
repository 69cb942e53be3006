"""An expression names only variables that something before it can set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.evaluation import compiled
from engine.bpmn.rules.exchange import decision_of
from engine.bpmn.rules.formulas import Formula, formulas, short
from engine.bpmn.rules.repetitions import repeated
from engine.bpmn.rules.survey import Drawn, child, definitions_of, text
from engine.bpmn.rules.variables import Variables
from engine.bpmn.source import local
from engine.values import Finding
from forms import ExpressionRefused, compile_script

NAME = "unknown-variable"
_OTHER_VARIABLES = ("The property “key”",)
"""What is worked out before there are variables."""


def find(drawn: Drawn) -> Iterator[Finding]:
    """The names that nothing sets. Where forms are not known, nothing is said: they set variables too."""
    if not isinstance(drawn.survey.known.forms, Mapping):
        return
    firsts = {name for name in drawn.begins if drawn.elements[name].parent == drawn.chart.process}
    variables, several = Variables(drawn), {element.id for element, _ in repeated(drawn)}
    for one in (*formulas(drawn), *_times(drawn), *_questions(drawn)):
        at = drawn.flows[one.owner].source if one.owner in drawn.flows else one.owner
        if one.what in _OTHER_VARIABLES or at not in drawn.live or at in firsts:
            continue
        for name in sorted(_read(one)):
            if not variables.may_be_set(name, at, before=one.is_script and at not in several):
                said = f"{one.what}, {short(one.text)}, names “{name}”, which nothing before sets."
                yield drawn.warning(one.owner, NAME, f"{said} Mend the name, or set it before.")


def _read(formula: Formula) -> frozenset[str]:
    if formula.text.lstrip().startswith("="):
        return frozenset()  # in FEEL a name that is not set is null
    try:
        return compile_script(formula.text).names if formula.is_script else compiled(formula.text).names
    except ExpressionRefused:
        return frozenset()


def _times(drawn: Drawn) -> Iterator[Formula]:
    for element, node in drawn.of("startEvent", "intermediateCatchEvent", "boundaryEvent"):
        for definition in definitions_of(node):
            if local(definition) == "timerEventDefinition":
                for kind in ("timeDate", "timeDuration", "timeCycle"):
                    said = text(child(definition, kind))
                    if said:
                        yield Formula(element.id, "The time", said)


def _questions(drawn: Drawn) -> Iterator[Formula]:
    for element, node in drawn.of("businessRuleTask"):
        table = drawn.survey.decisions.get(decision_of(node))
        for asked in table.inputs if table is not None else ():
            yield Formula(element.id, "The input of the decision table", asked)
