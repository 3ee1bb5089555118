"""Labels of the map: none covers another, none leaves the drawing, whatever the layout and the words."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.ambassadors.queries.places import GAP, HEIGHT, WIDTH, sketch
from plugins.ambassadors.queries.talents import SERVICE, TALENT, Node

LABELS = st.text(min_size=1, max_size=60)
NODES = st.lists(st.tuples(st.sampled_from([SERVICE, TALENT]), LABELS), min_size=1, max_size=60)
PLACES = st.tuples(st.integers(0, 300), st.integers(0, 300))


@settings(max_examples=60, deadline=None)
@given(labels=NODES, places=st.lists(st.one_of(st.none(), PLACES), min_size=60, max_size=60))
def test_no_label_covers_another(labels, places):
    nodes = [Node(label, kind, number, label) for number, (kind, label) in enumerate(labels, start=1)]
    known = {node.key: place for node, place in zip(nodes, places, strict=False) if place is not None}
    drawn = sketch(nodes, known)
    assert drawn.boxes.keys() == {node.key for node in nodes}
    for one, other in combinations(drawn.boxes.values(), 2):
        apart = one.x + one.width + GAP <= other.x or other.x + other.width + GAP <= one.x
        assert apart or abs(one.y - other.y) >= HEIGHT + GAP
    for box in drawn.boxes.values():
        assert box.x >= 0
        assert box.x + box.width <= WIDTH
        assert box.y + HEIGHT <= drawn.height


def test_what_came_since_stands_below():
    old, new = Node("a", TALENT, 1, "Dessin"), Node("b", TALENT, 2, "Soudure")
    drawn = sketch([old, new], {old.key: (0.0, 0.0)})
    assert drawn.boxes[new.key].y >= drawn.boxes[old.key].y + HEIGHT + GAP
