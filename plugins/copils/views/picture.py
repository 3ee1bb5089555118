"""The picture of a year of commitments, drawn on the server, with its table (C07)."""

from __future__ import annotations

from portal.api import local_day, now, page, signed_in, texts, viewer

from plugins.copils.queries.commitment_states import WORDS, State
from plugins.copils.queries.picture import picture_of
from plugins.copils.views.blueprint import blueprint

_ = texts("copils")

# The shape tells the state, in print and without colours too; each is drawn around its middle.
SHAPES = {
    State.LATE: "M0-6 6.5 5h-13z",
    State.OPEN: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    State.SAID_DONE: "M0-6.5 6.5 0 0 6.5-6.5 0z",
    State.UNCONFIRMED: "M-5-5h10v10h-10zM-5 5 5-5",
    State.KEPT: "M-5-5h10v10h-10z",
}


@blueprint.get("/picture")
@blueprint.get("/picture/<int(min=1900, max=2999):year>")
@signed_in()
def picture(year=None):
    """Draw what is due in a year, by function, month after month."""
    at = now()
    year = year or local_day(at).year
    return page(
        "copils/picture.html",
        year=year,
        years=(year - 1, year + 1),
        drawing=picture_of(viewer(), year, at=at),
        months=_("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split(),
        shapes=SHAPES,
        words=WORDS,
    )
