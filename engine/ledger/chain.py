"""The log against itself: each event with its leaf, its columns, its number and the person committed to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from engine.ledger.canonical import is_canonical
from engine.ledger.claims import Claims
from engine.ledger.merkle import Tree, leaf_hash
from engine.ledger.reading import Report, rows_of
from engine.ledger.rows import plain
from engine.ledger.verdict import Fault
from engine.tables import EventRow, PersonalRow

EVENT, PERSONAL = EventRow.__table__, PersonalRow.__table__
COLUMNS = {
    "seq": "seq",
    "at": "at",
    "kind": "kind",
    "entity": "entity",
    "entity_id": "id",
    "subject": "subject",
    "instance_id": "instance",
}
"""Columns kept for searching, and what each repeats of the payload."""


class Chain:
    """One pass over the log, in the order of its numbers. It fills the claims and grows the tree."""

    def __init__(self, claims: Claims, report: Report) -> None:
        self.tree = Tree()
        self.notices: list[str] = []
        self.personal = 0
        self._claims = claims
        self._report = report
        self._next = 1
        self._last_at = ""

    def read(self, session: Session) -> None:
        """Check every event together with its personal row."""
        people = self._people(rows_of(session, PERSONAL, self._report))
        person = next(people, None)
        for event in rows_of(session, EVENT, self._report):
            while person is not None and person["seq"] < event["seq"]:
                self._stray(person)
                person = next(people, None)
            mine = person if person is not None and person["seq"] == event["seq"] else None
            self._check(event, mine)
            if mine is not None:
                person = next(people, None)
        while person is not None:
            self._stray(person)
            person = next(people, None)

    def _people(self, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for row in rows:
            self.personal += 1
            yield row

    def _stray(self, person: dict[str, Any]) -> None:
        self._fault("personal", person["seq"], "It belongs to no event.")

    def _fault(self, table: str, key: Any, what: str) -> None:
        self._report(Fault(table, str(key), what))

    def _check(self, event: dict[str, Any], person: dict[str, Any] | None) -> None:
        self._check_number(event["seq"])
        payload = self._payload(event)
        if payload is None:
            return
        for column, name in COLUMNS.items():
            if plain(EVENT.c[column].type, event[column]) != payload[name]:
                self._fault("event", event["seq"], f'Its column "{column}" is not what its payload says.')
        self._check_clock(event["seq"], payload["at"])
        self._check_person(event["seq"], payload["person"], person)
        for row in payload["rows"]:
            self._claim(event["seq"], row)

    def _check_number(self, seq: int) -> None:
        if seq != self._next:
            gap = f"Event {self._next} is" if seq == self._next + 1 else f"Events {self._next} to {seq - 1} are"
            self._fault("event", self._next, f"{gap} missing from the log.")
        self._next = seq + 1

    def _payload(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """The payload if it can be read; its leaf goes into the tree whatever it is."""
        text = event["payload"]
        content = text.encode() if isinstance(text, str) else bytes(text)
        leaf = leaf_hash(content)
        self.tree.append(leaf)
        if leaf.hex() != event["leaf"]:
            self._fault("event", event["seq"], "The leaf is not the hash of its payload: one of them was altered.")
        if not isinstance(text, str) or not is_canonical(text):
            self._fault("event", event["seq"], "Its payload is not canonical JSON.")
            return None
        payload = json.loads(text)
        if not _is_event(payload):
            self._fault("event", event["seq"], "Its payload does not have the parts of an event.")
            return None
        return payload

    def _check_clock(self, seq: int, at: str) -> None:
        if at < self._last_at:
            self.notices.append(
                f"Event {seq} is dated {at}, before event {seq - 1} at {self._last_at}: the clock went back."
            )
        self._last_at = at

    def _check_person(self, seq: int, committed: str, person: dict[str, Any] | None) -> None:
        if person is None:
            self._fault("personal", seq, f"Who stands behind event {seq} is missing.")
            return
        try:
            salt, content = bytes.fromhex(person["salt"]), person["content"].encode()
            named = json.loads(content)["person"]
        except (ValueError, TypeError, KeyError, AttributeError):
            self._fault("personal", seq, "It cannot be read: it was altered.")
            return
        if hashlib.sha256(salt + content).hexdigest() != committed:
            self._fault("personal", seq, f"It was altered: it is not what event {seq} commits to.")
        if named != person["person"]:
            self._fault("personal", seq, 'Its column "person" is not the person in its content.')

    def _claim(self, seq: int, row: Any) -> None:
        earlier = self._claims.add(row["table"], row["key"], row["sha256"], seq)
        if earlier is not None:
            self._fault(row["table"], row["key"], f"Two events tell of the row being added: {earlier} and {seq}.")


def _is_event(payload: Any) -> bool:
    """Whether a payload has the parts that an event has, each of its kind."""
    if not isinstance(payload, dict) or not {*COLUMNS.values(), "person", "rows"} <= payload.keys():
        return False
    if not isinstance(payload["at"], str) or not isinstance(payload["rows"], list):
        return False
    parts = ("table", "key", "sha256")
    return all(isinstance(row, dict) and all(isinstance(row.get(one), str) for one in parts) for row in payload["rows"])
