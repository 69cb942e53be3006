"""Checking the diagrams of a bundle, and preparing those that have nothing against them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.model import Prepared
from engine.bpmn.preparing import prepared
from engine.bpmn.source import Document, read
from engine.errors import DiagramRefused


def check(files, *, forms=None, steps=None, functions=()):
    return ()


def prepare(files: Mapping[str, bytes]) -> Mapping[str, Prepared]:
    """The processes of a bundle by their ids, ready to run. Raises DiagramRefused with all that speaks against it."""
    documents = [read(file, content) for file, content in files.items()]
    refused = [item for item in documents if not isinstance(item, Document)]
    if refused:
        raise DiagramRefused(refused)
    return prepared(documents)
