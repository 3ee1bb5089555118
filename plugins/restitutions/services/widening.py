"""Those to whom a video is open are changed: who agreed to others is asked anew, or keeps it to these (C33 SPEC 7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from portal.api import Audience, Viewer, issue_token, notify, record, session, settle, show_token, texts

from plugins.restitutions.models import Consent, Restitution
from plugins.restitutions.permissions import session_facts
from plugins.restitutions.services.clearing import clear_again, standing_consents
from plugins.restitutions.services.emptying import SCOPE
from plugins.restitutions.values.readers import Readers

_ = texts("restitutions")
ASKED = _.later("You are filmed in “%(title)s”: do you agree to be shown?")
ASKED_ANEW = _.later("You are filmed in “%(title)s”: do you agree to be shown to others too?")


def ask(actor: Viewer | None, consent: Consent, restitution: Restitution, *, at: datetime) -> None:
    """Let somebody answer, unless they have: at an address of their own, or where they are signed in."""
    has_agreed = consent.is_given_for(restitution)
    act = "restitutions.consent_given" if has_agreed else "restitutions.consent_asked"
    record(act, restitution.subject, actor=actor, at=at)
    if consent.person_id is None and show_token(SCOPE, consent.subject) is None:
        issue_token(SCOPE, subject=consent.subject)
    elif consent.person_id is not None and not has_agreed:
        asked = ASKED_ANEW if consent.given_on else ASKED
        notify({consent.person_id}, consent.subject, asked, at=at, actor=actor, must_act=True)


def readers_changed(actor: Viewer | None, restitution: Restitution, *, at: datetime) -> None:
    """Ask anew who agreed to others than those to whom it is open by now; ask no longer whose consent covers them."""
    session.flush()
    for consent in standing_consents(restitution):
        if consent.is_given_for(restitution):
            settle(consent.subject, at=at)
        elif consent.given_on is not None:
            ask(actor, consent, restitution, at=at)
    clear_again(actor, restitution, at=at)


def asked_anew(restitution: Restitution, among: Iterable[Readers]) -> dict[Readers, int]:
    """Count those who would be asked anew if it were open to each of these; those it is open to are left out."""
    given = [one for one in standing_consents(restitution) if one.given_on]
    others = set(among) - {restitution.readers}
    return {readers: sum(not one.is_given_for(restitution, readers) for one in given) for readers in others}


def readers_before(consent: Consent, restitution: Restitution) -> Readers:
    """Give to whom it goes back if somebody agrees to no others: those they agreed to, or its author alone.

    No longer to these, once they may not all read its session.
    """
    of = session_facts(restitution.restituted)
    allowed = Readers.of(of.audience, of.group_id).is_wide_enough_for(consent.agreed)
    return consent.agreed if allowed else Readers(Audience.SELF)
