"""Habits of people who draw, and of engines that read what they draw: links, pools, idle parts, loops, spellings."""

from __future__ import annotations

import pytest

from engine.bpmn import check, walk
from tests.engine.bpmn.diagrams import BPMN, flows

_DECLARED = (
    '<message id="m" name="M"/><message id="n" name="N"/><signal id="g" name="G"/><error id="r" errorCode="E1"/>'
    '<interface id="f" name="I"><operation id="o" name="O"><inMessageRef>m</inMessageRef></operation></interface>'
)
_MESSAGE, _OTHER = '<messageEventDefinition messageRef="m"/>', '<messageEventDefinition messageRef="n"/>'
_SIGNAL, _UNDO = '<signalEventDefinition signalRef="g"/>', "<compensateEventDefinition/>"
_HOUR = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
_POOLS = '<participant id="us" processRef="p"/><participant id="them" {}/>'


def _arrows(text: str) -> str:
    return flows(text).replace("bpmn:", "")


def _file(inner: str, outer: str = "", more: str = _DECLARED) -> bytes:
    return (
        f'<definitions xmlns="{BPMN}" id="d" targetNamespace="t">{more}<process id="p" isExecutable="true">{inner}'
        f"</process>{outer}</definitions>"
    ).encode()


def _drawn(nodes: str, arrows: str, outer: str = "", more: str = _DECLARED) -> bytes:
    return _file('<startEvent id="s"/><endEvent id="e"/>' + nodes + _arrows(arrows), outer, more)


def _throw(id: str, inner: str, name: str = "") -> str:
    return f'<intermediateThrowEvent id="{id}" name="{name}">{inner}</intermediateThrowEvent>'


def _catch(id: str, inner: str, name: str = "") -> str:
    return f'<intermediateCatchEvent id="{id}" name="{name}">{inner}</intermediateCatchEvent>'


def _link(id: str = "", name: str = "", inner: str = "") -> str:
    return f'<linkEventDefinition id="{id}" name="{name}">{inner}</linkEventDefinition>'


def _beside(inner: str, arrows: str, marks: str = "") -> str:
    return f'<subProcess id="x" triggeredByEvent="true">{marks}{inner}{_arrows(arrows)}</subProcess>'


def _other(nodes: str, arrows: str) -> str:
    return f'<process id="q" isExecutable="false">{nodes}{_arrows(arrows)}</process>'


def _flow(source: str, pool: str) -> str:
    message = f'<messageFlow id="mf" sourceRef="{source}" targetRef="a"/>'
    return f'<collaboration id="c">{_POOLS.format(pool)}{message}</collaboration>'


_SENDER = '<startEvent id="q1"/><sendTask id="q2" messageRef="m"/><endEvent id="q3"/>'
_AWAITED = _catch("a", "<messageEventDefinition/>")
_BEGUN = f'<startEvent id="x1">{_MESSAGE}</startEvent>'
_TASK = '<task id="a"/>'
_ROUND = '<userTask id="a"/><exclusiveGateway id="x"/>'
_UNDONE = (
    f'<boundaryEvent id="b" attachedToRef="a">{_UNDO}</boundaryEvent><task id="h" isForCompensation="true"/>'
    '<textAnnotation id="note"/><association id="l1" sourceRef="b" targetRef="note"/>'
)
_RACE = f'<eventBasedGateway id="x"/>{_catch("a", _HOUR)}<receiveTask id="w" messageRef="m"/>'
_FAILING = (
    '<subProcess id="a"><startEvent id="i"/><endEvent id="j"><errorEventDefinition errorRef="r"/></endEvent>'
    + _arrows("i -> j") + "</subProcess>"
)  # fmt: skip
WAYS: dict[str, tuple[bytes, str]] = {
    # links
    "links named by their events": (_drawn(
        _throw("a", _link("l1"), "L") + _catch("b", _link("l2"), "L") + _throw("c", _link("l3"), "K")
        + _catch("z", _link("l4"), "K"), "s -> a; b -> c; z -> e"), "s, a, b, c, z, e"),
    "links named by their ids": (_drawn(
        _throw("a", _link("l1", inner="<target>l2</target>")) + _catch("b", _link("l2")) + _throw("c", _link("l3"))
        + _catch("z", _link("l4", inner="<source>l3</source>")), "s -> a; b -> c; z -> e"), "s, a, b, c, z, e"),
    "two links to one": (_drawn(
        '<exclusiveGateway id="x"/>' + _throw("a", _link("l1", "L")) + _throw("b", _link("l2", "L"))
        + _catch("c", _link("l3", "L")), "s -> x; x -> a; x -> b; c -> e"), "s, x, a, c, e"),
    "only two links, with different names": (_drawn(
        _throw("a", _link("l1"), "to page 2") + _catch("b", _link("l2"), "from page 1"), "s -> a; b -> e"),
        "s, a, b, e"),
    # messages of other pools
    "a task of the other pool sends": (_drawn(
        _catch("a", _MESSAGE), "s -> a -> e", _other(_SENDER, "q1 -> q2 -> q3")), "s, a, e"),
    "the border of a drawn pool sends": (_drawn(
        _AWAITED, "s -> a -> e", _other('<startEvent id="q1"/>', "") + _flow("them", 'processRef="q"')), "s, a, e"),
    "another start of the same process leads to what answers": (_drawn(
        f'<sendTask id="a" messageRef="n"/>{_catch("b", _MESSAGE)}<startEvent id="s2">{_OTHER}</startEvent>'
        + _throw("c", _MESSAGE), "s -> a -> b -> e; s2 -> c"), "s, a, b, e"),
    "an operation in place of a message": (_drawn(
        '<sendTask id="a" operationRef="o"/><receiveTask id="b" operationRef="o"/>', "s -> a -> b -> e"), "s, a, b, e"),
    # what never comes
    "an empty event sub-process": (_drawn(_TASK + _beside("", ""), "s -> a -> e"), "s, a, e"),
    "an event sub-process that no event begins": (_drawn(
        _TASK + _beside('<startEvent id="x1"/><task id="x2"/>', "x1 -> x2"), "s -> a -> e"), "s, a, e"),
    "one with a mark of repetition": (_drawn(
        _TASK + _beside(_BEGUN, "", "<multiInstanceLoopCharacteristics/>"), "s -> a -> e"), "s, a, e"),
    "one with two beginnings": (_drawn(
        _throw("a", _SIGNAL) + _beside(f'<startEvent id="x1">{_SIGNAL}</startEvent><startEvent id="x2">{_OTHER}'
                                       '</startEvent><endEvent id="x3"/>', "x1 -> x3; x2 -> x3"), "s -> a -> e"),
        "s, a, x1, x3, x"),
    "one begun by either of two": (_drawn(
        _TASK + _beside(f'<startEvent id="x1">{_MESSAGE}{_OTHER}</startEvent>', ""), "s -> a -> e"), "s, a, e"),
    "an event on what a gateway waits for": (_drawn(
        _RACE + f'<boundaryEvent id="b" attachedToRef="w">{_HOUR}</boundaryEvent>',
        "s -> x; x -> a -> e; x -> w -> e; b -> e"), "s, x, a, e"),
    "an event on the border of an event sub-process": (_drawn(
        _throw("a", _SIGNAL) + _beside(f'<startEvent id="x1">{_SIGNAL}</startEvent>', "")
        + f'<boundaryEvent id="b" attachedToRef="x">{_HOUR}</boundaryEvent>', "s -> a -> e; b -> e"), "s, a, x1, x"),
    "events after a gateway of which nothing is said": (_drawn(
        f'<eventBasedGateway id="x"/><task id="t"/>{_catch("a", "")}{_catch("b", "")}',
        "s -> t -> x; x -> a -> t; x -> b -> e"), "s, t, x, a, t, x, a, t, x, b, e"),
    "an error out of a part that nothing catches": (_drawn(_FAILING + '<boundaryEvent id="b" attachedToRef="a">'
        '<errorEventDefinition errorRef="other"/></boundaryEvent>', "s -> a -> e; b -> e"), "s, i, j"),
    "an error without a code is any": (_drawn(_FAILING + '<boundaryEvent id="b" attachedToRef="a">'
        '<errorEventDefinition errorRef="any"/></boundaryEvent>', "s -> a -> e; b -> e",
        more=_DECLARED + '<error id="any" errorCode=""/>'), "s, i, j, b, e"),
    "a gateway in the middle that wants all events": (_drawn(
        '<eventBasedGateway id="x" eventGatewayType="Parallel"/><parallelGateway id="j"/>' + _catch("a", _HOUR)
        + _catch("b", _HOUR), "s -> x; x -> a -> j; x -> b -> j; j -> e"), "s, x, a, b, j, e"),
    "a race that an event without a trigger wins": (_drawn(
        _RACE.replace("<receiveTask", "<task id='c'/><intermediateCatchEvent id='b'/><receiveTask"),
        "s -> x; x -> a -> e; x -> b -> c; x -> w -> e; c -> e"), "s, x, b, c, e"),
    "an undone task with a note": (_drawn(
        _TASK + _UNDONE + '<association id="l2" sourceRef="b" targetRef="h"/>' + _throw("t", _UNDO),
        "s -> a -> t -> e"), "s, a, h, t, e"),
    # loops at a gateway that cannot decide
    "back comes first": (_drawn(_ROUND, "s -> a -> x; x -> a; x -> e"), "s, a, x, a, x, a, x, e"),
    "back is the default": (_drawn(
        _ROUND.replace('id="x"', 'id="x" default="x_a"'), "s -> a -> x; x -[ready]-> e; x -> a"),
        "s, a, x, a, x, a, x, e"),
    "back as long as nobody says enough": (_drawn(
        _ROUND, "s -> a -> x; x -[not enough]-> a; x -[enough]-> e"), "s, a, x, a, x, a, x, a, x, e"),
    "back by a gateway that cannot decide, over one that holds as nothing is known": (_drawn(
        _ROUND + '<task id="b"/><exclusiveGateway id="y"/>',
        "s -> a -> x; x -[ok]-> e; x -[not ok]-> b -> y; y -[n == 1]-> a; y -[n == 2]-> e"),
        "s, a, x, b, y, a, x, b, y, a, x, b, y, e"),
    "back to a race that time wins": (_drawn(
        f'<eventBasedGateway id="g"/><exclusiveGateway id="x"/>{_catch("a", _HOUR)}{_catch("b", _MESSAGE)}',
        "s -> g; g -> a -> x; g -> b -> e; x -> g; x -> e"), "s, g, a, x, g, a, x, g, a, x, e"),
    "back as long as what it asks for changes": (_drawn(
        '<exclusiveGateway id="m"/><scriptTask id="k"><script>n = 1 if n == None else n + 1</script></scriptTask>'
        '<exclusiveGateway id="x" default="x_m"/>', "s -> m -> k -> x; x -> m; x -[n == 5]-> e"),
        "s, " + "m, k, x, " * 5 + "e"),
    "back out of a part, by an error": (_drawn(
        '<userTask id="b"/><subProcess id="a"><startEvent id="i"/><exclusiveGateway id="x"/><endEvent id="k"/>'
        '<endEvent id="j"><errorEventDefinition errorRef="r"/></endEvent>'
        + _arrows("i -> x; x -[bad]-> j; x -[good]-> k") + "</subProcess>"
        + '<boundaryEvent id="c" attachedToRef="a"><errorEventDefinition errorRef="r"/></boundaryEvent>',
        "s -> b -> a -> e; c -> b"), "s, " + "b, i, x, j, c, " * 2 + "b, i, x, k, a, e"),
    "back where nothing is known": (_drawn(
        _ROUND, "s -> a -> x; x -[again == true]-> a; x -[again != true && !done]-> e"), "s, a, x, e"),
    "no loop, but often": (_drawn(
        '<subProcess id="a"><multiInstanceLoopCharacteristics><loopCardinality>5</loopCardinality>'
        '</multiInstanceLoopCharacteristics><startEvent id="i"/><exclusiveGateway id="x"/><task id="b"/><task id="c"/>'
        + _arrows("i -> x; x -> b; x -> c") + "</subProcess>", "s -> a -> e"),
        "s, i, i, i, i, i, x, x, x, x, x, b, b, b, b, b, a, a, a, a, a, e"),
    "a complex gateway with an empty condition": (_drawn(
        '<parallelGateway id="x"/><task id="a"/><task id="b"/><complexGateway id="y"><activationCondition/>'
        "</complexGateway>", "s -> x; x -> a -> y; x -> b -> y; y -> e"), "s, x, a, b, y, e"),
    # what a modeller writes that is for modellers
    "namespaces that are no addresses": (_drawn(_TASK, "s -> a -> e").replace(
        b"<definitions ", b"<definitions xmlns:Process='http://My App/Initial Import/Process' "), "s, a, e"),
    "numbers of tokens": (_drawn(
        '<task id="a" startQuantity="2" completionQuantity=" 3 "/><task id="b" startQuantity="1"/>',
        "s -> a -> b -> e"), "s, a, b, e"),
    "links whose names are broken differently": (_drawn(
        _throw("a", _link("l1"), "To&#10;page") + _catch("b", _link("l2"), "To page") + _throw("c", _link("l3"), "K")
        + _catch("z", _link("l4"), "K"), "s -> a; b -> c; z -> e"), "s, a, b, c, z, e"),
    "ways that come together in a circle are no choice": (_drawn(
        '<exclusiveGateway id="m"/><userTask id="a"/><exclusiveGateway id="x"/>',
        "s -> m -> a -> x; x -> m; x -> e"), "s, m, a, x, m, a, x, m, a, x, e"),
    # repetitions and scripts
    "items that are named for readers": (_drawn(
        '<scriptTask id="i"><script>all = [1, 2]</script></scriptTask>'
        '<scriptTask id="a"><script>two = one + one</script>'
        "<multiInstanceLoopCharacteristics><loopDataInputRef>all</loopDataInputRef><loopDataOutputRef>done"
        '</loopDataOutputRef><inputDataItem id="one" name="The item"/><outputDataItem id="two" name="Its double"/>'
        '</multiInstanceLoopCharacteristics></scriptTask><exclusiveGateway id="x"/><task id="b"/>',
        "s -> i -> a -> x; x -[done == [2, 4]]-> b; x -> e"), "s, i, a, a, x, b"),
    "nobody says what one of several gives": (_drawn(
        '<task id="a"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality><loopDataOutputRef>all'
        '</loopDataOutputRef><outputDataItem id="one"/></multiInstanceLoopCharacteristics></task>', "s -> a -> e"),
        "s, a, a, e"),
    "a number is raised": (_drawn(
        '<scriptTask id="a"><script>pass; n, m = 0, 1</script></scriptTask><exclusiveGateway id="m"/>'
        '<scriptTask id="b"><script>n += 1</script></scriptTask><exclusiveGateway id="x" default="x_e"/>',
        "s -> a -> m -> b -> x; x -[n < 3]-> m; x -> e"), "s, a, m, b, x, m, b, x, m, b, x, e"),
    "conditions in FEEL, where only the attribute says so": (_drawn(
        '<exclusiveGateway id="x" default="x_b"/><task id="a"/><task id="b"/>',
        "s -> x; x -[n = null or m = 1]-> a -> e; x -> b -> e").replace(
        b"<conditionExpression", b'<conditionExpression language="https://www.omg.org/spec/DMN/20191111/FEEL/"'),
        "s, x, a, e"),
    # spellings and ids
    "true and false as numbers": (_drawn(
        '<receiveTask id="a" messageRef="m"/><boundaryEvent id="b" attachedToRef="a" cancelActivity=" 0 ">' + _HOUR
        + '</boundaryEvent><subProcess id="x" triggeredByEvent="1"><startEvent id="i" isInterrupting="0">' + _SIGNAL
        + f'</startEvent></subProcess>{_throw("t", _SIGNAL)}<sendTask id="c" messageRef="m"/>',
        "s -> a -> e; b -> t -> c"), "s, b, t, c, i, x, a, e"),
    "conditions as Java spells them": (_drawn(
        '<exclusiveGateway id="x"/><task id="a"/><task id="b"/>',
        "s -> x; x -[a != null && a === 3 || a == true]-> a -> e; x -[!a]-> b -> e"), "s, x, b, e"),
    "an event that is called like its message": (_drawn(
        _catch("m", _MESSAGE) + '<sendTask id="a" messageRef="m"/>', "s -> a -> m -> e"), "s, a, m, e"),
    "a line that is called like a task": (_drawn(
        _TASK + '<textAnnotation id="t"/><association id="a" sourceRef="a" targetRef="t"/>', "s -> a -> e"), "s, a, e"),
    "an event's trigger that is called like a task": (_drawn(
        _TASK + _catch("b", _HOUR.replace("Definition>", 'Definition id="a">', 1)), "s -> a -> b -> e"), "s, a, b, e"),
    "a gateway with a mark of activities": (_file(
        '<startEvent id="s"/><subProcess id="x"><startEvent id="i"/><exclusiveGateway id="a" triggeredByEvent="true"/>'
        + _arrows("i -> a") + "</subProcess>" + _arrows("s -> x")), "s, i, a, x"),
    "a declaration without an id": (_drawn(
        _TASK, "s -> a -> e", more="<message/><signal name='S'/><error/><escalation/>"), "s, a, e"),
    "definitions in the wrong places": (_file(
        '<startEvent id="s"><outgoing>f<timerEventDefinition/></outgoing></startEvent><task id="a">'
        '<messageEventDefinition/></task><endEvent id="e"><errorEventDefinition errorRef="r"><messageEventDefinition/>'
        "</errorEventDefinition></endEvent>" + _arrows("s -> a -> e")), "s, a, e"),
    "a task that is called like an error": (_drawn(
        '<userTask id="r"/><subProcess id="a"><startEvent id="i"/><endEvent id="j"><errorEventDefinition errorRef="r"/>'
        f'</endEvent>{_arrows("i -> j")}</subProcess><boundaryEvent id="b" attachedToRef="a"><errorEventDefinition'
        ' errorRef="r"/></boundaryEvent>', "s -> a -> e; b -> r -> e"), "s, i, j, b, r, e"),
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
def test_what_people_draw_is_walked_to_its_end(name: str) -> None:
    content, way = WAYS[name]
    (found,) = walk({"a.bpmn": content})
    assert (found.outcome, found.causes, ", ".join(found.path)) == ("completed", (), way)
    assert all(item.sentence for item in check({"a.bpmn": content}))


@pytest.mark.parametrize("name", ["back comes first", "ways that come together in a circle are no choice"])
def test_a_walk_says_where_it_took_another_way_in_the_end(name: str) -> None:
    (found,) = walk({"a.bpmn": WAYS[name][0]})
    assert [said.partition(":")[0] for said in found.passed_over] == ["x"]
    (found,) = walk({"a.bpmn": WAYS["an error out of a part that nothing catches"][0]})
    assert [said.partition(":")[0] for said in found.passed_over] == ["j"]
    for name in ("no loop, but often", "back as long as what it asks for changes"):
        (found,) = walk({"a.bpmn": WAYS[name][0]})
        assert found.passed_over == ()


SAID = {
    "No link in the same process takes up “L”": _drawn(_throw("a", _link("l1"), "L"), "s -> a; s -> e"),
    "More than one link takes up “L”": _drawn(
        _throw("a", _link("l1"), "L") + _catch("b", _link("l2"), "L") + _catch("c", _link("l3"), "L"),
        "s -> a; b -> e; c -> e"),
    "nothing may sit on its border": _drawn(
        _RACE + f'<boundaryEvent id="b" attachedToRef="w">{_HOUR}</boundaryEvent>',
        "s -> x; x -> a -> e; x -> w -> e; b -> e"),
    "it cannot wait for all of them": _drawn(
        '<eventBasedGateway id="x" eventGatewayType="Parallel"/>' + _catch("a", _HOUR) + _catch("b", _MESSAGE),
        "s -> x; x -> a -> e; x -> b -> e"),
    "No process is drawn in this file": _file("").replace(b'<process id="p" isExecutable="true"></process>', b""),
    "An element has more than 500 attributes": _drawn(_TASK, "s -> a -> e").replace(
        b"<task", b"<task " + b" ".join(b'a%d="1"' % number for number in range(500))),
    "There are more than 1000 messages, signals and errors": _drawn(
        _TASK, "s -> a -> e", more="".join(f'<error id="e{number}"/>' for number in range(1001))),
    "is repeated in two ways at once": _drawn(
        _TASK.replace("/>", '><standardLoopCharacteristics loopMaximum="2"/><multiInstanceLoopCharacteristics>'
                      "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></task>"), "s -> a -> e"),
    "A choreography cannot be run": _file("", "<choreography id='c'/>").replace(
        b'<process id="p" isExecutable="true"></process>', b""),
    "“Look at it” says startQuantity: here every activity begins with one token": _drawn(
        '<task id="a" name="Look at&#10;it" startQuantity="2"/>', "s -> a -> e"),
    "“a” calls nothing. Name the process": _drawn('<callActivity id="a"/>', "s -> a -> e"),
    "“a” calls the process 'q', in which nothing is drawn. Draw it": _drawn(
        '<callActivity id="a" calledElement="q"/>', "s -> a -> e", '<process id="q" isExecutable="true"/>'),
    "“Condition true” cannot be read as an expression": _drawn(
        _TASK, "s -> a -[Condition true]-> e").replace(b"n t", b"n\nt"),
    "“a” names no decision": _drawn('<businessRuleTask id="a"/>', "s -> a -> e"),
    "The flow “yes” after “a” has no condition": _drawn(
        '<exclusiveGateway id="a"/><task id="b"/>', "s -> a; a -> b -> e; a -> e").replace(
        b'id="a_b"', b'id="a_b" name="yes"'),
    "says when it ends, and a repetition is not ended by that here": _drawn(
        f'<userTask id="a"/><boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{_HOUR}</boundaryEvent>',
        "s -> a -> e; b -> e").replace(b"Duration>PT1H<", b"Cycle>R/PT1H/2026-12-31T00:00:00Z<").replace(
            b"/timeDuration", b"/timeCycle"),
    "A choreographyTask cannot be run": _drawn('<choreographyTask id="a"/>', "s -> a -> e"),
    "“${beans.all()}” cannot be read here": _drawn(_TASK.replace(
        "/>", '><multiInstanceLoopCharacteristics xmlns:o="http://operaton.org/schema/1.0/bpmn"'
        ' o:collection="${beans.all()}"/></task>'), "s -> a -> e"),
    "“com.Work” is for another engine": _drawn(
        '<serviceTask id="a" xmlns:c="http://camunda.org/bpmn" c:class="com.Work"/>', "s -> a -> e"),
    "There is no executable process": _file('<task id="a"/>', _other('<task id="b"/>', "")).replace(
        b'"true"', b'"false"'),
}  # fmt: skip


@pytest.mark.parametrize("sentence", SAID)
def test_what_cannot_be_run_is_told_with_what_to_do(sentence: str) -> None:
    assert {one.outcome for one in walk({"a.bpmn": SAID[sentence]})} <= {"completed", "refused", "waiting"}
    assert [item for item in check({"a.bpmn": SAID[sentence]}) if item.refuses and sentence in item.sentence]


def _idle(*processes: str) -> bytes:
    return f'<definitions xmlns="{BPMN}" id="d" targetNamespace="t">{"".join(processes)}</definitions>'.encode()


_PLAIN = '<process id="{}" isExecutable="false"><startEvent id="s{}"/>{}<endEvent id="e{}"/>{}</process>'


def _made(id: str, inner: str) -> str:
    return _PLAIN.format(id, id, inner, id, _arrows(f"s{id} -> {id}1 -> e{id}"))


def test_where_none_is_marked_as_executable_all_is_said_at_once_and_all_are_walked() -> None:
    content = _idle(_made("p", '<callActivity id="p1" calledElement="r"/>'), _made("q", '<serviceTask id="q1"/>'),
                    _made("r", '<task id="r1"/>'))  # fmt: skip
    assert {(one.rule, one.element) for one in check({"a.bpmn": content}) if one.refuses} == {
        ("no-process", None), ("no-step", "q1"),
    }  # fmt: skip
    found = {one.process: one for one in walk({"a.bpmn": content})}
    assert {name: one.outcome for name, one in found.items()} == dict.fromkeys("pqr", "completed")
    assert [said.partition(":")[0] for one in found.values() for said in one.passed_over] == ["q1"]


def test_the_one_process_that_no_other_calls_is_run_with_those_that_it_calls() -> None:
    content = _idle(_made("r", '<task id="r1"/>'), _made("p", '<callActivity id="p1" calledElement="r"/>'))
    assert [one.rule for one in check({"a.bpmn": content}) if one.severity != "warning"] == ["not-executable"] * 2
    assert {one.process for one in walk({"a.bpmn": content})} == {"p", "r"}


def test_a_join_behind_a_condition_waits_with_it() -> None:
    asked = _catch("b", "<conditionalEventDefinition><condition>ready</condition></conditionalEventDefinition>")
    drawn = _drawn(f'<parallelGateway id="x"/>{_TASK}{asked}<parallelGateway id="j"/>',
                   "s -> x; x -> a -> j; x -> b -> j; j -> e")  # fmt: skip
    (found,) = walk({"a.bpmn": drawn})
    assert (found.outcome, found.waiting_for, found.causes) == ("waiting", ("b",), ())


def test_parts_that_come_to_a_task_one_by_one_are_told() -> None:
    drawn = _drawn('<parallelGateway id="x"/><task id="a"/><task id="b"/><task id="c"/>',
                   "s -> x; x -> a -> c; x -> b -> c; c -> e")  # fmt: skip
    assert [one.element for one in check({"a.bpmn": drawn}) if one.rule == "taken-twice"] == ["c"]


def test_what_is_drawn_nowhere_has_no_name() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopDataInputRef>all</loopDataInputRef><loopDataOutputRef>each"
    task = f'<task id="a">{loop}</loopDataOutputRef></multiInstanceLoopCharacteristics></task><task id="b"/>'
    assert all("“a”" in one.sentence for one in check({"a.bpmn": _file(task)}) if one.rule == "no-result")


def test_where_nothing_is_marked_to_be_run_all_that_is_wrong_is_told() -> None:
    other = _other('<startEvent id="q1"/><task id="b"/><receiveTask id="c"/>', "q1 -> e; b -> c")
    found = check({"a.bpmn": _drawn(_TASK, "s -> a -> b", other).replace(b'"true"', b'"false"')})
    assert {(one.rule, one.element) for one in found if one.refuses} == {
        ("no-process", None), ("dangling-flow", "a_b"), ("dangling-flow", "q1_e"),
        ("no-message", "c"), ("unreachable", "b"),
    }  # fmt: skip
    assert all("leads from one pool into another" in one.sentence for one in found if one.rule == "dangling-flow")


def test_a_pool_that_is_not_run_is_named_where_it_sends_or_waits() -> None:
    pools = f'<collaboration id="c">{_POOLS.format("""name="Them" processRef="q" """)}</collaboration>'
    nodes = '<sendTask id="a" messageRef="n"/><receiveTask id="b" messageRef="m"/>'
    other = _other(_SENDER + '<receiveTask id="q4" messageRef="n"/>', "q1 -> q2 -> q4 -> q3")
    found = check({"a.bpmn": _drawn(nodes, "s -> a -> b -> e", other + pools)})
    assert [one.sentence.partition(",")[0] for one in found if one.rule in ("nobody-sends", "nobody-waits")] == [
        "Only the pool “Them” sends “M”", "Only the pool “Them” waits for “N”"]  # fmt: skip


def test_results_that_another_engine_collects_are_collected_or_named() -> None:
    zeebe = 'xmlns:z="http://camunda.org/schema/zeebe/1.0"'
    inner = f'<extensionElements><z:loopCharacteristics {zeebe} inputCollection="=all" outputCollection="done"'
    for result, said in (("= one", "The results one are collected in done."), ("= one + 1", "left aside")):
        loop = f'<multiInstanceLoopCharacteristics>{inner} outputElement="{result}"/></extensionElements>'
        task = f'<manualTask id="a">{loop}</multiInstanceLoopCharacteristics></manualTask>'
        assert said in " ".join(one.sentence for one in check({"a.bpmn": _drawn(task, "s -> a -> e")}))


def test_a_mesh_of_gateways_is_given_up_soon() -> None:
    names = [f"g{number}" for number in range(30)]
    gateways = "".join(f'<inclusiveGateway id="{name}"/>' for name in names)
    every = "; ".join(f"{one} -> {other}" for one in names for other in names if one != other)
    (found,) = walk({"a.bpmn": _drawn(gateways, f"s -> g0; g29 -> e; {every}")})
    assert (found.outcome, len(found.path) < 200) == ("incident", True)


def test_a_pool_that_is_not_executable_beside_one_that_is_is_told() -> None:
    beside = _idle(_made("p", '<task id="p1"/>').replace("false", "true"), _made("q", '<serviceTask id="q1"/>'))
    assert [(one.element, one.sentence) for one in check({"a.bpmn": beside}) if one.severity == "note"] == [
        ("q", "The process is marked as not executable; it is for readers."),
    ]  # fmt: skip
    assert [one.process for one in walk({"a.bpmn": beside})] == ["p"]


def test_what_another_file_lacks_is_not_held_against_a_namespace() -> None:
    named, _ = WAYS["namespaces that are no addresses"]
    assert [one.outcome for one in walk({"a.bpmn": named[:-9], "b.bpmn": named})] == ["refused", "completed"]


def test_a_called_process_that_its_own_file_does_not_run_is_told() -> None:
    caller = _drawn('<callActivity id="a" calledElement="q"/>', "s -> a -> e")
    beside = _idle(_made("r", '<task id="r1"/>').replace("false", "true"), _made("q", '<task id="q1"/>'))
    found = [one.sentence for one in check({"a.bpmn": caller, "b.bpmn": beside}) if one.refuses]
    assert found == ["“a” calls the process 'q', which is not marked as executable. Mark it, or call another."]


def test_a_link_that_nothing_leads_to_is_told_once() -> None:
    lost = _drawn(_catch("a", _link("l1"), "L"), "s -> e; a -> e")
    assert [(one.element, one.rule) for one in check({"a.bpmn": lost}) if one.refuses] == [("a", "unsupported-event")]


def test_a_flow_that_is_always_taken_needs_no_default_beside_it() -> None:
    both = _drawn(_TASK + '<task id="b"/>', "s -> a; a -[x == 1]-> b; a -> e; b -> e")
    assert "no-default" not in [one.rule for one in check({"a.bpmn": both})]


def test_of_one_flow_it_is_said_whether_its_condition_counts() -> None:
    asked = _drawn(_TASK, "s -> a -[x == 1]-> e")
    for said, file in (
        ("The flow out of “a” is taken if its condition holds.", asked),
        ("The flow out of “a” has an empty condition: it is taken.", asked.replace(b"x == 1", b" ")),
    ):
        assert said in [one.sentence for one in check({"a.bpmn": file})]
        assert [one.path for one in walk({"a.bpmn": file})] == [("s", "a", "e")]


def test_calls_that_multiply_are_given_up_and_leave_the_others_their_turn() -> None:
    def calling(number: int) -> str:
        calls = "".join(f'<callActivity id="{one}{number}" calledElement="p{number + 1}"/>' for one in "ab")
        arrows = _arrows(f"s{number} -> a{number} -> b{number}")
        return f'<process id="p{number}" isExecutable="true"><startEvent id="s{number}"/>{calls}{arrows}</process>'

    last = '<process id="p14" isExecutable="true"><startEvent id="s14"/></process>'
    drawn = "".join(calling(number) for number in range(14)) + last
    found = walk({"a.bpmn": f'<definitions xmlns="{BPMN}" id="d">{drawn}</definitions>'.encode()})
    assert [one.outcome for one in found] == ["incident"] * 6 + ["completed"] * 9
    assert all("Draw a way out, or fewer calls" in one.causes[0] for one in found[:6])


def test_an_error_interrupts_however_its_event_is_drawn() -> None:
    inner = '<startEvent id="i"/><endEvent id="j"><errorEventDefinition errorRef="r"/></endEvent>' + _arrows("i -> j")
    border = '<boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><errorEventDefinition errorRef="r"/>'
    file = {"a.bpmn": _drawn(f'<subProcess id="a">{inner}</subProcess>{border}</boundaryEvent><task id="c"/>',
                             "s -> a -> e; b -> c -> e", more='<error id="r" errorCode="R"/>')}  # fmt: skip
    assert [(one.element, one.severity) for one in check(file) if one.rule == "always-interrupts"] == [("b", "note")]
    assert [one.path for one in walk(file)] == [("s", "i", "j", "b", "c", "e")]


def test_an_event_is_about_the_message_of_its_definition() -> None:
    start = '<startEvent id="s2" messageRef="[object Object]"><messageEventDefinition messageRef="m"/></startEvent>'
    assert "no-message" not in {one.rule for one in check({"a.bpmn": _drawn(start + _TASK, "s -> a -> e; s2 -> a")})}


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ('<funny id="a"><incoming>s_a</incoming></funny>', "A funny cannot be run."),
        ('<funny id="a"/>', "leads to or from a funny"),
    ],
)
def test_a_flow_to_what_is_no_step_says_what_that_is(drawn: str, said: str) -> None:
    found = check({"a.bpmn": _drawn(drawn, "s -> a")})
    assert any(said in one.sentence for one in found if one.refuses)
    assert not any("join" in one.sentence for one in found)


def test_a_duration_with_a_slip_is_no_name() -> None:
    timer = "<timerEventDefinition><timeDuration>P30X</timeDuration></timerEventDefinition>"
    (found,) = (one for one in check({"a.bpmn": _drawn(_catch("a", timer), "s -> a -> e")}) if one.refuses)
    assert (found.rule, "P30X" in found.sentence) == ("timer", True)


def test_a_function_that_is_not_here_gives_nothing_in_a_walk_and_is_told() -> None:
    script = "<script>n = 0\nx = price * 2\ny = foo(n)\nn += 1</script>"
    ways = '<exclusiveGateway id="g"/><task id="a"/><task id="b"/>'
    drawn = _drawn(f'<scriptTask id="q">{script}</scriptTask>{ways}',
                   "s -> q -> g; g -[bar(n)]-> a; g -[n == 1]-> b; a -> e; b -> e")  # fmt: skip
    (found,) = walk({"a.bpmn": drawn})
    assert found.path == ("s", "q", "g", "b", "e")
    assert found.passed_over == (
        "q: There is no function called foo here: it gives nothing.",
        "g_a: There is no function called bar here: it gives nothing.",
    )


def test_a_gateway_that_waits_for_nothing_is_told_so() -> None:
    found = check({"a.bpmn": _drawn('<eventBasedGateway id="g"/>', "s -> g")})
    assert "“g” waits for no event. Draw those it waits for." in [one.sentence for one in found]


def test_a_pool_that_says_nothing_is_no_more_marked_than_one_that_says_no() -> None:
    beside = _idle(_made("p", '<task id="p1"/>'), _made("q", '<task id="q1"/>').replace(' isExecutable="false"', ""))
    assert beside.count(b"isExecutable") == 1
    assert [one.process for one in walk({"a.bpmn": beside})] == ["p", "q"]


def test_a_process_is_no_decision_of_the_same_name() -> None:
    task = '<businessRuleTask id="a" xmlns:c="http://camunda.org/schema/1.0/bpmn" c:decisionRef="p"/>'
    (found,) = walk({"a.bpmn": _drawn(task, "s -> a -> e")})
    assert (found.outcome, found.path) == ("completed", ("s", "a", "e"))


def test_a_flow_into_a_sub_process_is_what_a_walk_is_refused_for() -> None:
    inner = '<startEvent id="i"/><task id="a"/>' + _arrows("i -> a")
    (found,) = walk({"a.bpmn": _drawn(f'<subProcess id="k">{inner}</subProcess>', "s -> a; k -> e")})
    assert [one.partition("crosses")[1] for one in found.causes] == ["crosses"]


def test_what_undoes_a_whole_process_is_told_and_never_come_to() -> None:
    begin = '<startEvent id="h1"><compensateEventDefinition/></startEvent><task id="h2"/>' + _arrows("h1 -> h2")
    file = {"a.bpmn": _drawn(f'<subProcess id="h" triggeredByEvent="true">{begin}</subProcess>'
                             + _throw("a", "<compensateEventDefinition/>"), "s -> a -> e")}  # fmt: skip
    assert "“h1” is to undo a whole process" in " ".join(one.sentence for one in check(file) if one.refuses)
    (found,) = walk(file)
    assert (found.path, found.passed_over) == (("s", "a", "e"), ("h: “h” is never come to.",))


def test_a_process_with_the_end_of_a_flow_is_still_a_process() -> None:
    drawn = _drawn("<outgoing>s_a</outgoing>" + _TASK, "s -> a -> e")
    assert not [one for one in check({"a.bpmn": drawn}) if one.rule == "unsupported-element"]
