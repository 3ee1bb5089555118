"""Taking the words of a video, from captions that were made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from portal.api import Event, Viewer, fold, must_have_seen, publish, session

from plugins.restitutions.models import Cue, Restitution
from plugins.restitutions.queries.said import typed_of
from plugins.restitutions.services.holding import facts_of, hold, must_own
from plugins.restitutions.services.publishing import fold_again, say_words_are_there
from plugins.restitutions.values.captions import Spoken, write_captions


def take_words(
    actor: Viewer, restitution: Restitution, cues: Sequence[Spoken], *, seen: str | None = None, at: datetime
) -> None:
    """Keep these words for those of the video; they are searched, and shown beneath it.

    :param seen: the `edition_of` the words that the actor had before them; None not to ask
    :raises Forbidden: it is somebody else's
    :raises Conflict: it was taken down
    :raises Overtaken: other words were kept meanwhile
    """
    must_own(actor, restitution)
    hold(restitution)
    must_have_seen(seen, typed_of(restitution), {"typed": write_captions(cues)})
    session.execute(sa.delete(Cue).where(Cue.restitution_id == restitution.id))
    made = [
        Cue(
            restitution_id=restitution.id,
            starts_ms=cue.starts_ms,
            ends_ms=cue.ends_ms,
            words=cue.words,
            folded=fold(cue.words),
        )
        for cue in cues
    ]
    session.add_all(made)
    session.flush()
    say_words_are_there(restitution)
    fold_again(restitution)
    publish(Event("restitutions.words_taken", restitution.subject, actor.person_id, at, facts_of(restitution)))
