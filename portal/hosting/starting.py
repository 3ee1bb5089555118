"""How a process of ours begins and ends. What it reads lives until its end, and is worth nothing to the collector."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType


@contextmanager
def uncollected() -> Iterator[None]:
    """Make what lives long; the collector would go through it over and over, a quarter of the time it takes to make."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read(module: str) -> ModuleType:
    """Import what a process runs; at its end, leave all to the system, which takes it back at once."""
    with uncollected():
        found = import_module(module)
    gc.freeze()
    atexit.register(gc.freeze)
    return found
