"""What other engines and editors write into their files: walked to the end, the way that BPMN 2.0 means."""

from __future__ import annotations

import re

import pytest

from engine.bpmn import check, walk
from tests.engine.bpmn.diagrams import BPMN, flows

_SPACES = (
    f'xmlns="{BPMN}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' xmlns:flowable="http://flowable.org/bpmn" xmlns:activiti="http://activiti.org/bpmn"'
    ' xmlns:tns="http://www.jboss.org/drools" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
)
_ENDS = '<startEvent id="s"/><endEvent id="e"/>'
_DECLARED = (
    '<message id="m" name="M"/><message id="n" name="N"/><signal id="g" name="G"/>'
    '<error id="r" errorCode="${c}"/>'
)
_INSIDE = '<startEvent id="i1"/><task id="i"/><endEvent id="i2"/>' + flows("i1 -> i -> i2").replace("bpmn:", "")
_ROUND = "s, a, e"


def _file(inner: str, more: str = _DECLARED, marks: str = 'isExecutable="true"') -> bytes:
    process = f'<process id="p" {marks}>{inner}</process>'
    return f'<definitions {_SPACES} id="d" targetNamespace="t">{more}{process}</definitions>'.encode()


def _drawn(nodes: str, arrows: str, more: str = _DECLARED) -> bytes:
    return _file(_ENDS + nodes + flows(arrows).replace("bpmn:", ""), more)


def _line(node: str, more: str = _DECLARED) -> bytes:
    return _drawn(node, "s -> a -> e", more)


def _said(kind: str, inner: str = "", attributes: str = "", beside: str = "") -> bytes:
    """One node of a kind, with extension elements and what stands beside them."""
    return _line(f'<{kind} id="a" {attributes}><extensionElements>{inner}</extensionElements>{beside}</{kind}>')


def _loop(inner: str, attributes: str = "", kind: str = "multiInstance") -> str:
    return f"<{kind}LoopCharacteristics {attributes}>{inner}</{kind}LoopCharacteristics>"


def _event(kind: str, event: str, attributes: str = "") -> str:
    return f'<{kind} id="a" {attributes}>{event}</{kind}>'


_MESSAGE, _OTHER = '<messageEventDefinition messageRef="m"/>', '<messageEventDefinition messageRef="n"/>'
_HOUR = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
_WAIT = "intermediateCatchEvent"
WAYS: dict[str, tuple[bytes, str]] = {
    # Camunda 7
    "connector": (_said(
        "serviceTask",
        '<camunda:connector><camunda:inputOutput><camunda:inputParameter name="u">x</camunda:inputParameter>'
        '<camunda:outputParameter name="r"><camunda:script scriptFormat="groovy">S(r)</camunda:script>'
        "</camunda:outputParameter></camunda:inputOutput><camunda:connectorId>http</camunda:connectorId>"
        "</camunda:connector>",
    ), _ROUND),
    "external task": (_said("serviceTask", "", 'camunda:type="external" camunda:topic="t"'), _ROUND),
    "listeners and form fields": (_said(
        "userTask", '<camunda:taskListener event="create" class="x.Y"/><camunda:formData>'
        '<camunda:formField id="x" type="string"/></camunda:formData>', 'camunda:assignee="${starter}"',
    ), _ROUND),
    "collection with completion condition": (_said(
        "userTask", "", 'camunda:assignee="${who}"',
        _loop("<completionCondition>${nrOfCompletedInstances/nrOfInstances &gt;= 0.6}</completionCondition>",
              'camunda:collection="people" camunda:elementVariable="who"'),
    ), _ROUND),
    "collection from a bean": (_said("task", "", "", _loop("", 'camunda:collection="${all.of(x)}"')), _ROUND),
    "as often as said": (_said("task", "", "", _loop("<loopCardinality>3</loopCardinality>")), "s, a, a, a, e"),
    "error by an expression": (_drawn(
        '<serviceTask id="a"><extensionElements><camunda:errorEventDefinition id="q" errorRef="r" expression="${x}"/>'
        '</extensionElements></serviceTask><boundaryEvent id="b" attachedToRef="a"><errorEventDefinition errorRef="r"'
        ' camunda:errorCodeVariable="c"/></boundaryEvent>', "s -> a -> e; b -> e"), _ROUND),
    "call of what lies elsewhere": (_said(
        "callActivity", '<camunda:in variables="all"/>', 'calledElement="other"'
    ), _ROUND),
    "call by an expression": (_said("callActivity", "", 'calledElement="${which}"'), _ROUND),
    "call of a case": (_said("callActivity", "", 'camunda:caseRef="case"'), _ROUND),
    "decision elsewhere": (_said(
        "businessRuleTask", "", 'camunda:decisionRef="d1" camunda:resultVariable="r"'
    ), _ROUND),
    "a class sends": (_said("sendTask", "", 'camunda:class="x.Y"'), _ROUND),
    # Camunda 8
    "job with mappings": (_said(
        "serviceTask", '<zeebe:taskDefinition type="t"/><zeebe:ioMapping><zeebe:input source="=a.b" target="c"/>'
        "</zeebe:ioMapping>"), _ROUND),
    "user task": (_said(
        "userTask", '<zeebe:userTask/><zeebe:formDefinition formId="f"/><zeebe:assignmentDefinition assignee="=who"'
        ' candidateGroups="=groups"/><zeebe:taskSchedule dueDate="=d"/><zeebe:priorityDefinition priority="4"/>'
    ), _ROUND),
    "called element by FEEL": (_said("callActivity", '<zeebe:calledElement processId="=&quot;p-&quot; + x"/>'), _ROUND),
    "input collection": (_said("serviceTask", "", "", _loop(
        '<extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/>'
        "</extensionElements>"
    )), _ROUND),
    "script in FEEL": (_said("scriptTask", '<zeebe:script expression="=a+b" resultVariable="r"/>'), _ROUND),
    # Flowable, Activiti
    "mail": (_said("serviceTask", '<activiti:field name="to" expression="${x}"/>', 'activiti:type="mail"'), _ROUND),
    "http": (_said("serviceTask", "", 'flowable:type="http"'), _ROUND),
    "variable listener": (_said(_WAIT, '<flowable:variableListenerEventDefinition variableName="x"/>'), _ROUND),
    "candidates": (_said("userTask", "", 'flowable:candidateUsers="k,g" flowable:candidateGroups="m,s"'), _ROUND),
    # scripts and conditions of other languages
    "groovy": (_said(
        "scriptTask", "", 'scriptFormat="groovy"', "<script>def x = 1; e.setVariable('y', x)</script>"
    ), _ROUND),
    "javascript": (_said("scriptTask", "", "", "<script>var s = 0; for (i in x) { s += i }</script>"), _ROUND),
    "java": (_said(
        "scriptTask", "", "", '<script>System.out.println("x"); kcontext.setVariable("x", 1);</script>'
    ), _ROUND),
    "javascript decides nothing": (_drawn(
        '<exclusiveGateway id="x"/><task id="a"/><task id="b"/>',
        "s -> x; x -[y === 3]-> a; x -[${!l.isEmpty()}]-> b; a -> e; b -> e"), "s, x, a, e"),
    "FEEL decides nothing": (_drawn(
        '<exclusiveGateway id="x" default="x_e"/><task id="b"/>',
        "s -> x; x -[=some i in l satisfies i.ok]-> b; x -> e; b -> e"), "s, x, e"),
    # jBPM, Bonita, Signavio, ARIS
    "inputs, outputs and owners": (_line(
        '<userTask id="a"><ioSpecification><dataInput id="a_in" name="TaskName"/><inputSet><dataInputRefs>a_in'
        "</dataInputRefs></inputSet><outputSet/></ioSpecification><dataInputAssociation><targetRef>a_in</targetRef>"
        "<assignment><from>Do</from><to>a_in</to></assignment></dataInputAssociation><potentialOwner>"
        "<resourceAssignmentExpression><formalExpression>john</formalExpression></resourceAssignmentExpression>"
        "</potentialOwner></userTask>"), _ROUND),
    "rule flow group": (_said("businessRuleTask", "", 'tns:ruleFlowGroup="x"'), _ROUND),
    "work item": (_said("task", "", 'tns:taskName="Log"'), _ROUND),
    "nothing leads anywhere": (_file('<task id="x"/><userTask id="y"/>', marks='tns:adHoc="true"'), "x, y"),
    "not to be executed": (_file(
        '<extensionElements><q:meta xmlns:q="http://www.signavio.com" metaKey="a"/></extensionElements>' + _ENDS
        + '<task id="a"/>' + flows("s -> a -> e").replace("bpmn:", ""), marks='isExecutable="false" processType="None"'
    ), _ROUND),
    "ids with anything in them": (_file(
        '<startEvent id="S-1 2"/><task id="Ä.1:x"/><endEvent id="{e}"/><sequenceFlow id="f{1}" sourceRef="S-1 2"'
        ' targetRef="Ä.1:x"/><sequenceFlow id="q" sourceRef="Ä.1:x" targetRef="{e}"/>'), "S-1 2, Ä.1:x, {e}"),
    "what is drawn for readers": (_line(
        '<task id="a"/><group id="gr" categoryValueRef="cv"/><textAnnotation id="ta"><text>hi</text></textAnnotation>'
        '<association id="as" sourceRef="a" targetRef="ta"/><dataObject id="do"/><dataStoreReference id="ds"/><laneSet'
        ' id="ls"><lane id="l" name="L"><flowNodeRef>a</flowNodeRef><childLaneSet id="c"><lane id="l2"/></childLaneSet>'
        "</lane></laneSet>",
        '<category id="cat"><categoryValue id="cv"/></category><correlationProperty id="cp"/><resource id="re"/>'
    ), _ROUND),
    "collapsed on a plane of its own": (_line(f'<subProcess id="a">{_INSIDE}</subProcess>').replace(
        b"</definitions>", b'<bpmndi:BPMNDiagram id="x"><bpmndi:BPMNPlane id="y" bpmnElement="a"/></bpmndi:BPMNDiagram>'
        b"</definitions>"), "s, i1, i, i2, a, e"),
    "correlation of messages": (_line(
        '<task id="a"/>', '<correlationProperty id="cp"/><collaboration id="c"><participant id="q" processRef="p"/>'
        '<correlationKey><correlationPropertyRef>cp</correlationPropertyRef></correlationKey></collaboration>'
    ), _ROUND),
    # events
    "link by its ends": (_drawn(
        '<intermediateThrowEvent id="a"><linkEventDefinition id="l1"><target>l2</target></linkEventDefinition>'
        '</intermediateThrowEvent><intermediateCatchEvent id="b"><linkEventDefinition id="l2"><source>l1</source>'
        "</linkEventDefinition></intermediateCatchEvent>", "s -> a; b -> e"), "s, a, b, e"),
    "started by a condition": (_file(
        '<startEvent id="s"><conditionalEventDefinition><condition>x &gt; 1</condition></conditionalEventDefinition>'
        '</startEvent><endEvent id="e"/>' + flows("s -> e").replace("bpmn:", "")), "s, e"),
    "started by all of several": (_file(
        f'<startEvent id="s" parallelMultiple="true">{_MESSAGE}{_OTHER}</startEvent><endEvent id="e"/>'
        + flows("s -> e").replace("bpmn:", "")), "s, e"),
    "started by the first event": (_file(
        f'<eventBasedGateway id="x" instantiate="true"/><{_WAIT} id="a">{_MESSAGE}</{_WAIT}><{_WAIT} id="b">{_OTHER}'
        f'</{_WAIT}><endEvent id="e"/>' + flows("x -> a -> e; x -> b -> e").replace("bpmn:", "")), "x, a, e"),
    "started by all events": (_file(
        f'<eventBasedGateway id="x" instantiate="true" eventGatewayType="Parallel"/>'
        f'<{_WAIT} id="a">{_MESSAGE}</{_WAIT}>'
        f'<{_WAIT} id="b">{_OTHER}</{_WAIT}><parallelGateway id="j"/><endEvent id="e"/>'
        + flows("x -> a -> j; x -> b -> j; j -> e").replace("bpmn:", "")), "x, a, b, j, e"),
    "a receive task begins": (_file(
        '<receiveTask id="a" instantiate="true" messageRef="m"/><endEvent id="e"/>'
        + flows("a -> e").replace("bpmn:", "")
    ), "a, e"),
    "several plain starts": (_file(
        '<startEvent id="s"/><startEvent id="t"/><task id="a"/><task id="b"/><endEvent id="e"/>'
        + flows("s -> a -> e; t -> b -> e").replace("bpmn:", "")), _ROUND),
    "a timer on a border beside": (_drawn(
        f'<userTask id="a"/><boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{_HOUR}</boundaryEvent>'
        '<endEvent id="f"/>', "s -> a -> e; b -> f"), _ROUND),
    "a cancelled transaction": (_drawn(
        '<transaction id="a"><startEvent id="i1"/><endEvent id="i2"><cancelEventDefinition/></endEvent>'
        + flows("i1 -> i2").replace("bpmn:", "") + '</transaction><boundaryEvent id="b" attachedToRef="a">'
        '<cancelEventDefinition/></boundaryEvent><task id="t"/>', "s -> a -> e; b -> t -> e"), "s, i1, i2, b, t, e"),
    "undone": (_drawn(
        '<task id="a"/><boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent><task id="h"'
        ' isForCompensation="true"/><association id="as" sourceRef="b" targetRef="h"/><intermediateThrowEvent id="t">'
        '<compensateEventDefinition activityRef="a"/></intermediateThrowEvent>', "s -> a -> t -> e"), "s, a, h, t, e"),
    "a loop with a largest number": (_said("task", "", "", _loop("", 'loopMaximum="2"', "standard")), "s, a, a, e"),
    "complex gateways": (_drawn(
        '<complexGateway id="x"/><task id="a"/><task id="b"/><complexGateway id="y"/>',
        "s -> x; x -> a -> y; x -> b -> y; y -> e"), "s, x, a, b, y, e"),
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
def test_what_others_write_is_walked_the_way_that_the_standard_means(name: str) -> None:
    content, way = WAYS[name]
    (found,) = walk({"a.bpmn": content})
    assert (found.outcome, found.causes, ", ".join(found.path)) == ("completed", (), way)
    assert all(item.sentence for item in check({"a.bpmn": content}))


_TIMES = {
    "timeDuration": ["P2W", "PT0.5S", "P1Y2M10DT2H30M", "${duration}", "PT${x}M", '=duration("PT5M")', "5m", "-PT5M"],
    "timeDate": ["2027-03-11T12:13:14Z", "2027-03-11T12:13:14+05:30", "2027-03-11T12:13:14+01:00[Europe/Berlin]",
                 "2027-03-11T12:13:14", "2027-03-11", "2027-03-11T12:13:14.123456789Z", "=now() + duration(x)"],
    "timeCycle": ["R3/PT10S", "R/PT1H", "R3/2036-01-01T00:00:00Z/PT10M", "R2/PT10M/2027-01-01T00:00:00+02:00",
                  "0 0/5 * * * ?", "*/5 * * * *", "${cycle}", "500ms###2s", "R0/PT5M"],
}  # fmt: skip
_EVERY = [(kind, text) for kind, texts in _TIMES.items() for text in texts]


@pytest.mark.parametrize(("kind", "text"), _EVERY)
def test_time_passes_at_a_timer_however_it_is_written(kind: str, text: str) -> None:
    timer = f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"
    (found,) = walk({"a.bpmn": _line(_event(_WAIT, timer))})
    assert (found.outcome, ", ".join(found.path)) == ("completed", _ROUND)
    border = f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{timer}</boundaryEvent><endEvent id="f"/>'
    (found,) = walk({"a.bpmn": _drawn('<userTask id="a"/>' + border, "s -> a -> e; b -> f")})
    assert (found.outcome, ", ".join(found.path)) == ("completed", _ROUND)


@pytest.mark.parametrize("text", ["0 9 * * MON", "2027-03-11T12:13:14+01:00[Europe/Berlin]", "'R/' + 'P1D'"])
def test_the_first_time_of_a_repetition_counts_where_there_is_no_second(text: str) -> None:
    kind = "timeDate" if "[" in text else "timeCycle"
    content = _line(_event(_WAIT, f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"))
    assert not [item for item in check({"a.bpmn": content}) if item.refuses]


def test_a_message_that_nobody_sends_is_waited_for_though_a_timer_comes_round_and_round_beside_it() -> None:
    (found,) = walk({"a.bpmn": _drawn(
        f'<exclusiveGateway id="x"/><eventBasedGateway id="g2"/><{_WAIT} id="a">{_HOUR}</{_WAIT}><{_WAIT} id="b">'
        f"{_MESSAGE}</{_WAIT}>", "s -> x -> g2; g2 -> a -> x; g2 -> b -> e")})  # fmt: skip
    assert (found.outcome, found.waiting_for) == ("waiting", ("b", "a"))


_PLAIN = _line('<userTask id="a"/>').decode()
_DRAFTS = (
    "http://schema.omg.org/spec/BPMN/2.0", "http://www.omg.org/spec/BPMN/20100524/MODEL/",
    "https://www.omg.org/spec/BPMN/20100524/MODEL", "http://www.omg.org/bpmn20",
)  # fmt: skip


@pytest.mark.parametrize("space", _DRAFTS)
def test_the_namespace_of_a_draft_is_read_and_noted(space: str) -> None:
    content = _PLAIN.replace(f'"{BPMN}"', f'"{space}"').encode()
    assert [item.rule for item in check({"a.bpmn": content}) if item.rule == "older-namespace" or item.refuses] == [
        "older-namespace"
    ]
    (found,) = walk({"a.bpmn": content})
    assert (found.outcome, ", ".join(found.path)) == ("completed", _ROUND)


def test_no_namespace_at_all_is_read_but_other_definitions_are_not() -> None:
    bare = re.sub(r' xmlns(:\w+)?="[^"]*"', "", _PLAIN)
    assert walk({"a.bpmn": bare.encode()})[0].outcome == "completed"
    service = bare.replace("<definitions ", '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" ').encode()
    assert [item.rule for item in check({"a.bpmn": service})] == ["file-kind"]


def test_two_starts_of_one_id_and_an_event_that_repeats_are_named() -> None:
    twice = _file('<startEvent id="s"/><startEvent id="s"/><endEvent id="e"/>' + flows("s -> e").replace("bpmn:", ""))
    assert [item.rule for item in check({"a.bpmn": twice}) if item.refuses] == ["duplicate-id"]
    assert walk({"a.bpmn": twice})[0].outcome == "refused"
    loop = _loop("", 'loopMaximum="2"', "standard")
    (said,) = walk({"a.bpmn": _line(_event("intermediateThrowEvent", loop))})[0].causes
    assert "cannot be repeated" in said
