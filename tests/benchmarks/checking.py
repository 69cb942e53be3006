"""A large diagram, held against all rules."""

from __future__ import annotations

from engine.bpmn import check
from tests.benchmarks.measuring import Row, in_turn
from tests.engine.bpmn import diagrams as d

NODES = 200
_FORMS = {"request": frozenset({"approved"})}


def large(nodes: int = NODES) -> dict[str, bytes]:
    """A sound process of so many nodes: choices, branches side by side, forms, signatures, timers and steps in turn."""
    drawn, arrows, people, last = [d.start()], [], [], "begin"
    for n in range((nodes - 2) // 11):
        drawn += [
            d.user(f"ask{n}", form="request", variables="approved", due="P5D"),
            d.xor(f"choose{n}", f"choose{n}_write{n}"),
            d.user(f"write{n}", form="request"), d.service(f"ship{n}", "order.ship", "sent", amount="len(approved)"),
            d.xor(f"meet{n}"), d.both(f"part{n}"), d.script(f"count{n}", "rounds = 1"),
            d.user(f"sign{n}", form="request", signature="approved"), d.both(f"join{n}"),
            d.boundary(f"late{n}", f"sign{n}", d.timer("Duration", "P1D"), interrupting=False), d.end(f"told{n}"),
        ]  # fmt: skip
        people += [f"ask{n}", f"write{n}", f"sign{n}"]
        arrows += [
            f"{last} -> ask{n} -> choose{n} -> write{n} -> meet{n} -> part{n} -> count{n} -> join{n}",
            f"choose{n} -[approved == 'no']-> ship{n} -> meet{n}; part{n} -> sign{n} -> join{n}; late{n} -> told{n}",
        ]
        last = f"join{n}"
    drawn.append(d.end())
    ways = "; ".join([*arrows, f"{last} -> done"])
    return {"large.bpmn": d.diagram(d.process("large", drawn, ways, {"Clerk": people}))}


def checked(runs: int) -> Row:
    """How long all rules take over it."""
    files = large()

    def held() -> None:
        assert check(files, forms=_FORMS, steps=("order.ship",)) == ()

    taken = in_turn({"check": lambda: held}, max(3, runs // 10))["check"] * 1000
    return Row(f"check of a {NODES}-node diagram with all rules", taken, "ms", 300)
