"""How a process of ours begins and ends: what it reads lives as long, and is worth nothing to the collector."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType


@contextmanager
def uncollected() -> Iterator[None]:
    """Make what lives long, without the collector going through it over and over."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read(module: str) -> ModuleType:
    """Import what a process runs; what is in memory at its end is left to the system, which takes it back at once.

    What must be closed is closed before (`portal.engines.close_all`), and not by the collector.
    """
    with uncollected():
        found = import_module(module)
    gc.freeze()
    atexit.register(gc.freeze)
    return found
