"""Whether a milestone's criterion can be measured (clause 5.1a).

A criterion must hold a number, name a test or a document, or state a condition that is either met or not. Weak words
give a warning and never pass in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WEAK = (
    "adequate", "almost", "as appropriate", "as needed", "as soon as possible", "basically", "generally",
    "good progress", "good quality", "largely", "mostly", "nearly", "reasonable", "roughly", "satisfactory",
    "some progress", "substantially", "sufficient", "timely", "user-friendly", "well advanced",
)  # fmt: skip
"""Words that let everybody read what they like."""

_WEAK = re.compile(rf"\b(?:{'|'.join(map(re.escape, WEAK))})\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d|\b(?:zero|no open|one|two|three|four|five|ten)\b", re.IGNORECASE)
_EVIDENCE = re.compile(
    r"\b(?:test|tests|suite|checklist|inspection|audit|report|document|protocol|certificate|minutes|specification|release"
    r"|demo|demonstration|review|measurement|contract|licence|license|manual|announcement|tag|build)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:is|are|has|have been|was|were|can be|exists?)\s+(?:\w+\s+){0,3}?(?:accepted|agreed|announced|approved"
    r"|available|closed|complete|completed|delivered|deployed|done|finished|handed over|installed|live|merged|met|paid"
    r"|passed|published|released|running|sealed|shipped|signed|tagged|tested|uploaded|verified|working)\b"
    r"|\b(?:passes|pass|passed|met|exists|exist|runs|signed|handed over|published|released|tagged|uploaded|delivered"
    r"|deployed|merged|installed|approved|accepted)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Measure:
    """What can be said about a criterion: `sound` or not, with sentences for the person who wrote it."""

    sound: bool
    sentences: tuple[str, ...] = ()


def measure(criterion: str) -> Measure:
    """Judge a criterion. Not sound: nothing in it can be checked. Sound with sentences: weak words beside what can."""
    text = " ".join(criterion.split())
    said = {found.group().lower() for found in _WEAK.finditer(text)}
    weak = tuple(word for word in WEAK if word in said)
    checkable = bool(_NUMBER.search(text) or _EVIDENCE.search(text) or _CONDITION.search(text))
    warnings = tuple(f"“{word}” can be read in many ways. Say from when on it counts as met." for word in weak)
    if not checkable:
        demand = (
            "Say how anybody can tell that it is reached: a number, a named test or document, or a yes-or-no condition."
        )
        return Measure(False, (demand, *warnings))
    return Measure(True, warnings)
