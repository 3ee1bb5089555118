"""What one reader was shown is never an answer for another: titles of links and mails ask in other people's names."""

from __future__ import annotations

from flask import g

from portal.api import Viewer, now, session

from plugins.labs.models.lab import Lab
from plugins.labs.services.opening import Plan, open_ephemeral
from plugins.labs.views.loaders import glance_for, one_glance
from tests.plugins.labs.factories import make_lab

PLUGINS = ["labs"]


def test_a_glance_kept_for_one_page_is_not_given_to_another_reader(app, make_user, as_viewer, writing):
    awa = make_user("Awa Diop")
    with writing():
        lab_id = make_lab("Labo du port", animator=awa)
    who = as_viewer(awa)
    with writing():
        plan = Plan("Qui garde les clés ?", now(), 30, "", "lab")
        number = open_ephemeral(who, session.get_one(Lab, lab_id), plan=plan, at=now()).id
        one_glance(who, ephemeral_id=number)
        assert g.labs_glance
        assert glance_for(who, number) is not None
        assert glance_for(Viewer(is_agent=True), number) is None
