"""What a completion rule makes of the answers that have been given to a change. Pure: no clock, no database.

An abstention and silence are never a yes. Whatever the rule, nothing is approved by nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from processes.vocabulary import SPONSOR, STAKEHOLDER

YES = ("approved", "conditional")
AGAINST = ("rejected", "returned")
ANSWERS = (*YES, "partly", *AGAINST, "abstained")
"""What a person can say to a change; `partly` approves some of its items and sends the others back."""

MATRIX, UNANIMOUS, MAJORITY, VETO, SPONSOR_DECIDES, AT_ONCE = (
    "matrix",
    "unanimous",
    "majority",
    "veto",
    "sponsor",
    "at once",
)
"""Completion rules: as the decision table says, nobody against, more than half, a veto, the sponsor alone, and one
sponsor in an emergency. A number asks for so many approvals. The sponsor alone is fewer than any table asks for: nobody
is asked by that rule any more, and what was signed under it is still judged by it.
"""

PARALLEL, SEQUENTIAL = "parallel", "sequential"
OPEN, APPROVED, REJECTED, RETURNED, PARTLY = "open", "approved", "rejected", "returned", "partly"

WORDS = {
    UNANIMOUS: "nobody against, and more than half approve",
    MAJORITY: "more than half of those asked approve",
    VETO: "more than half approve, and whoever holds a veto is not against",
    SPONSOR_DECIDES: "the sponsor decides, the others are heard",
    AT_ONCE: "one sponsor in an emergency, ratified afterwards",
}


@dataclass(frozen=True)
class Asked:
    """Somebody who must decide: the role in which they were asked, and what they said; None while they are silent."""

    role: str
    answer: str | None = None


def settle(asked: Mapping[str, Asked], completion: str, veto: Collection[str] = (SPONSOR,)) -> str:
    """What the answers come to under a completion rule: open, approved, rejected, returned or partly.

    `veto` are the roles that hold a veto. Raises ValueError for a rule that does not exist.
    """
    answers = [one.answer for one in asked.values()]
    if not answers:
        return RETURNED
    if completion == UNANIMOUS:
        return _unanimous(answers)
    if completion == SPONSOR_DECIDES:
        return _unanimous([one.answer for one in asked.values() if one.role == SPONSOR])
    if completion == AT_ONCE:
        return _at_least(answers, 1)
    if completion == VETO:
        strong = [one.answer for one in asked.values() if one.role in veto]
        return _with_veto(answers, strong, [one.answer for one in asked.values() if one.role not in veto])
    return _at_least(answers, needed(completion, len(answers)))


def needed(completion: str, asked: int) -> int:
    """How many approvals a majority or a number asks for, of so many people. Raises ValueError."""
    if completion == MAJORITY:
        return asked // 2 + 1
    if _a_number(completion):
        return int(completion)
    raise ValueError(f"There is no completion rule “{completion}”.")


def firmest(matrix: str, chosen: str, asked: int) -> str:
    """The completion rule of a change: what the project has chosen, and never less than the decision table asks for.

    `matrix` is the table's rule, unanimous or majority; `asked` how many people decide. A rule that the project cannot
    choose any more gives way to the table's.
    """
    if UNANIMOUS in (matrix, chosen):
        return UNANIMOUS
    if _a_number(chosen):
        return chosen if int(chosen) > needed(matrix, asked) else matrix
    return VETO if chosen == VETO else matrix


def too_few(completion: str, stakeholders: int) -> str:
    """What is wrong with a number of approvals that is less than the decision table asks for; "" if nothing is."""
    least = needed(MAJORITY, stakeholders)
    if not _a_number(completion) or int(completion) >= least:
        return ""
    return (
        f"The table of approvals asks for more than half of the stakeholders, who are {stakeholders}: a project may ask"
        f" for more, not for fewer. Write {least} or a higher number."
    )


def _a_number(completion: str) -> bool:
    return completion.isascii() and completion.isdigit() and len(completion) < 4 and int(completion) > 0


def words(completion: str) -> str:
    """A completion rule as people read it."""
    return WORDS.get(completion) or f"{completion} of those asked approve"


def faults(completion: str, order: str, veto: str, ratify_days: int) -> list[str]:
    """What is wrong with a project's settings of how changes are decided, as sentences."""
    found = []
    if completion == SPONSOR_DECIDES:
        found.append(
            "The table of approvals asks for more than half of the stakeholders at least: a sponsor alone is fewer."
            " Choose a veto of the sponsor instead."
        )
    elif completion not in (MATRIX, UNANIMOUS, MAJORITY, VETO) and not _a_number(completion):
        found.append("A change is decided by matrix, unanimous, majority, veto, or a number of approvals.")
    if order not in (PARALLEL, SEQUENTIAL):
        found.append("Approvers are asked in parallel or sequential order.")
    if not roles_of(veto) or set(roles_of(veto)) - {STAKEHOLDER, SPONSOR}:
        found.append(f"A veto is held by {STAKEHOLDER}, {SPONSOR}, or both, separated by a comma.")
    if not 0 < ratify_days <= 20:
        found.append("An emergency change is ratified within 1 to 20 working days.")
    return found


def roles_of(veto: str) -> tuple[str, ...]:
    """The roles named in a setting, separated by commas."""
    return tuple(role.strip() for role in veto.split(",") if role.strip())


def _unanimous(answers: Collection[str | None]) -> str:
    """One who is against settles it; else everybody answers, and more than half of them say yes."""
    if any(one in AGAINST for one in answers):
        return _refusal(answers)
    if None in answers:
        return OPEN
    if PARTLY in answers:
        return PARTLY
    return APPROVED if _yes(answers) > len(answers) / 2 else RETURNED


def _at_least(answers: Collection[str | None], least: int) -> str:
    """So many approve, whatever the others say; refused once that cannot be reached any more.

    Where only parts were held back, everybody is heard before the change is split.
    """
    silent = sum(one is None for one in answers)
    if _yes(answers) >= least:
        return APPROVED
    if _yes(answers) + silent >= least:
        return OPEN
    if silent and not any(one in AGAINST for one in answers):
        return OPEN
    return _refusal(answers)


def _with_veto(
    answers: Collection[str | None], strong: Collection[str | None], others: Collection[str | None]
) -> str:
    """A veto settles it; without one, more than half must approve once every holder of a veto has answered.

    More than half of all, and of the others as well: who is asked only for their veto is nobody's yes.
    """
    if any(one in AGAINST for one in strong):
        return _refusal(strong)
    outcome = _at_least(answers, needed(MAJORITY, len(answers)))
    if outcome == APPROVED and others:
        outcome = _at_least(others, needed(MAJORITY, len(others)))
    if outcome not in (OPEN, APPROVED):
        return outcome
    if None in strong or outcome == OPEN:
        return OPEN
    return PARTLY if PARTLY in strong else APPROVED


def _refusal(answers: Collection[str | None]) -> str:
    """The gravest of what was said against: a rejection, a return, a part held back; abstentions alone return it."""
    return next((said for said in (REJECTED, RETURNED, PARTLY) if said in answers), RETURNED)


def _yes(answers: Collection[str | None]) -> int:
    return sum(one in YES for one in answers)
