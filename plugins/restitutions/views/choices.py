"""« Toujours pour cet hébergeur »: chosen on the page of a video, taken back there or on a page of one's own."""

from __future__ import annotations

from portal.api import message, now, page, see, signed_in, texts, viewer

from plugins.restitutions.queries.hosts import choices_of
from plugins.restitutions.services.choices import ask_again, show_always
from plugins.restitutions.values.places import NAMES_OF_FRAMES
from plugins.restitutions.views.blueprint import blueprint
from plugins.restitutions.views.loaders import own_choice, standing_restitution

_ = texts("restitutions")


@blueprint.post("/<int:restitution_id>/always")
@signed_in(restitution=standing_restitution)
def always(restitution):
    """Show the videos of the host of this one without asking, from now on."""
    if restitution.place is not None:
        show_always(viewer(), restitution.place.frame_host, at=now())
        message(_("Videos of %(name)s now show without asking, for you alone.", name=restitution.place.name))
    return see("restitutions.restitution", restitution_id=restitution.id)


@blueprint.post("/<int:restitution_id>/ask-first")
@signed_in(restitution=standing_restitution)
def ask_first(restitution):
    """Ask first again, for the host of this one."""
    if restitution.place is not None:
        ask_again(viewer(), restitution.place.frame_host)
        message(_("You are asked again before a video of %(name)s shows.", name=restitution.place.name))
    return see("restitutions.restitution", restitution_id=restitution.id)


@blueprint.get("/choices")
@signed_in()
def choices():
    """List the hosts that one always shows."""
    return page("restitutions/choices.html", choices=choices_of(viewer()), names=NAMES_OF_FRAMES)


@blueprint.post("/choices/<int:choice_id>/forget")
@signed_in(choice=own_choice)
def forget_choice(choice):
    """Ask first again, for this host."""
    host = choice.host
    ask_again(viewer(), host)
    message(_("You are asked again before a video of %(name)s shows.", name=NAMES_OF_FRAMES.get(host, host)))
    return see("restitutions.choices")
