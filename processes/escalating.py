"""When an approval that nobody gives is brought to whom: steps in working days since it was asked for."""

from __future__ import annotations

TURNS = ("reminder", "deputies", "manager", "sponsor")
"""Whose turn it is, step by step: those who were asked, who stands in for them, the project manager, the sponsor."""


def escalation_steps(text: str) -> tuple[int, ...]:
    """The working days after which each of TURNS comes, such as “3 5 7 9”. Raises ValueError with a sentence."""
    words = text.split()
    days = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 3]
    rising = all(first < last for first, last in zip([0, *days], days, strict=False))
    if len(days) != len(TURNS) or len(words) != len(TURNS) or not rising or days[-1] > 60:
        raise ValueError(
            "An unanswered approval is escalated in four steps: write four rising numbers of working days, up to 60,"
            " such as 3 5 7 9."
        )
    return tuple(days)
