"""Verbs of the vocabulary: import words, begin with the list that is proposed, retire one, bring it back (C08 SPEC 9).

One role at least needs neither writing nor an e-mail address (C19 SPEC 5). What cards bear of a retired word stays.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from portal.api import Conflict, Viewer, fold, record, session, texts

from plugins.ambassadors.models.vocabulary import MAX_TAGS, ROLE, WORDS, Tag, TagWord
from plugins.ambassadors.queries.stems import stems
from plugins.ambassadors.queries.word_plans import LAST_ROLE, Plan, What, Word, plan_import

_ = texts("ambassadors")

PROPOSED = Path(__file__).parents[1] / "vocabulary.csv"


def import_words(actor: Viewer, text: str, *, at: datetime) -> Plan:
    """Do what `plan_import` says of this text, line by line; what it refuses is left out.

    :raises Invalid: it is no table of words
    :raises Conflict: no role for everybody would be left
    """
    _offered_roles()
    plan = plan_import(text)
    if plan.refusal:
        raise Conflict(plan.refusal)
    for line in plan.lines:
        if line.word is not None and line.what is not What.SAME:
            _keep(plan.known.get(line.word.key) or Tag(), line.word)
    facts = {"added": plan.count(What.ADDED), "changed": plan.count(What.CHANGED)}
    record("ambassadors.words_imported", WORDS, actor=actor, at=at, facts=facts)
    return plan


def begin_with_proposed(actor: Viewer, *, at: datetime) -> Plan:
    """Begin with the list that comes along.

    :raises Conflict: there are words already
    """
    if session.scalar(sa.select(sa.exists().select_from(Tag))):
        raise Conflict(_("There are words already: import the list, and look at what it would change."))
    return import_words(actor, PROPOSED.read_text(encoding="utf-8"), at=at)


def retire(actor: Viewer, tag: Tag, *, at: datetime) -> None:
    """Offer a word no longer; twice changes nothing.

    :raises Conflict: it is the last role for everybody
    """
    if tag.retired_at is not None:
        return
    if tag.kind == ROLE and {role.id for role in _offered_roles() if _is_for_all(role)} == {tag.id}:
        raise Conflict(LAST_ROLE)
    tag.retired_at = at
    session.flush()
    record("ambassadors.word_retired", WORDS, actor=actor, at=at, facts={"word": tag.id})


def bring_back(actor: Viewer, tag: Tag, *, at: datetime) -> None:
    """Offer a word again; twice changes nothing.

    :raises Conflict: the list is full
    """
    if tag.retired_at is None:
        return
    if (session.scalar(sa.select(sa.func.count()).where(Tag.retired_at.is_(None))) or 0) >= MAX_TAGS:
        raise Conflict(_("%(max)s words at most: nobody reads a longer list.", max=MAX_TAGS))
    tag.retired_at = None
    session.flush()
    record("ambassadors.word_back", WORDS, actor=actor, at=at, facts={"word": tag.id})


def _offered_roles() -> list[Tag]:
    """Hold the roles that are offered: two that are retired or changed at once are not both the last but one."""
    offered = sa.select(Tag).where(Tag.kind == ROLE, Tag.retired_at.is_(None)).order_by(Tag.id)
    return list(session.scalars(offered.with_for_update(), execution_options={"populate_existing": True}))


def _is_for_all(role: Tag) -> bool:
    return not (role.needs_writing or role.needs_mail)


def _keep(tag: Tag, word: Word) -> None:
    for name, value in word.values.items():
        setattr(tag, name, value)
    tag.folded = fold(word.label)
    session.add(tag)
    session.flush()
    session.execute(sa.delete(TagWord).where(TagWord.tag_id == tag.id))
    found = sorted(stems(f"{word.label} {word.synonyms}"))
    session.add_all(TagWord(tag_id=tag.id, stem=stem) for stem in found)
    session.flush()
