"""What the people of the demo say when the project is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from processes.demo.people import GRETA, MEI, RAHUL, SAMUEL, TOMAS

OPINIONS = {
    TOMAS: ("helped", "The weekly update takes two minutes.", "Ask only for what changed since last week."),
    MEI: ("helped", "Forecasts may move without asking anybody.", "Nothing."),
    RAHUL: ("partly", "", "Two people should be able to approve a late candidate within a day."),
    GRETA: ("helped", "I always knew what I was signing.", "Nothing."),
    SAMUEL: ("partly", "The reports before the meetings.", "Send the report three days ahead, not two."),
}
"""What each says about the procedure at the end: whether it helped, what to keep, what to change."""


def opinion(scene: Any) -> dict[str, Any]:
    helped, keep, change_ = OPINIONS[scene.who]
    return {"tracking": helped, "reviews": "helped", "changes": helped, "keep": keep, "change": change_}


def evaluation(_scene: Any) -> dict[str, Any]:
    return {
        "verdict": "effective",
        "tracking": "Every slip is dated. Alpha 3 is the example of a forecast that nobody corrected for a month.",
        "reviews": "Dropping alpha 7 came out of the review of January 2024, and kept the betas where they were.",
        "changes": "Two of three were decided within a week. The first should have been a forecast.",
    }


def lessons(_scene: Any) -> dict[str, Any]:
    return {
        "lessons": [
            {"kind": "keep", "text": "A forecast is free, a target is not."},
            {"kind": "change", "text": "Call the owner on the day after a forecast has passed."},
        ],
        "proposals": [
            {"text": "Distribute milestone status reports at least three working days before each meeting.",
             "reason": "Two days were too short for those who read them on the way.", "clause": "5.3b"}
        ],
        "no_proposal": False,
    }  # fmt: skip


CLOSING: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "settle-gaps": lambda _scene: {"next": "close", "reason": "Done with the release; the last minutes say so."},
    "give-feedback": opinion,
    "evaluate-procedure": evaluation,
    "draw-lessons": lessons,
    "sign-closure": lambda _scene: {"decision": "approved"},
}
"""Answers by task, from the scene in which it is done (`processes.demo.answers.Scene`)."""
