"""Every rule finds what is wrong in its wrong diagram, and no rule finds anything in its right one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import engine.bpmn.rules
from engine.bpmn import check
from engine.bpmn.rulebook import rulebook
from engine.bpmn.rules import REGISTER
from engine.bpmn.source import MAXIMUM_NODES
from tests.engine.bpmn.diagrams import diagram, end, node, process, start

RULES = Path(engine.bpmn.rules.__file__).parent
SHOWN = RULES / "pages"
"""The right and the first wrong diagram of each rule, which people are shown."""
FURTHER = Path(__file__).parent / "rules"
"""Further wrong diagrams."""
FIELDS = {"request": ("amount", "approved", "weight")}
STEPS = ("order.ship",)
_ELEMENT = re.compile(r"<!-- the finding is on: (.*) -->")
NOT_OF_RULES = frozenset(
    "file-empty file-too-large file-too-deep file-too-long file-doctype file-not-xml file-kind not-runnable"
    " not-executable flow-named first-of-cycle implicit-start implicit-end implicit-split implicit-merge link-joined"
    " older-namespace all-of-several"
    " plain-gateway plain-transaction foreign-expression foreign-attribute results-named passed-over"
    " thrown-in-turn receiving-start nothing-inside message-of-flow implicit-default global-task empty-process"
    " signal-declared drawn-twice one-of-several always-interrupts".split()
)
"""What is said of files that cannot be read, and noted of what is read into diagrams; it has pages too."""
NAMES = [rule.NAME for rule in REGISTER]


def _long() -> bytes:
    names = [f"t{number}" for number in range(MAXIMUM_NODES)]
    return diagram(process("order", [start(), *(node("task", name) for name in names), end()],
                           f"begin -> {' -> '.join(names)} -> done"))  # fmt: skip


BUILT = {"too-long": ("order", _long)}
"""Wrong diagrams that are wrong by their size alone: the element, and what builds them."""


def _bundle(folder: Path, case: str) -> dict[str, bytes]:
    """All files of a case: the diagram itself, and what is beside it."""
    files = [file for file in sorted(folder.glob(f"{case}.*")) if file.suffix in (".bpmn", ".dmn")]
    return {file.name: file.read_bytes() for file in files}


def _wrong() -> dict[str, Mapping[str, bytes]]:
    found = {f"{name}.wrong": _bundle(SHOWN, f"{name}.wrong") for name in NAMES if name not in BUILT}
    stems = sorted({re.match(r"[a-z-]+\.wrong-\d+", file.name)[0] for file in FURTHER.iterdir()})
    return {**found, **{stem: _bundle(FURTHER, stem) for stem in stems}}


WRONG = _wrong()


@pytest.mark.parametrize("case", WRONG)
def test_exactly_this_rule_speaks_of_exactly_this_element(case: str) -> None:
    files = WRONG[case]
    said = next(found[1] for content in files.values() if (found := _ELEMENT.search(content.decode())))
    found = [item for item in check(files, forms=FIELDS, steps=STEPS) if item.severity != "note"]
    elements = {None} if said == "the file" else set(said.split(", "))
    assert {item.rule for item in found} == {case.partition(".")[0]}
    assert {item.element for item in found} == elements
    assert all(item.file in files and item.sentence.endswith(".") for item in found)
    assert all("~" not in f"{item.element} {item.sentence}" for item in found)


@pytest.mark.parametrize("name", NAMES)
def test_the_right_diagram_has_no_findings_at_all(name: str) -> None:
    files = _bundle(SHOWN, f"{name}.right")
    assert files
    assert check(files, forms=FIELDS, steps=STEPS) == ()


@pytest.mark.parametrize("name", BUILT)
def test_what_is_wrong_by_its_size_is_found(name: str) -> None:
    element, built = BUILT[name]
    found = [item for item in check({"a.bpmn": built()}) if item.severity != "note"]
    assert (found[0].rule, found[0].element) == (name, element)


def test_rules_modules_and_diagrams_have_the_same_names() -> None:
    assert len(set(NAMES)) == len(NAMES)
    modules = {file.stem for file in RULES.glob("*.py") if "\nNAME = " in file.read_text(encoding="utf-8")}
    assert {rule.__name__.rpartition(".")[2] for rule in REGISTER} == modules
    assert {name.replace("-", "_") for name in NAMES} == modules
    shown = {file.name.partition(".")[0] for file in SHOWN.iterdir() if file.suffix != ".md"}
    assert shown == set(NAMES)
    assert {*NAMES, *NOT_OF_RULES} == set(rulebook())
    assert {file.name.partition(".")[0] for file in FURTHER.iterdir()} <= set(NAMES)


def test_what_is_noted_of_a_diagram_has_a_page() -> None:
    sources = [file.read_text(encoding="utf-8") for file in RULES.parent.glob("*.py")]
    noted = {name for text in sources for name in re.findall(r'yield [^\n]*?"([a-z]+(?:-[a-z]+)+)", ', text)}
    assert {"drawn-twice", "signal-declared"} <= noted <= set(rulebook())


@pytest.mark.parametrize("name", rulebook())
def test_a_page_says_what_is_wrong_and_what_to_do(name: str) -> None:
    page = rulebook()[name]
    kinds = [block.kind for block in page.blocks]
    assert page.title
    assert not page.title.endswith(".")
    assert kinds[0] == "paragraph"
    assert "list" in kinds
    sentences = [line for block in page.blocks if block.kind != "heading" for line in block.lines]
    assert all(line[-1].is_code or line[-1].text.rstrip().endswith((".", "?")) for line in sentences)
    if name in NAMES and name not in BUILT:
        files = WRONG[f"{name}.wrong"]
        said = next(found[1] for content in files.values() if (found := _ELEMENT.search(content.decode())))
        assert list(page.wrong) in ([] if said == "the file" else said.split(", "), said.split(", "))
