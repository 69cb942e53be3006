"""Checking the diagrams of a bundle, and preparing those that have nothing against them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from engine.bpmn.decisions import read_tables
from engine.bpmn.elements import chart, processes
from engine.bpmn.model import Prepared
from engine.bpmn.preparing import prepared
from engine.bpmn.rules import OF_BUNDLES, OF_PAGES, OF_PROCESSES, Drawn, Known, Page, Survey
from engine.bpmn.source import Document, normalised, read
from engine.errors import DiagramRefused
from engine.values import Finding


def check(
    files: Mapping[str, bytes],
    *,
    forms: Collection[str] | None = None,
    steps: Collection[str] | None = None,
    functions: Collection[str] | None = (),
) -> tuple[Finding, ...]:
    """All that is wrong with the diagrams and tables of a bundle (path: content), errors first.

    `forms` and `steps` are the names that exist, None to leave them out; `functions` those that expressions may call
    beside the built-in ones.
    """
    documents, findings = _read(files)
    survey = _survey(documents, Known(forms, steps, functions or ()))
    findings += _findings(survey)
    if not any(finding.refuses for finding in findings):
        try:
            prepared(documents)
        except DiagramRefused as refused:
            findings += refused.findings
    return tuple(sorted(findings, key=lambda finding: not finding.refuses))


def prepare(files: Mapping[str, bytes]) -> Mapping[str, Prepared]:
    """The processes of a bundle by their ids, ready to run and safe to share. Raises DiagramRefused with the findings.

    What was deployed once is prepared again without asking the rules: they may have become stricter since. Only what
    would keep SpiffWorkflow from reading it is refused here.
    """
    documents, findings = _read(files)
    if findings:
        raise DiagramRefused(findings)
    return prepared(documents)


def _read(files: Mapping[str, bytes]) -> tuple[list[Document], list[Finding]]:
    found = [read(file, content) for file, content in sorted(files.items())]
    return (
        [item for item in found if isinstance(item, Document)],
        [item for item in found if isinstance(item, Finding)],
    )


def _survey(documents: Iterable[Document], known: Known) -> Survey:
    pages, tables = [], []
    for document in documents:
        if document.is_decision:
            tables += [(document.file, table) for table in read_tables(document.root)]
        else:
            root = normalised(document.root)
            charts = tuple(chart(process) for process in processes(root))
            pages.append(Page(document.file, document.root, root, charts))
    return Survey(tuple(pages), tuple(tables), known)


def _findings(survey: Survey) -> Iterator[Finding]:
    for page in survey.pages:
        for of_page in OF_PAGES:
            yield from of_page(page)
        for drawn in (Drawn(page.file, one, page.root, survey) for one in page.charts):
            for rule in OF_PROCESSES:
                yield from rule(drawn)
    for of_bundle in OF_BUNDLES:
        yield from of_bundle(survey)
