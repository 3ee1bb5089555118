"""Where labels stand in a drawing, so that none covers another. Only numbers here.

A layout says where nodes would like to be; real text has a width. Labels are put from the top down, each as near as it
can to its place without touching one that stands already.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from plugins.ambassadors.queries.talents import Node

WIDTH, MARGIN, GAP, HEIGHT = 1120, 8, 10, 30
SIGNS = 26
SIGN_WIDTH, PADDING = 8.5, 20
ROOM = 4.5  # times the labels themselves
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A label, where it stands in the drawing."""

    node: Node
    x: int
    y: int
    width: int

    @property
    def middle(self) -> tuple[int, int]:
        """Give where lines reach it."""
        return self.x + self.width // 2, self.y + HEIGHT // 2

    def touches(self, other: Box) -> bool:
        """Tell whether another label is too near."""
        beside = self.x < other.x + other.width + GAP and other.x < self.x + self.width + GAP
        return beside and self.y < other.y + HEIGHT + GAP and other.y < self.y + HEIGHT + GAP


@dataclass(frozen=True, slots=True)
class Sketch:
    """The labels of a drawing, and its size."""

    boxes: dict[str, Box]
    width: int = WIDTH

    @property
    def height(self) -> int:
        """Give the height of the drawing."""
        return max((box.y + HEIGHT for box in self.boxes.values()), default=0) + MARGIN

    def lines(self, pairs: Iterable[tuple[str, str]]) -> str:
        """Give the path of all the lines between pairs of nodes."""
        ends = ((self.boxes[one].middle, self.boxes[other].middle) for one, other in sorted(pairs))
        return "".join(f"M{x} {y}L{to_x} {to_y}" for (x, y), (to_x, to_y) in ends)


def sketch(nodes: list[Node], places: Mapping[str, Place]) -> Sketch:
    """Place the labels of these nodes; those without a place, which came since, stand below the others."""
    widths = {node.key: label_width(node.label) for node in nodes}
    height = max(320, math.ceil(sum(widths.values()) * HEIGHT * ROOM / WIDTH))
    known = _stretched({node.key: places[node.key] for node in nodes if node.key in places})
    wished = [_box(node, known[node.key], widths[node.key], height) for node in nodes if node.key in known]
    boxes: dict[str, Box] = {}
    for box in sorted(wished, key=lambda box: (box.y, box.x, box.node)):
        _put(boxes, box)
    below = Sketch(boxes).height + GAP
    for node in nodes:
        if node.key not in boxes:
            _put_in_a_row(boxes, Box(node, MARGIN, below, widths[node.key]))
    return Sketch(boxes)


def _stretched(places: Mapping[str, Place]) -> dict[str, Place]:
    """Let the places of what is shown fill the drawing, from 0 to 1 in both directions."""
    if not places:
        return {}
    (left, top), (right, bottom) = (tuple(map(end, zip(*places.values(), strict=True))) for end in (min, max))
    across, down = (right - left) or 1, (bottom - top) or 1
    return {key: ((x - left) / across, (y - top) / down) for key, (x, y) in places.items()}


def label_width(label: str) -> int:
    """Give the width of a label, cut where it is too long; no letter of our fonts is much wider on average."""
    return math.ceil(min(len(label), SIGNS) * SIGN_WIDTH) + PADDING


def _box(node: Node, place: Place, width: int, height: int) -> Box:
    across, down = place
    return Box(node, MARGIN + round(across * (WIDTH - 2 * MARGIN - width)), MARGIN + round(down * height), width)


def _put(boxes: dict[str, Box], box: Box) -> None:
    while near := [other for other in boxes.values() if box.touches(other)]:
        box = Box(box.node, box.x, min(other.y for other in near) + HEIGHT + GAP, box.width)
    boxes[box.node.key] = box


def _put_in_a_row(boxes: dict[str, Box], box: Box) -> None:
    while near := [other for other in boxes.values() if box.touches(other)]:
        right = max(other.x + other.width for other in near) + GAP
        fits = right + box.width <= WIDTH - MARGIN
        box = Box(box.node, right if fits else MARGIN, box.y if fits else box.y + HEIGHT + GAP, box.width)
    boxes[box.node.key] = box
