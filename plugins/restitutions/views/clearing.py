"""Saying that nobody can be recognised, and taking it back; hiding a restitution, and showing it again."""

from __future__ import annotations

from portal.api import message, now, requires, see, texts, viewer

from plugins.restitutions import permissions
from plugins.restitutions.services.clearing import hide, say_nobody, say_somebody, show_again
from plugins.restitutions.views.blueprint import blueprint
from plugins.restitutions.views.loaders import own_restitution, standing_restitution

_ = texts("restitutions")


@blueprint.post("/<int:restitution_id>/nobody")
@requires(permissions.ADD, restitution=own_restitution)
def nobody(restitution):
    """Say that nobody can be recognised there."""
    say_nobody(viewer(), restitution, at=now())
    message(_("It is noted: nobody can be recognised there. You may take it back on this page."))
    return see("restitutions.restitution", restitution_id=restitution.id)


@blueprint.post("/<int:restitution_id>/somebody")
@requires(permissions.ADD, restitution=own_restitution)
def somebody(restitution):
    """Take that back."""
    say_somebody(viewer(), restitution, at=now())
    message(_("It is noted: somebody can be recognised there. Say who."))
    return see("restitutions.restitution", restitution_id=restitution.id)


@blueprint.post("/<int:restitution_id>/hide")
@requires(permissions.HIDE, restitution=standing_restitution)
def hide_restitution(restitution):
    """Hide it from everybody but whoever added it."""
    hide(viewer(), restitution, at=now())
    message(_("It is hidden. Whoever added it is told; you may show it again on this page."))
    return see("restitutions.restitution", restitution_id=restitution.id)


@blueprint.post("/<int:restitution_id>/show")
@requires(permissions.HIDE, restitution=standing_restitution)
def show_restitution(restitution):
    """Show it again."""
    show_again(viewer(), restitution, at=now())
    message(_("It is shown again."))
    return see("restitutions.restitution", restitution_id=restitution.id)
