"""The mirror of mix of a lab one belongs to, what one declares for it, the workforce beside it (C19)."""

from __future__ import annotations

from flask import request, url_for

from portal.api import (
    form_page,
    group_cards,
    local_day,
    message,
    now,
    page,
    requires,
    see,
    services,
    setting,
    texts,
    viewer,
)

from plugins.ambassadors import permissions
from plugins.ambassadors.forms.mirror import MixForm, WorkforceForm, typed_lines
from plugins.ambassadors.models.mirror import DECLARED, SITE, SMALLEST_LAB
from plugins.ambassadors.queries.mirrors import mirrors_of, mix_of, picture_of, workforce_of
from plugins.ambassadors.queries.shares import TITLES, VALUE_WORDS, panels_of, signals_of
from plugins.ambassadors.services.mirrors import declare, take_back, write_workforce
from plugins.ambassadors.views.blueprint import blueprint
from plugins.ambassadors.views.loaders import own_lab

_ = texts("ambassadors")
LIMITS = ("direction_percent", "half_percent", "long_percent")


@blueprint.get("/mirror")
@requires(permissions.MIRROR)
def mirrors():
    """List the labs one belongs to: of these alone one reads the mirror."""
    labs = [card for card in group_cards(viewer()) if card.id in viewer().lab_ids]
    return page("ambassadors/mirrors.html", labs=labs)


@blueprint.get("/mirror/<int:group_id>")
@requires(permissions.MIRROR, lab=own_lab)
def mirror(lab):
    """Show what was published of a lab for a quarter, beside the workforce; nothing is counted now (SPEC 1)."""
    published = mirrors_of(lab.id)
    asked = [found for found in published if found.quarter_on.isoformat() == request.args.get("quarter")]
    shown = next(iter(asked or published), None)
    year, workforce = workforce_of(shown.quarter_on.year) if shown else (None, {})
    panels = panels_of(picture_of(shown), workforce)
    limits = {name: setting("ambassadors", name) for name in LIMITS}
    return page(
        "ambassadors/mirror.html",
        lab=lab,
        shown=shown,
        published=published,
        year=year,
        panels=panels,
        signals=signals_of(panels, limits),
        smallest=SMALLEST_LAB,
    )


@blueprint.route("/mix", methods=["GET", "POST"])
@requires(permissions.CARD)
def mix():
    """Let somebody declare of themself what the next mirror counts, if they like (SPEC 6)."""
    own = mix_of(viewer().person_id or 0)
    told = {name: getattr(own, name) for name in DECLARED} if own else {}
    form = MixForm(workforce_of(local_day(now()).year)[1].get(SITE, {}), data=told)
    if form.submitted():
        with form.attempt():
            declare(viewer(), form.answers, at=now())
            message(_("Kept. It counts from the next quarter, among those of your lab."))
            return see("ambassadors.mix")
    said = {name: VALUE_WORDS.get((name, value), value) for name, value in told.items() if value}
    context = {"said": said, "titles": TITLES, "cancel_url": url_for("ambassadors.mine")}
    return form_page("ambassadors/mix.html", form, **context)


@blueprint.post("/mix/take-back")
@requires(permissions.CARD)
def mix_take_back():
    """Take back one answer, or all, in one click (SPEC 6)."""
    which = request.form.get("which", "")
    take_back(viewer(), (which,) if which else DECLARED, at=now())
    message(_("Taken back. What was published before stays as it was: nobody can be found in it."))
    return see("ambassadors.mix")


@blueprint.route("/workforce", methods=["GET", "POST"])
@requires(permissions.WORKFORCE)
def workforce():
    """Type the workforce of the collectivity, once a year (SPEC 2)."""
    this_year = local_day(now()).year
    directions = [card.name for card in services() if card.depth == 0]
    last, heads = workforce_of(this_year)
    form = WorkforceForm(data={"year": this_year, **typed_lines(heads, directions)})
    if form.submitted():
        with form.attempt():
            write_workforce(viewer(), form.year.data, form.told(directions), at=now())
            message(_("Kept. The mirrors of the labs are read beside it."))
            return see("ambassadors.workforce")
    return form_page("ambassadors/workforce.html", form, last=last, cancel_url=url_for("ambassadors.mine"))
