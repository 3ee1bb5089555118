"""What the pages load before they ask whether one may: absent and private are the same 404 (trust P3)."""

from __future__ import annotations

from portal.api import Viewer, now

from plugins.labs.models.project import Project
from plugins.labs.queries import projects


def one_project(viewer: Viewer, *, project_id: int) -> Project:
    """Give the project of a page, if this person may read it.

    :raises NotFound: absent, or not theirs to read
    """
    return projects.one_project(viewer, project_id, at=now())
