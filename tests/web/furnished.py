"""Something at number 1 of everything: a test that fills addresses with 1 then comes upon what it could harm."""

from __future__ import annotations

from portal.content.clock import now
from portal.content.files.keeping import Upload, keep_file
from portal.content.notices import notify
from portal.db import db
from portal.people.functions import create_function, hold_function
from portal.people.services import ServiceFacts, add_service
from portal.people.sessions import viewer_of
from portal.texts import CORE, texts
from portal.values import Person, Subject

from plugins.directory.models.imports import Kind
from plugins.directory.services.imports.staging import pack, stage
from plugins.labs.models.lab import Lab
from plugins.labs.services.labs import add_sponsor
from plugins.labs.services.votes import call_vote
from tests.plugins.directory.import_files import file_of, plan_of
from tests.plugins.labs.ephemeral_factories import make_ephemeral
from tests.plugins.labs.factories import make_lab, make_project

PLUGINS = ["labs", "directory"]
_ = texts(CORE)


def furnish(person: Person, upload: Upload) -> None:
    """Make one of each, of which `person` is the animator, the lead, the opener. Call it inside `with writing():`."""
    at = now()
    function = create_function("Responsable de l’accueil")
    hold_function(function, person.id, since=at)
    add_service(ServiceFacts("Accueil"), actor=None, at=at)
    lab = make_lab("Labo des portes", members=[person], animator=person)
    make_ephemeral(lab, person, people=[person], allows_guests=True)
    make_project(lab, person)
    actor, row = viewer_of(person.id), db.session.get_one(Lab, lab)
    call_vote(actor, row, at=at)
    add_sponsor(actor, row, function_id=function, at=at)
    keep_file(Subject("labs.lab", lab), upload, actor=actor, at=at)
    notify([person.id], Subject("labs.lab", lab), _.later("“%(title)s” has been dug"), at=at)
    stage(plan_of(file_of(["M9", "Diop", "Awa"]), kind=Kind.PEOPLE), pack(b"x"), actor=actor, at=at)
