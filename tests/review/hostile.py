"""What somebody might type to make another's browser do something: put in every column of words, and in every form.

Each string calls `ran`, which counts, or makes an element or an attribute named `x-made`: one that is shown as it was
typed does neither. With the content policy off, nothing but the escaping stands in the way (P5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import count

from flask import Flask

from portal.db import db, transaction

from tests.review.furniture import Furniture
from tests.review.looking import Sight
from tests.review.stamping import written_in

LONGEST = 200
EVALUATED = str(30103 * 3)
TYPED = (
    "<img x-made src=x onerror=ran(1)>",
    '"><svg x-made/onload=ran(2)>',
    "javascript:ran(3)",
    "{{30103*3}}{%x%}${30103*3}",
    "</script><script>ran(4)</script>",
    "'\" x-made autofocus onfocus=ran(5) '",
    "<b x-made hx-on:load=ran(6) data-hx-get=/x data-hx-trigger=load>",
    "</textarea></title><!--><x-made>",
    "<img x-made src=//elsewhere.example/x>",
    "&lt;x-made&gt;\\u003cx-made\\u003e&#60;x-made>",
)
# All of them in one, for whatever takes so much; a link must begin with its scheme.
TOGETHER = " ".join(text for text in TYPED if not text.startswith("javascript:"))


def poison(app: Flask, furniture: Furniture) -> int:
    """Write them in every column of every row, in turn; give how many were written."""
    turns: Counter[str] = Counter()

    def text(column: str, width: int) -> str:
        some = TYPED if width < len(TOGETHER) else (TOGETHER, "javascript:ran(3)")
        turns[column] += 1
        return some[(turns[column] + len(turns)) % len(some)]

    _write_everywhere(app, furniture, text)
    return turns.total()


def lengthen(app: Flask, furniture: Furniture) -> None:
    """Write the longest word that each column holds, or that anybody would type; a number makes each its own."""
    numbers = count()
    _write_everywhere(app, furniture, lambda _column, width: f"{next(numbers)}".ljust(min(width, LONGEST), "W"))


def _write_everywhere(app: Flask, furniture: Furniture, text: Callable[[str, int], str]) -> None:
    with app.test_request_context(), transaction():
        for written in written_in(furniture):
            width = getattr(written.column.type, "length", None) or LONGEST * 2
            written.replace(text(str(written.column), width), furniture)
        db.session.flush()


def evaluated(sights: Iterable[Sight]) -> Iterator[str]:
    """Find the pages where a template was read in what somebody typed."""
    yield from (f"{sight} reads what is typed as a template" for sight in sights if EVALUATED in sight.html)
