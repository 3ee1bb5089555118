"""Lay out a map a little further: a process of its own, never imported by what answers requests or runs jobs.

`python -m plugins.ambassadors.services.springs` reads `{"links": [[a, b], …], "places": {a: [x, y], …}, "steps": n}` on
its input and writes the new places on its output. rustworkx brings numpy along: dozens of megabytes in every worker for
a picture a day, and a fault of theirs would be one of ours.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import rustworkx as rx

SEED = 1


def laid_out(links: list[list[str]], places: dict[str, Any], steps: int) -> dict[str, list[float]]:
    """Give places after some more steps, from -1 to 1; those of nodes without one are drawn by lot, always alike."""
    names = sorted({name for link in links for name in link})
    number = {name: place for place, name in enumerate(names)}
    graph: rx.PyGraph[str, None] = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(names)
    graph.add_edges_from_no_data([(number[one], number[other]) for one, other in links])
    known: dict[int, tuple[float, float]] = {number[name]: (x, y) for name, (x, y) in places.items() if name in number}
    apart = 1.6 / max(1, len(names)) ** 0.5
    found: Any = rx.spring_layout(graph, pos=known or None, k=apart, num_iter=steps, seed=SEED)
    return {name: [round(float(value), 3) for value in found[number[name]]] for name in names}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump(laid_out(asked["links"], asked["places"], asked["steps"]), sys.stdout)
