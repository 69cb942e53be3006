"""Diagrams damaged at random: checking always ends and never breaks, and what passes the check can be run."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from engine.bpmn import check, prepare, walk
from engine.errors import EngineError
from tests.engine.bpmn.driven import Driven
from tests.engine.bpmn.processes import COMPARED, LOOPS
from tests.engine.bpmn.test_exporters import WAYS
from tests.engine.bpmn.test_noted import READ_INTO
from tests.engine.bpmn.test_rules import WRONG

if TYPE_CHECKING:
    from lxml.etree import _Element

_POOL = [content for files in (*COMPARED.values(), *LOOPS.values()) for content in files.values()]
_POOL += [content for files in WRONG.values() for name, content in files.items() if name.endswith(".bpmn")]
_POOL += [content for _, _, content in READ_INTO.values()]
_PICTURE = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"
_TEXTS = ("", "x", "P1D", "1 +", "()", "R/P1D")


def _damage(root: _Element, dice: random.Random) -> None:
    nodes = [node for node in root.iter() if isinstance(node.tag, str) and node is not root]
    if not nodes:
        return
    ids = [node.get("id") for node in nodes if node.get("id")]
    node, kind = dice.choice(nodes), dice.randrange(6)
    if kind == 0 and node.attrib:
        del node.attrib[dice.choice(sorted(node.attrib))]
    elif kind == 1:
        node.getparent().remove(node)
    elif kind == 2 and node.attrib:
        node.set(dice.choice(sorted(node.attrib)), dice.choice([*ids, "", "x", "1"]))
    elif kind == 3:
        node.text = dice.choice(_TEXTS)
    elif kind == 4:
        dice.choice(nodes).append(copy.deepcopy(node))
    else:
        node.tag = dice.choice(nodes).tag


def _walk(files: dict[str, bytes], dice: random.Random) -> None:
    for prepared in prepare(files).values():
        message = (prepared.starts[0].message, {"x": 1}) if prepared.starts else None
        run = Driven(prepared, None, message)
        for _ in range(4):
            if run.moved.tasks:
                task = dice.choice(run.moved.tasks)
                run.complete((task.element, str(task.key)), {"flag": True, "n": 2, "answer": "yes"})
            elif run.moved.waits:
                run.send(run.moved.waits[0].message)


@pytest.mark.parametrize("seed", range(12))
def test_damage_is_found_or_does_no_harm(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
    passed, said = 0, []
    for _ in range(60):
        root = etree.fromstring(dice.choice(_POOL))
        for picture in root.findall(_PICTURE):
            root.remove(picture)  # damage to it would do nothing
        for _ in range(dice.randrange(1, 4)):
            _damage(root, dice)
        files = {"a.bpmn": etree.tostring(root)}
        if any(finding.refuses for finding in check(files)):
            continue
        passed += 1
        try:
            _walk(files, dice)
        except EngineError as refused:
            said.append(str(refused))
    assert passed
    assert all(sentence.endswith(".") for sentence in said)


@pytest.mark.parametrize("seed", range(6))
def test_damaged_files_of_other_tools_are_walked_or_refused_with_a_reason(seed: int) -> None:
    dice, outcomes = random.Random(seed), set()  # noqa: S311 - a repeatable choice, no secret
    written = [content for content, _ in WAYS.values()]
    for _ in range(40):
        root = etree.fromstring(dice.choice(written))
        for _ in range(dice.randrange(1, 4)):
            _damage(root, dice)
        files = {"a.bpmn": etree.tostring(root)}
        assert all(finding.sentence for finding in check(files))
        for found in walk(files):
            outcomes.add(found.outcome)
            assert found.outcome == "completed" or found.causes or found.waiting_for
            assert "Error(" not in " ".join(found.causes)
    assert {"completed", "refused"} <= outcomes <= {"completed", "refused", "waiting", "incident"}
