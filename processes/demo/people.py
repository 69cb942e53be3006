"""The invented people of the demo, and what each of them does in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Persona:
    """Somebody invented: an id, the name that records print, the login, and the role held."""

    id: str
    name: str
    login: str
    role: str
    remark: str
    organisation: bool = False


INES = Persona("d-4c7a", "Ines Okafor", "ines", "Project Manager", "plans, reviews, raises changes")
TOMAS = Persona("d-81f2", "Tomas Lindqvist", "tomas", "Project Team", "owns the alphas")
MEI = Persona("d-2b90", "Mei-Ling Tan", "mei", "Project Team", "owns the betas")
RAHUL = Persona("d-c635", "Rahul Desai", "rahul", "Project Team", "owns the candidates and the release")
GRETA = Persona("d-7e18", "Greta Holm", "greta", "Stakeholder", "signs plans and changes")
SAMUEL = Persona("d-a9d3", "Samuel Osei", "samuel", "Stakeholder", "signs plans and changes")
DOROTHEA = Persona("d-0f64", "Dorothea Brandt", "dorothea", "Sponsor", "decides what goes beyond the team")
PAVEL = Persona("d-5d27", "Pavel Novák", "pavel", "Process Admin", "edits and deploys the diagrams", True)
AMINA = Persona("d-b3e1", "Amina Yusuf", "amina", "Compliance", "reads what is proven", True)
ROOT = Persona("d-6688", "Lena Fischer", "lena", "Administrator", "keeps people and projects", True)

MEMBERS = (INES, TOMAS, MEI, RAHUL, GRETA, SAMUEL, DOROTHEA)
"""Who takes part in the demo's projects."""

PEOPLE = (*MEMBERS, PAVEL, AMINA, ROOT)
"""Everybody in the demo."""

OWNERS = {"development": TOMAS, "alpha": TOMAS, "beta": MEI, "candidate": RAHUL, "final": RAHUL}
"""Who owns a milestone, by the first word of its name."""


def owner_of(milestone: str) -> Persona:
    """The owner of a milestone of the history."""
    return OWNERS[milestone.partition(" ")[0]]
