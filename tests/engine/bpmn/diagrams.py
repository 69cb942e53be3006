"""A small language for diagrams: nodes as functions, flows as arrows, so that a test shows its whole process."""

from __future__ import annotations

import re
from html import escape

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def _q(value: object) -> str:
    return escape(str(value), quote=True)


def _named(name: str) -> str:
    return f' name="{_q(name)}"' if name else ""


def extensions(properties: dict[str, str] | None = None, inner: str = "") -> str:
    """Extension elements with properties."""
    listed = "".join(f'<spiffworkflow:property name="{_q(k)}" value="{_q(v)}"/>' for k, v in (properties or {}).items())
    if listed:
        inner += f"<spiffworkflow:properties>{listed}</spiffworkflow:properties>"
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if inner else ""


def node(kind: str, id: str, inner: str = "", *, name: str = "", attributes: str = "", **properties: str) -> str:
    """Any node."""
    return f'<bpmn:{kind} id="{_q(id)}"{_named(name)} {attributes}>{extensions(properties)}{inner}</bpmn:{kind}>'


def start(id: str = "begin", inner: str = "", **properties: str) -> str:
    return node("startEvent", id, inner, **properties)


def end(id: str = "done", inner: str = "") -> str:
    return node("endEvent", id, inner)


def user(id: str, inner: str = "", **properties: str) -> str:
    return node("userTask", id, inner, name=properties.pop("name", ""), **properties)


def script(id: str, text: str) -> str:
    return node("scriptTask", id, f"<bpmn:script>{escape(text)}</bpmn:script>")


def service(id: str, step: str, result: str = "", inner: str = "", **parameters: str) -> str:
    listed = "".join(
        f'<spiffworkflow:parameter id="{_q(k)}" type="any" value="{_q(v)}"/>' for k, v in parameters.items()
    )
    given = f' resultVariable="{_q(result)}"' if result else ""
    operator = (
        f'<spiffworkflow:serviceTaskOperator id="{_q(step)}"{given}><spiffworkflow:parameters>{listed}'
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
    )
    return f'<bpmn:serviceTask id="{_q(id)}">{extensions(None, operator)}{inner}</bpmn:serviceTask>'


def rules(id: str, decision: str) -> str:
    return (
        f'<bpmn:businessRuleTask id="{_q(id)}">'
        + extensions(None, f"<spiffworkflow:calledDecisionId>{_q(decision)}</spiffworkflow:calledDecisionId>")
        + "</bpmn:businessRuleTask>"
    )


def xor(id: str, default: str = "") -> str:
    return node("exclusiveGateway", id, attributes=f'default="{default}"' if default else "")


def both(id: str) -> str:
    return node("parallelGateway", id)


def some(id: str, default: str = "") -> str:
    return node("inclusiveGateway", id, attributes=f'default="{default}"' if default else "")


def first(id: str) -> str:
    return node("eventBasedGateway", id)


def timer(kind: str, text: str) -> str:
    """A timer definition: kind is Date, Duration or Cycle."""
    return f"<bpmn:timerEventDefinition><bpmn:time{kind}>{escape(text)}</bpmn:time{kind}></bpmn:timerEventDefinition>"


def message(name: str, payload: str = "", variable: str = "") -> str:
    inner = f"<spiffworkflow:messagePayload>{escape(payload)}</spiffworkflow:messagePayload>" if payload else ""
    inner += f"<spiffworkflow:messageVariable>{_q(variable)}</spiffworkflow:messageVariable>" if variable else ""
    tag = "bpmn:messageEventDefinition"
    return f'<{tag} messageRef="msg.{_q(name)}">{extensions(None, inner)}</{tag}>'


def catch(id: str, inner: str, **properties: str) -> str:
    return node("intermediateCatchEvent", id, inner, **properties)


def throw(id: str, inner: str, **properties: str) -> str:
    return node("intermediateThrowEvent", id, inner, **properties)


def boundary(id: str, to: str, inner: str, *, interrupting: bool = True) -> str:
    attributes = f'attachedToRef="{_q(to)}" cancelActivity="{str(interrupting).lower()}"'
    return node("boundaryEvent", id, inner, attributes=attributes)


def each(over: str, item: str, output: str = "", result: str = "", *, until: str = "", one_by_one: bool = False) -> str:
    """Multi-instance characteristics."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(one_by_one).lower()}">'
        f"<bpmn:loopDataInputRef>{over}</bpmn:loopDataInputRef>"
        + (f"<bpmn:loopDataOutputRef>{output}</bpmn:loopDataOutputRef>" if output else "")
        + f'<bpmn:inputDataItem id="{item}"/>'
        + (f'<bpmn:outputDataItem id="{result}"/>' if result else "")
        + (f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else "")
        + "</bpmn:multiInstanceLoopCharacteristics>"
    )


def loop(condition: str = "", *, maximum: int | None = None, before: bool = False) -> str:
    """Standard loop characteristics."""
    most = f' loopMaximum="{maximum}"' if maximum is not None else ""
    said = f"<bpmn:loopCondition>{escape(condition)}</bpmn:loopCondition>" if condition else ""
    tag = "bpmn:standardLoopCharacteristics"
    return f'<{tag} testBefore="{str(before).lower()}"{most}>{said}</{tag}>'


_ARROW = re.compile(r"\s*(?:-\[(?P<condition>.*?)\]->|->)\s*")


def flows(text: str) -> str:
    """Flows as arrows: `a -> b -> c; b -[x > 1]-> d`. Each is called `a_b`."""
    made: list[str] = []
    for line in filter(None, (part.strip() for part in text.split(";"))):
        names = _ARROW.split(line)[::2]
        conditions = [found.group("condition") for found in _ARROW.finditer(line)]
        for source, condition, target in zip(names[:-1], conditions, names[1:], strict=True):
            inner = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
            made.append(
                f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}'
                "</bpmn:sequenceFlow>"
            )
    return "".join(made)


def part(id: str, nodes: list[str], arrows: str, inner: str = "", **properties: str) -> str:
    """A sub-process."""
    return node("subProcess", id, inner + "".join(nodes) + flows(arrows), **properties)


def call(id: str, process: str, inner: str = "") -> str:
    return node("callActivity", id, inner, attributes=f'calledElement="{_q(process)}"')


def process(id: str, nodes: list[str], arrows: str, lanes: dict[str, list[str]] | None = None) -> str:
    """A process; lanes map a role to node ids."""
    drawn = "".join(
        f'<bpmn:lane id="lane.{number}" name="{_q(role)}">'
        + "".join(f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>" for name in names)
        + "</bpmn:lane>"
        for number, (role, names) in enumerate((lanes or {}).items())
    )
    inner = (f'<bpmn:laneSet id="lanes">{drawn}</bpmn:laneSet>' if drawn else "") + "".join(nodes) + flows(arrows)
    return f'<bpmn:process id="{id}" name="{id}" isExecutable="true">{inner}</bpmn:process>'


def diagram(*processes: str, extra: str = "") -> bytes:
    """A BPMN document; the messages that its events name are declared."""
    inner = "".join(processes)
    named = sorted(set(re.findall(r'messageRef="msg\.([^"]+)"', inner)))
    messages = "".join(f'<bpmn:message id="msg.{name}" name="{name}"/>' for name in named)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:spiffworkflow="{SPIFF}"'
        f' id="d" targetNamespace="http://example.org/sop">{extra}{messages}{inner}</bpmn:definitions>'
    ).encode()


def table(
    id: str, inputs: list[str], outputs: list[str], rows: list[list[str]], policy: str = "UNIQUE", prefix: str = ""
) -> bytes:
    """A DMN document with one decision table."""
    p = f"{prefix}:" if prefix else ""
    cells = "".join(
        f'<{p}input id="i{n}"><{p}inputExpression><{p}text>{escape(x)}</{p}text></{p}inputExpression></{p}input>'
        for n, x in enumerate(inputs)
    )
    cells += "".join(f'<{p}output id="o{n}" name="{x}"/>' for n, x in enumerate(outputs))
    for n, row in enumerate(rows):
        tests = "".join(
            f'<{p}inputEntry id="t{n}.{m}"><{p}text>{escape(x)}</{p}text></{p}inputEntry>'
            for m, x in enumerate(row[: len(inputs)])
        )
        says = "".join(
            f'<{p}outputEntry id="s{n}.{m}"><{p}text>{escape(x)}</{p}text></{p}outputEntry>'
            for m, x in enumerate(row[len(inputs) :])
        )
        cells += f'<{p}rule id="r{n}">{tests}{says}</{p}rule>'
    xmlns = f'xmlns:{prefix}="{DMN}"' if prefix else f'xmlns="{DMN}"'
    return (
        f'<{p}definitions {xmlns} id="d" name="d" namespace="http://example.org/dmn">'
        f'<{p}decision id="{id}" name="{id}"><{p}decisionTable id="{id}.table" hitPolicy="{policy}">{cells}'
        f"</{p}decisionTable></{p}decision></{p}definitions>"
    ).encode()
