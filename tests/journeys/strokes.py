"""How long an act takes hands that know it: the keystroke-level model of Card, Moran and Newell (1980).

An estimate, not a measure: it counts what the browser was given. Errors, and thinking of what one writes, are left out.
"""

KEY, PHONE_KEY, POINT, MIND = 0.28, 0.6, 1.1, 1.35


def seconds(*, keys: int, points: int, key: float = KEY) -> float:
    """Add up the keys, and for each thing pointed at the time to choose it and to reach it."""
    return keys * key + points * (MIND + POINT)
