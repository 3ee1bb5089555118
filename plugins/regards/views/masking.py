"""Masking a line with a reason, and showing it again (C07 SPEC 11)."""

from __future__ import annotations

from portal.api import form_page, message, now, requires, see, texts, viewer

from plugins.regards import permissions
from plugins.regards.forms.questions import MaskForm
from plugins.regards.services.masking import mask_line, unmask_line
from plugins.regards.views.acts import url_of
from plugins.regards.views.blueprint import blueprint
from plugins.regards.views.loaders import line_to_run

_ = texts("regards")


@blueprint.route("/lines/<int:line_id>/mask", methods=["GET", "POST"])
@requires(permissions.RUN, line=line_to_run)
def mask(line):
    """Mask a line; once it is, its words are shown here neither."""
    if line.masked_at is not None:
        return see("regards.board", board_id=line.board_id)
    form = MaskForm()
    if form.submitted():
        with form.attempt():
            mask_line(viewer(), line, reason=form.reason.data, at=now())
            message(_("The line is masked: the round says that you did it, and why. You may show it again."))
            return see("regards.board", board_id=line.board_id)
    return form_page("regards/mask.html", form, line=line, cancel_url=url_of(line.board))


@blueprint.post("/lines/<int:line_id>/unmask")
@requires(permissions.RUN, line=line_to_run)
def unmask(line):
    """Show a line again."""
    unmask_line(viewer(), line, at=now())
    message(_("The line is shown again."))
    return see("regards.board", board_id=line.board_id)
