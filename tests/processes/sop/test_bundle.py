"""What the bundle of the SOP says: steps, roles, clauses, forms, records and decision tables all fit together."""

from __future__ import annotations

import re
import tomllib

import pytest
from lxml import etree

from engine.bpmn import check
from forms import Form, compile_form
from processes import procedure
from tests.processes.sop.drawing import BUNDLE, NAMES, PROCESSES, Drawing, drawings

ROLES = {"Project Manager", "Project Team", "Stakeholder", "Sponsor", "System", "SOP Owner", "SOP Approver", "Reader"}
OBLIGATIONS = set(
    "5.1a 5.1b 5.1c 5.1d 5.2a 5.2b 5.2c 5.2d 5.3a 5.3b 5.3c 5.3d 5.4a 5.4b 5.4c 5.4d 5.4e 5.5a 5.5b 5.5c 5.5d"
    " 7a 7b 7c 8a".split()
)
CLAUSES = OBLIGATIONS | set("2a 4.PM1 4.PM2 4.PM3 4.PT1 4.PT2 4.PT3 4.ST1 4.ST2 4.ST3 6a 6b 6c 6d 6e".split())
STEPS = set(
    """project.open project.begin project.cadence project.hold project.resume project.close project.end
    plan.open plan.deviation plan.draft plan.check plan.owners plan.accept plan.accepted plan.remind plan.approvers
    plan.unanswered plan.outcome plan.decided plan.freeze escalation.open escalation.look escalation.remind
    escalation.deputies escalation.manager escalation.sponsor
    update.open update.submit update.remind update.overdue update.missed update.release update.return
    update.late update.decide update.raise_change
    review.schedule review.plan review.freeze review.distribute review.input review.unanswered review.attend
    review.quorum review.hold review.attendees review.silence review.comments review.conclude review.next_change
    review.next_action review.readers review.remind review.moved review.gap review.course review.circulate review.circle
    review.count review.analyse action.open action.report action.verify action.reopen action.remind action.overdue
    action.escalate
    change.open change.describe change.classify change.forecast change.approvers change.decide
    change.unanswered change.outcome change.split change.reject change.raise change.emergency change.agreed change.apply
    change.conditions change.lapse change.reverse change.implemented communicate
    closure.open closure.settle closure.withdraw closure.feedback closure.silent closure.evaluate closure.lessons
    closure.signers closure.outcome closure.conclude closure.next_proposal sop.open
    acceptance.next_claim acceptance.open acceptance.state acceptance.verifier acceptance.verify acceptance.signers
    acceptance.decide acceptance.outcome acceptance.send_back
    acceptance.achieve acceptance.next_action sop.triage sop.draft
    sop.publish sop.effective sop.unchanged sop.review_wanted""".split()
)
RECORDS = {
    "milestone-plan": "Milestone Plan Document",
    "progress-log": "Progress Tracking Log",
    "minutes": "Meeting Agenda and Minutes",
    "performance-review": "Performance Review Report",
    "change-request": "Change Request and Approval",
    "closure-evaluation": "Closure Evaluation and Feedback",
    "sop-revision": "Revision of the SOP",
    "milestone-acceptance": "Milestone Claim and Acceptance",
    "gap": "Gap Record",
}
MEANINGS = {"authored", "reviewed", "approved", "rejected", "acknowledged"}
MESSAGES = {
    "project.registered", "plan.needed", "baseline.approved", "closure.requested", "weekly.due", "review.due",
    "change.requested", "change.start", "closure.needed", "closure.signed", "closure.withdrawn",
    "sop.improvement-proposed", "sop.review-due", "action.opened", "milestone.claimed", "meeting.changed",
    "settings.changed", "project.on-hold", "project.resumed", "project.cancelled",
    "verifier.changed",
}  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> dict[str, Drawing]:
    """The diagrams."""
    return drawings()


@pytest.fixture(scope="module")
def forms() -> dict[str, Form]:
    """The compiled forms by file name."""
    return {path.stem: compile_form(path.read_bytes()) for path in sorted(BUNDLE.glob("*.form"))}


def properties(drawn: dict[str, Drawing]) -> list[tuple[str, str, dict[str, str]]]:
    """Process, node and properties of every node."""
    return [(name, node, drawing.properties(node)) for name, drawing in drawn.items() for node in drawing.nodes]


def test_the_bundle_says_what_it_is():
    said = tomllib.loads((BUNDLE / "sop.toml").read_text())
    assert said == {
        "key": "progress-tracking", "title": "Progress Tracking and Milestone Review Procedures", "edition": "1.0",
    }  # fmt: skip
    assert {path.stem for path in BUNDLE.glob("*.bpmn")} == set(PROCESSES)
    assert {path.stem for path in BUNDLE.glob("*.dmn")} == {"baseline-approvers", "change-approvers"}


def test_the_engine_finds_nothing_wrong_with_it(forms):
    files = {path.name: path.read_bytes() for kind in ("bpmn", "dmn") for path in BUNDLE.glob(f"*.{kind}")}
    findings = check(files, forms=set(forms), steps=STEPS, functions=procedure().functions)
    assert [finding for finding in findings if finding.refuses] == []
    # Some messages come from pages: a project is registered, put on hold, resumed, cancelled, its settings change;
    # a step says that it has become another's turn to verify.
    assert {(finding.rule, finding.element) for finding in findings} == {
        ("nobody-sends", element)
        for element in (
            "project-registered", "settings-changed", "hold-prolonged", "project-resumed", "project-cancelled",
            "changed-before-cut", "manager-changed",
        )
    }  # fmt: skip


def test_every_obligation_of_section_5_is_carried_by_an_element(drawn):
    said = {clause for _, _, known in properties(drawn) for clause in known.get("clause", "").split()}
    assert said <= CLAUSES
    assert said >= OBLIGATIONS


def test_each_process_names_the_clauses_it_serves(drawn):
    for drawing in drawn.values():
        text = drawing.process.findtext("bpmn:documentation", "", NAMES)
        mine = {
            c for node in drawing.nodes for c in drawing.properties(node).get("clause", "").split() if c in OBLIGATIONS
        }
        assert mine & set(re.findall(r"5\.\d[a-e]|7[a-c]|8a", text))
        assert set(re.findall(r"5\.\d[a-e]|7[a-c]|8a", text)) <= OBLIGATIONS


def test_lanes_are_roles_and_every_node_lies_in_one(drawn):
    for drawing in drawn.values():
        assert {lane.get("name") for lane in drawing.find("//bpmn:lane")} <= ROLES
        placed = [item.text for item in drawing.find("//bpmn:flowNodeRef")]
        assert len(placed) == len(set(placed))
        top = {node for node in drawing.nodes if drawing.nodes[node].getparent() is drawing.process}
        assert set(placed) == top
        for lane in drawing.find("//bpmn:lane"):
            box = drawing.shapes[lane.get("id")]
            for item in lane.iterfind("bpmn:flowNodeRef", NAMES):
                shape = drawing.shapes[item.text]
                assert box.y < shape.y + shape.height / 2 < box.y + box.height, item.text


def test_people_work_outside_the_lane_of_the_system_and_steps_inside(drawn):
    for drawing in drawn.values():
        role = {
            i.text: lane.get("name")
            for lane in drawing.find("//bpmn:lane")
            for i in lane.iterfind("bpmn:flowNodeRef", NAMES)
        }
        # What is drawn in a sub-process lies in the lane of the sub-process.
        lane = {node: role.get(node) or role[drawing.nodes[node].getparent().get("id")] for node in drawing.nodes}
        assert all(lane[node] != "System" for node in drawing.of_kind("userTask"))
        assert all(lane[node] == "System" for node in drawing.of_kind("serviceTask", "businessRuleTask"))


def test_the_steps_are_those_agreed_on(drawn):
    called = {
        operator.get("id") for drawing in drawn.values() for operator in drawing.find("//spiff:serviceTaskOperator")
    }
    with_answers = {known["step"] for _, _, known in properties(drawn) if "step" in known}
    assert called | with_answers == STEPS
    assert not called & with_answers
    for drawing in drawn.values():
        assert len(drawing.find("//bpmn:serviceTask")) == len(
            drawing.find("//bpmn:serviceTask//spiff:serviceTaskOperator")
        )


def test_signatures_mean_something_and_sign_something(drawn):
    for name, node, known in properties(drawn):
        meaning = known.get("signature")
        if meaning:
            assert meaning in MEANINGS or meaning.startswith("="), (name, node)
            assert {"record", "signs"} & set(known), (name, node)
        assert known.get("signs", known.get("record", "minutes")) in RECORDS
    signing = {(name, node) for name, node, known in properties(drawn) if "signature" in known}
    assert signing == {
        ("milestone-setup", "draft-plan"), ("milestone-setup", "revise-plan"), ("milestone-setup", "sign-baseline"),
        ("milestone-setup", "record-deviation"), ("milestone-setup", "decide-deadlock"),
        ("review-cycle", "confirm-minutes"), ("review-cycle", "answer-in-writing"),
        ("change-approval", "describe-change"),
        ("change-approval", "revise-change"), ("change-approval", "rebase-change"),
        ("change-approval", "decide-change"), ("change-approval", "decide-emergency"), ("closure", "draw-lessons"),
        ("closure", "sign-closure"), ("sop-revision", "draft-revision"), ("sop-revision", "approve-revision"),
        ("sop-revision", "read-revision"), ("sop-revision", "record-no-change"),
        ("milestone-acceptance", "verify-claim"), ("milestone-acceptance", "verify-for-manager"),
        ("milestone-acceptance", "accept-milestone"),
    }  # fmt: skip


def test_nobody_decides_on_a_change_of_their_own(drawn):
    for task in ("decide-change", "decide-emergency"):
        known = drawn["change-approval"].properties(task)
        assert set(known["notPerformerOf"].split()) == {"describe-change", "revise-change", "rebase-change"}
        assert set(known["notPerformerOf"].split()) <= set(drawn["change-approval"].nodes)


def test_every_record_is_drawn_at_the_task_that_makes_it(drawn):
    made = set()
    for drawing in drawn.values():
        names = {item.get("id"): item.get("name") for item in drawing.find("//bpmn:dataObjectReference")}
        for node in drawing.of_kind("userTask"):
            record = drawing.properties(node).get("record")
            targets = [
                names[ref.text]
                for ref in drawing.find("bpmn:dataOutputAssociation/bpmn:targetRef", drawing.nodes[node])
            ]
            assert targets == ([RECORDS[record]] if record else []), node
            made.add(record)
        assert set(names) <= set(drawing.shapes)
        assert {item.get("id") for item in drawing.find("//bpmn:dataOutputAssociation")} <= set(drawing.edges)
    assert made - {None} == set(RECORDS)


def test_tasks_say_what_to_do_and_by_when(drawn):
    for drawing in drawn.values():
        assert len(drawing.process.findtext("bpmn:documentation", "", NAMES)) > 100
        for node in drawing.of_kind("userTask", "serviceTask", "businessRuleTask"):
            assert drawing.text("bpmn:documentation", node).endswith("."), node
        for node in drawing.of_kind("userTask"):
            assert re.fullmatch(r"=working_days\(\d+\)|=[a-z_]+", drawing.properties(node)["due"]), node


def test_ids_last(drawn):
    for drawing in drawn.values():
        ids = drawing.root.xpath("//*[not(self::spiff:*)]/@id", namespaces=NAMES)
        assert len(ids) == len(set(ids))
        assert all(re.fullmatch(r"[a-z][A-Za-z0-9_.-]*", name) for name in ids)
        assert not {name.lower() for name in drawing.nodes} & {"start", "end", "root"}


def test_a_gateway_always_knows_where_to_go(drawn):
    for drawing in drawn.values():
        for node in drawing.of_kind("exclusiveGateway"):
            leaving = [flow for flow in drawing.flows.values() if flow.get("sourceRef") == node]
            conditions = {flow.get("id"): flow.findtext("bpmn:conditionExpression", None, NAMES) for flow in leaving}
            default = drawing.nodes[node].get("default")
            if len(leaving) == 1:
                assert conditions == {leaving[0].get("id"): None}
                continue
            assert default in conditions, node
            assert [name for name, condition in conditions.items() if not condition] == [default]
            assert all(flow.get("name") for flow in leaving)
            assert drawing.nodes[node].get("name").endswith("?")


def test_incoming_and_outgoing_agree_with_the_flows(drawn):
    for drawing in drawn.values():
        for node, element in drawing.nodes.items():
            for kind, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
                said = [item.text for item in element.iterfind(f"bpmn:{kind}", NAMES)]
                assert sorted(said) == sorted(f for f, flow in drawing.flows.items() if flow.get(end) == node)


def test_messages_have_known_names_and_what_is_caught_inside_is_never_thrown_there(drawn):
    seen = set()
    for drawing in drawn.values():
        names = {item.get("id"): item.get("name") for item in drawing.find("//bpmn:message")}
        throwers = "parent::bpmn:intermediateThrowEvent or parent::bpmn:endEvent"
        thrown, caught, awaited = (
            {names[i.get("messageRef")] for i in drawing.find(f"//bpmn:messageEventDefinition[{which}]")}
            for which in (throwers, f"not({throwers})", f"not({throwers} or parent::bpmn:startEvent)")
        )
        assert thrown | caught == set(names.values())
        assert not thrown & awaited
        for event in drawing.find(f"//bpmn:messageEventDefinition[not({throwers})]"):
            assert event.findtext("bpmn:extensionElements/spiff:messageVariable", "", NAMES) == "message"
        for start in drawing.of_kind("startEvent"):
            called = not [one for one in drawing.nodes[start] if one.tag.endswith("EventDefinition")]
            if drawing.nodes[start].getparent() is drawing.process and not called:
                assert {"key", "title"} <= set(drawing.properties(start))
        seen |= thrown | caught
    assert seen == MESSAGES


def test_many_people_are_asked_by_a_dict_and_answer_into_another(drawn):
    found = {}
    for name, drawing in drawn.items():
        declared = {item.get("id") for item in drawing.find("/bpmn:definitions/bpmn:process/bpmn:property")}
        for many in drawing.find("//bpmn:multiInstanceLoopCharacteristics"):
            assert many.get("isSequential") == "false"
            over, out = (many.findtext(f"bpmn:loopData{kind}Ref", "", NAMES) for kind in ("Input", "Output"))
            items = [many.find(f"bpmn:{kind}DataItem", NAMES) for kind in ("input", "output")]
            # Stock SpiffWorkflow names the variable by the id, Milepost by the name: here they are the same.
            assert all(item.get("id") == item.get("name") for item in items)
            # An editor drops a reference to nothing when it saves.
            assert {over, out} <= declared
            found[name, many.getparent().get("id")] = (over, items[0].get("name"), out, items[1].get("name"))
    assert found == {
        ("milestone-setup", "decide-deadlock"): ("deciders", "decider", "verdicts", "verdict"),
        ("closure", "give-feedback"): ("respondents", "respondent", "feedback", "opinion"),
        ("closure", "sign-closure"): ("signers", "signer", "decisions", "verdict"),
        ("sop-revision", "read-revision"): ("readers", "reader", "acknowledgements", "read_by"),
        ("milestone-setup", "accept-ownership"): ("owners", "owner", "owner_answers", "owner_answer"),
        ("milestone-setup", "sign-baseline"): ("approvers", "approver", "approvals", "approval"),
        ("weekly-update", "submit-update"): ("owners", "owner", "updates", "update"),
        ("review-cycle", "give-input"): ("readers", "reader", "inputs", "input"),
        ("review-cycle", "answer-in-writing"): ("circle", "member", "answers", "answer"),
        ("review-cycle", "comment-minutes"): ("attendees", "attendee", "comments", "remark"),
        ("milestone-acceptance", "accept-milestone"): ("signers", "signer", "decisions", "answer"),
        ("change-approval", "decide-change"): ("approvers", "approver", "decisions", "verdict"),
    }


@pytest.mark.parametrize("name", ["baseline-approvers", "change-approvers"])
def test_a_decision_table_fails_closed(name):
    root = etree.fromstring((BUNDLE / f"{name}.dmn").read_bytes())
    tables = root.findall("dmn:decision/dmn:decisionTable", NAMES)
    assert [table.get("hitPolicy") for table in tables] == ["FIRST"]
    rules = tables[0].findall("dmn:rule", NAMES)
    cells = [[cell.text for cell in rule.iterfind("dmn:inputEntry/dmn:text", NAMES)] for rule in rules]
    assert cells[-1] == ["-"] * len(cells[-1])
    assert cells.count(cells[-1]) == 1
    assert rules[-1].findtext("dmn:outputEntry/dmn:text", "", NAMES) == '"stakeholders and sponsor"'
    assert tables[0].find("dmn:output", NAMES).get("name") == "approver_rule"
