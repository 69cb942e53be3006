"""Checking the diagrams of a bundle, and preparing those that have nothing against them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy

from engine.bpmn.decisions import read_tables
from engine.bpmn.elements import chart, processes
from engine.bpmn.model import Prepared
from engine.bpmn.normalising import normalised
from engine.bpmn.preparing import prepared, prepared_from
from engine.bpmn.rules import OF_BUNDLES, OF_PAGES, OF_PROCESSES, Drawn, Known, Page, Survey
from engine.bpmn.shaping import has_nodes
from engine.bpmn.source import BPMN, Document, read
from engine.errors import DiagramRefused
from engine.values import Finding

_ORDER = ("error", "warning", "note")


def check(
    files: Mapping[str, bytes],
    *,
    forms: Collection[str] | Mapping[str, Collection[str] | None] | None = None,
    steps: Collection[str] | None = None,
    functions: Collection[str] | None = (),
) -> tuple[Finding, ...]:
    """All that is wrong with the diagrams and tables of a bundle (path: content), errors first.

    `forms` and `steps` are the names that exist, None to leave them out; forms may come with the names of their fields.
    `functions` are those that expressions may call beside the built-in ones.
    """
    documents, findings = read_all(files)
    known = Known(forms, steps, functions or ())
    survey = survey_of(documents, known)
    findings += [*_findings(survey), *_findings_unmarked(documents, survey, known)]
    if not any(finding.refuses for finding in findings):
        try:
            prepared_from([(page.file, page.root) for page in survey.pages], survey.decisions)
        except DiagramRefused as refused:
            findings += refused.findings
    return tuple(sorted(findings, key=lambda finding: _ORDER.index(finding.severity)))


def prepare(files: Mapping[str, bytes]) -> Mapping[str, Prepared]:
    """The processes of a bundle by their ids, ready to run and safe to share. Raises DiagramRefused with the findings.

    What was deployed once is prepared again without asking the rules: they may have become stricter since. Only what
    would keep SpiffWorkflow from reading it is refused here.
    """
    documents, findings = read_all(files)
    if findings:
        raise DiagramRefused(findings)
    return prepared(documents)


def read_all(files: Mapping[str, bytes]) -> tuple[list[Document], list[Finding]]:
    """The documents that can be read, and what is wrong with the others."""
    found = [read(file, content) for file, content in sorted(files.items())]
    return (
        [item for item in found if isinstance(item, Document)],
        [item for item in found if isinstance(item, Finding)],
    )


def survey_of(documents: Iterable[Document], known: Known, *, walking: bool = False) -> Survey:
    """What the rules look at."""
    documents = tuple(documents)
    pages, tables = [], []
    among = frozenset(_callable(documents)) if walking else None
    for document in documents:
        if document.is_decision:
            tables += [(document.file, table) for table in read_tables(document.root)]
        else:
            normal = normalised(document.root, document.file, among=among)
            charts = tuple(chart(process) for process in processes(normal.root))
            pages.append(Page(document.file, document.root, normal.root, charts, normal.notes))
    return Survey(tuple(pages), tuple(tables), known)


def _callable(documents: Iterable[Document]) -> Iterator[tuple[str, str]]:
    for document in documents:
        if document.is_decision:
            yield from (("decision", table.id) for table in read_tables(document.root))
        else:
            yield from (("process", one.get("id", "")) for one in document.root.iterchildren(f"{{{BPMN}}}process"))


def findings_of_page(page: Page) -> Iterator[Finding]:
    """What the rules find in a file as a whole."""
    for rule in OF_PAGES:
        yield from rule.find(page)


def findings_of_process(drawn: Drawn) -> Iterator[Finding]:
    """What the rules find in one process."""
    for rule in OF_PROCESSES:
        yield from rule.find(drawn)


def _findings_unmarked(documents: Iterable[Document], survey: Survey, known: Known) -> Iterator[Finding]:
    """What else is to be mended in files in which no process is marked as executable, as if each were."""
    idle = {page.file for page in survey.pages if not page.charts and any(map(has_nodes, page.written))}
    marked = [_marked(one) if one.file in idle else one for one in documents] if idle else []
    for file, drawn in survey_of(marked, known).drawn.items():
        for one in drawn if file in idle else ():
            yield from findings_of_process(one)


def _marked(document: Document) -> Document:
    """The document with each process that is drawn marked as executable."""
    root = deepcopy(document.root)
    for process in filter(has_nodes, root.iterchildren(f"{{{BPMN}}}process")):
        process.set("isExecutable", "true")
    return Document(document.file, root)


def _findings(survey: Survey) -> Iterator[Finding]:
    for page in survey.pages:
        yield from page.notes
        yield from findings_of_page(page)
        for drawn in survey.drawn[page.file]:
            yield from findings_of_process(drawn)
    for rule in OF_BUNDLES:
        yield from rule.find(survey)
