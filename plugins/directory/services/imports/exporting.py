"""People and services as they are now, in the form that an import reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.api import fold, local_day, services

from plugins.directory.services.imports.knowing import Known
from plugins.directory.services.imports.trees import Tree


def people_rows() -> Iterator[dict[str, object]]:
    """Give everybody who is here, alphabetical. Somebody without number and address has no key, and is left out."""
    known, tree = Known(), Tree(services())
    for number, facts in sorted(known.facts.items(), key=lambda pair: (fold(pair[1].name), pair[0])):
        if not facts.matricule and not facts.email:
            continue
        above = known.facts.get(facts.superior_id) if facts.superior_id else None
        node = tree.by_id.get(facts.service_id) if facts.service_id else None
        leaves = known.leaves_at.get(number)
        yield {
            "matricule": facts.matricule,
            "name": facts.name,
            "email": facts.email,
            "service": node.words if node else None,
            "service_code": node.code if node else None,
            "job_title": facts.job_title,
            "phone": facts.phone,
            "superior": (above.matricule or above.email) if above else None,
            "leaves_on": local_day(leaves) - timedelta(days=1) if leaves else None,
        }


def service_rows() -> Iterator[dict[str, object]]:
    """Give the open services that have a code, those above first."""
    codes = {card.id: card.code for card in services()}
    for card in services():
        if card.code:
            yield {"code": card.code, "name": card.name, "parent_code": codes.get(card.parent_id or 0)}
