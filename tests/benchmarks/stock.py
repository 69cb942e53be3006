"""What ours is held against: a bare transaction, and SpiffWorkflow as its documentation shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from lxml import etree
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskIterator, TaskState
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    select,
    text,
    update,
)


@contextmanager
def deep_enough() -> Iterator[None]:
    """The one change that stock needs to reach this age: its iterators look deeper than 1,000 levels."""
    shallow = BpmnTaskIterator.__init__.__defaults__, TaskIterator.__init__.__defaults__
    BpmnTaskIterator.__init__.__defaults__ = (None, 10**9, True, False, None)
    TaskIterator.__init__.__defaults__ = (None, 10**9, True, None)
    try:
        yield
    finally:
        BpmnTaskIterator.__init__.__defaults__, TaskIterator.__init__.__defaults__ = shallow


class Stock:
    """One instance of a process that goes round for ever: load JSON, deserialize, step, serialize, write one row."""

    def __init__(self, engine: Engine, diagram: bytes, process: str) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(diagram))
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
        self.engine = engine
        workflow = BpmnWorkflow(parser.get_spec(process), parser.get_subprocess_specs(process))
        workflow.do_engine_steps()
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE stock (id INTEGER PRIMARY KEY, state TEXT)"))
            connection.execute(text("INSERT INTO stock VALUES (1, :state)"), {"state": self._text(workflow)})

    def _text(self, workflow: BpmnWorkflow) -> str:
        return json.dumps(self.serializer.to_dict(workflow))

    def age(self, steps: int) -> None:
        """Complete tasks in memory, and write the result once."""
        with self.engine.begin() as connection:
            workflow = self._read(connection)
            for _ in range(steps):
                self._one(workflow)
            self._write(connection, workflow)

    def step(self) -> None:
        """One completed task, durably."""
        with self.engine.begin() as connection:
            workflow = self._read(connection)
            self._one(workflow)
            self._write(connection, workflow)

    def _read(self, connection: Connection) -> BpmnWorkflow:
        found = connection.execute(text("SELECT state FROM stock WHERE id = 1")).scalar_one()
        return self.serializer.from_dict(json.loads(found))

    def _write(self, connection: Connection, workflow: BpmnWorkflow) -> None:
        connection.execute(text("UPDATE stock SET state = :state WHERE id = 1"), {"state": self._text(workflow)})

    @staticmethod
    def _one(workflow: BpmnWorkflow) -> None:
        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        task.data["text"] = "Dear all"
        task.run()
        workflow.do_engine_steps()


class Floor:
    """One bare transaction: read an own row of 4 kB, update it by version, insert two rows, on the same database."""

    def __init__(self, engine: Engine, id: int = 1) -> None:
        self.engine, self.id = engine, id
        tables = MetaData()
        self.row = Table("floor_row", tables, Column("id", Integer, primary_key=True), Column("version", Integer),
                         Column("state", LargeBinary))  # fmt: skip
        self.history = Table("floor_history", tables, Column("id", Integer, primary_key=True), Column("text", String))
        tables.create_all(engine)
        with engine.begin() as connection:
            connection.execute(insert(self.row).values(id=id, version=0, state=b"x" * 4096))

    def step(self) -> None:
        """The transaction."""
        row = self.row
        with self.engine.begin() as connection:
            found = connection.execute(select(row.c.version, row.c.state).where(row.c.id == self.id)).one()
            connection.execute(
                update(row)
                .where(row.c.id == self.id, row.c.version == found.version)
                .values(version=found.version + 1, state=found.state)
            )
            connection.execute(insert(self.history).values(text="a" * 200))
            connection.execute(insert(self.history).values(text="b" * 200))
