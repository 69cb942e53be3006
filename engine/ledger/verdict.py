"""The outcome of a verification: what does not fit, what was counted, and what could not be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TAIL = """A tail cut off: events removed from the end of the log, together with their rows, leave no gap. \
Compare the number of events and the root with ones noted earlier elsewhere."""
REWRITE = """A coherent rewrite: whoever can write the whole database can recompute every hash in it. \
Only a root kept elsewhere shows that."""
BACKUP = """An older backup put in place of the database: it is as coherent as it was on its day. \
Only a root kept elsewhere shows that."""
UNLOGGED = "What was never logged: events tell of what was done through the program, and of nothing else."
BLIND = (TAIL, REWRITE, BACKUP, UNLOGGED)
"""What no check inside one database can see."""


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit: the table, the key of the row as text, and what is wrong, in a sentence."""

    table: str
    key: str
    what: str


@dataclass(frozen=True)
class Verdict:
    """What a verification found. `root` is the RFC 6962 root over all events, in hex: note it down elsewhere."""

    findings: tuple[Fault, ...]
    counted: Mapping[str, int]
    blind: tuple[str, ...]
    notices: tuple[str, ...] = ()
    root: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything fits together, as far as can be seen from here."""
        return not self.findings
