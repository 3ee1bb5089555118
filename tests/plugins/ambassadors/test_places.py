"""Labels of the map: none covers another, none leaves the drawing, whatever the layout and the words."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from plugins.ambassadors.queries.places import GAP, HEIGHT, WIDTH, sketch
from plugins.ambassadors.queries.talents import SERVICE, TALENT, Node

SIGNS = "iIwWé ’-0"


def _drawn(seed):
    """Draw up to eighty labels of any length, some without a place, many where others want to be."""
    lot = random.Random(seed)
    labels = ["".join(lot.choices(SIGNS, k=lot.randint(1, 60))) for _number in range(lot.randint(1, 80))]
    nodes = [Node(label, lot.choice([SERVICE, TALENT]), number, label) for number, label in enumerate(labels, start=1)]
    crowded = lot.choice([1, 10, 1000])
    places = {node.key: (lot.randrange(crowded), lot.randrange(crowded)) for node in nodes if lot.random() < 0.9}
    return nodes, sketch(nodes, places)


@pytest.mark.parametrize("seed", range(60))
def test_no_label_covers_another(seed):
    nodes, drawn = _drawn(seed)
    assert drawn.boxes.keys() == {node.key for node in nodes}
    for one, other in combinations(drawn.boxes.values(), 2):
        beside = one.x < other.x + other.width + GAP and other.x < one.x + one.width + GAP
        assert not beside or abs(one.y - other.y) >= HEIGHT + GAP
    for box in drawn.boxes.values():
        assert box.x >= 0
        assert box.x + box.width <= WIDTH
        assert box.y + HEIGHT <= drawn.height


def test_what_came_since_stands_below():
    old, new = Node("a", TALENT, 1, "Dessin"), Node("b", TALENT, 2, "Soudure")
    drawn = sketch([old, new], {old.key: (0.0, 0.0)})
    assert drawn.boxes[new.key].y >= drawn.boxes[old.key].y + HEIGHT + GAP
