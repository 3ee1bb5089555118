"""What the pages load before they ask whether one may: absent and private are the same 404 (trust P3)."""

from __future__ import annotations

from portal.api import NotFound, Viewer, now, texts

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Copil
from plugins.copils.queries.commitments import readable_commitment
from plugins.copils.queries.copils import readable_copil

_ = texts("copils")


def one_copil(viewer: Viewer, *, copil_id: int) -> Copil:
    """Give the copil of a page.

    :raises NotFound: absent, or not theirs to read
    """
    copil = readable_copil(viewer, copil_id, at=now())
    if copil is None:
        raise NotFound(_("There is no copil at this address, or it is not open to you."))
    return copil


def one_commitment(viewer: Viewer, *, commitment_id: int) -> Commitment:
    """Give the commitment of a page.

    :raises NotFound: absent, or not theirs to read
    """
    commitment = readable_commitment(viewer, commitment_id, at=now())
    if commitment is None:
        raise NotFound(_("There is no commitment at this address, or it is not open to you."))
    return commitment
