"""What the pages load before they ask whether one may: absent and private are the same 404 (trust P3)."""

from __future__ import annotations

from typing import cast

from flask import g

from portal.api import NotFound, Viewer, now, texts

from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.models.project import Project
from plugins.labs.queries.ephemerals import Glance, ephemeral_for, readable_glance
from plugins.labs.queries.projects import readable_project

_ = texts("labs")


def _no_ephemeral() -> NotFound:
    return NotFound(_("There is no ephemeral lab at this address, or it is not open to you."))


def one_ephemeral(viewer: Viewer, *, ephemeral_id: int) -> Ephemeral:
    """Give the ephemeral lab that somebody is about to change.

    :raises NotFound: absent, or not theirs to read
    """
    found = ephemeral_for(viewer, ephemeral_id, at=now())
    if found is None:
        raise _no_ephemeral()
    return found


def one_glance(viewer: Viewer, *, ephemeral_id: int) -> Glance:
    """Give what the page of an ephemeral lab shows; the hooks asked for that page find it again.

    :raises NotFound: absent, or not theirs to read
    """
    found = readable_glance(viewer, ephemeral_id, at=now())
    if found is None:
        raise _no_ephemeral()
    g.labs_glance = (viewer, found)
    return found


def glance_for(viewer: Viewer, ephemeral_id: int) -> Glance | None:
    """Give what an ephemeral lab shows, without asking twice on its own page; None if it is not theirs to read."""
    reader, shown = g.get("labs_glance", (None, None))
    if shown is not None and shown.ephemeral.id == ephemeral_id and reader == viewer:
        return cast("Glance", shown)  # what somebody else may read is another question
    return readable_glance(viewer, ephemeral_id, at=now())


def one_project(viewer: Viewer, *, project_id: int) -> Project:
    """Give the project of a page.

    :raises NotFound: absent, or not theirs to read
    """
    project = readable_project(viewer, project_id, at=now())
    if project is None:
        raise NotFound(_("There is no project at this address, or it is not open to you."))
    return project
