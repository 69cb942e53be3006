"""How long something takes on the processor, undisturbed by other threads, other programs and the collector."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import thread_time


def least(thing: Callable[[], object], tries: int = 3) -> float:
    """Seconds of this thread's processor time in the best of a few tries."""
    taken = []
    for _ in range(tries):
        gc.collect()
        gc.disable()
        try:
            begin = thread_time()
            thing()
            taken.append(thread_time() - begin)
        finally:
            gc.enable()
    return min(taken)


def quick(thing: Callable[[], object], most: float) -> bool:
    """Whether it takes less than `most` seconds; what seems to take longer is tried again, undisturbed."""
    begin = thread_time()
    thing()
    return thread_time() - begin < most or least(thing) < most
