"""The impact assessment that comes along, to be completed and signed on paper (C08 SPEC 10)."""

from __future__ import annotations

from portal.api import absolute_url, now, page, requires

from plugins.ambassadors import permissions
from plugins.ambassadors.queries.assessment import assessment
from plugins.ambassadors.views.blueprint import blueprint


@blueprint.get("/aipd")
@requires(permissions.ASSESS)
def impact_assessment():
    """Print the impact assessment: what the plugin does is filled in, what the collectivity does is left open."""
    title, blocks = assessment()
    return page(
        "ambassadors/aipd.html",
        title=title,
        blocks=blocks,
        address=absolute_url("ambassadors.impact_assessment"),
        printed_at=now(),
    )
