"""What stories begin with: an office in the states from which most of them start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.stories.attacks import unmoved
from tests.stories.office import Office
from tests.stories.stages import Stages


@pytest.fixture
def stages(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Stages:
    """Prepared data folders on this test's kind of database."""
    return Stages(databases, tmp_path_factory)


@pytest.fixture
def office(stages: Stages, tmp_path: Path) -> Iterator[Office]:
    """No project yet."""
    with stages.kept_in(tmp_path / "office", stages.sop()) as office:
        yield office


@pytest.fixture
def signing(stages: Stages, tmp_path: Path) -> Iterator[Office]:
    """A plan waits for its signatures."""
    with stages.kept_in(tmp_path / "office", stages.signing()) as office:
        yield office


@pytest.fixture
def running(stages: Stages, tmp_path: Path) -> Iterator[Office]:
    """A project runs."""
    with stages.kept_in(tmp_path / "office", stages.running()) as office:
        yield office


@pytest.fixture
def deciding(stages: Stages, tmp_path: Path) -> Iterator[Office]:
    """A change waits for its decisions."""
    with stages.kept_in(tmp_path / "office", stages.deciding()) as office:
        yield office


@pytest.fixture
def attacked(deciding: Office) -> Iterator[Office]:
    """A change waits for Greta and Samuel. Whatever is tried: afterwards the plan stands and the ledger is whole."""
    yield deciding
    unmoved(deciding)
