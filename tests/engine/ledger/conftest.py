"""A unit of work on a database of its own, with a clock that the test holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from engine.bundle import Bundle
from engine.ledger import Field, Section, Table, content_of, log
from engine.tables import BundleFileRow, BundleRow, DefinitionRow, InstanceRow
from engine.unit import Unit
from engine.values import Actor, Draft

ADA = Actor("p-ada", "Ada Lovelace", {"apollo": frozenset({"Project Manager"})})
BOB = Actor("p-bob", "Bob Kahn", {"apollo": frozenset({"Stakeholder"})})
INSTANCE, DEFINITION = "1" * 32, "d" * 32
START = datetime(2026, 1, 5, 9, 30, 0, 250, tzinfo=UTC)


class HeldClock:
    """A clock that stands until it is told to move."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class NoProcedure:
    """A procedure without steps: the ledger asks nothing of it."""

    steps: Mapping[str, Any] = {}
    records: Mapping[str, Any] = {}
    functions: Mapping[str, Any] = {}
    errors: tuple[type[BaseException], ...] = ()

    def choices(self, work: Any, wanted: frozenset[str]) -> Mapping[str, Sequence[Any]]:
        return {}

    def context(self, work: Any, wanted: frozenset[str]) -> Mapping[str, Any]:
        return {}

    def check(self, files: Mapping[str, bytes]) -> Sequence[Any]:
        return ()

    def concerned(self, _unit: Any, _instance: str, _step: str, _signs: str) -> Mapping[str, str]:
        return {}


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    with Session(database) as session:
        yield session


@pytest.fixture(scope="session")
def ada() -> Actor:
    return ADA


@pytest.fixture(scope="session")
def bob() -> Actor:
    return BOB


@pytest.fixture(scope="session")
def sealing() -> dict[str, Any]:
    """Who seals, and where: the arguments that every sealing in these tests shares."""
    return {"by": ADA, "definition": DEFINITION, "instance": INSTANCE}


@pytest.fixture(scope="session")
def signing() -> dict[str, Any]:
    """Who signs, and where."""
    return {"by": BOB, "role": "Stakeholder", "instance": INSTANCE}


@pytest.fixture
def unit(session: Session, clock: HeldClock) -> Unit:
    return deployed(session, clock)


def deployed(session: Session, clock: HeldClock) -> Unit:
    """A unit of work on a database that holds one deployed bundle and one instance of its one process."""
    unit = Unit(session, clock, NoProcedure())
    files = {"setup.bpmn": b"<definitions/>", "sop.toml": b"key = 'sop'"}
    bundle = BundleRow(
        id="b" * 32,
        key="sop",
        version=1,
        title="SOP",
        edition="1.0",
        reason="first",
        digest=Bundle("sop", "SOP", "1.0", files).digest,
        deployed_at=START,
    )
    kept = [
        BundleFileRow(bundle_id=bundle.id, path=path, sha256=hashlib.sha256(content).hexdigest(), content=content)
        for path, content in files.items()
    ]
    definition = DefinitionRow(
        id=DEFINITION,
        bundle_id=bundle.id,
        process="setup",
        version=1,
        name="Setup",
        file="setup.bpmn",
        digest="0" * 64,
        deployed_at=START,
    )
    log(
        unit,
        "bundle.deployed",
        "bundle",
        bundle.id,
        ADA,
        new={"version": 1},
        reason="first",
        row=[bundle, *kept, definition],
    )
    session.flush()
    session.add(
        InstanceRow(
            id=INSTANCE,
            definition_id=DEFINITION,
            process="setup",
            key=None,
            subject="apollo",
            title="Apollo",
            status="running",
            version=0,
            state=b"",
            open="{}",
            started_at=START,
            started_by=ADA.person,
        )
    )
    session.commit()
    return unit


@pytest.fixture(scope="session")
def draft() -> Callable[..., Draft]:
    """A milestone plan about to be sealed; say what differs."""

    def make(title: str = "Plan", due: str = "2026-03-01", key: str = "", **data: Any) -> Draft:
        sections = [Section("Milestones", [Field("Due", due)], Table(["Name", "Owner"], [["First light", "Ada"]]))]
        return Draft("milestone-plan", "apollo", title, content_of(sections, {"due": due, **data}), key, ("5.1a",))

    return make


@pytest.fixture
def statements(database: Engine) -> list[str]:
    """Every statement sent to the database from now on; transaction control and the writers' turn left out."""
    sent: list[str] = []

    @event.listens_for(database, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        turn = statement.startswith("SELECT pg_advisory_xact_lock") and ";" not in statement
        if not turn and not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)

    return sent
