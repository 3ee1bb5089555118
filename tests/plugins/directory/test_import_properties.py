"""Importing what was exported changes nothing, whatever people are called (hypothesis)."""

from __future__ import annotations

import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.api import Column, PersonFacts, ServiceFacts, add_person, add_service, export, now, services, session

from plugins.directory.models.imports import Change, Kind
from plugins.directory.services.imports.columns import KNOWN
from plugins.directory.services.imports.exporting import people_rows, service_rows
from plugins.directory.services.imports.reading import read_table
from plugins.directory.views.import_acts import PEOPLE_NAMES, SERVICE_NAMES
from tests.plugins.directory.import_files import file_of, plan_of

PLUGINS = ["directory"]
# Everything that the portal itself takes in a form, formulas, quotes, separators and hidden signs included.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20).filter(
    lambda text: text.strip() and len(text.encode()) < 100
)
KEYS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=12)
PERSON = st.fixed_dictionaries(
    {"name": WORDS, "matricule": st.none() | KEYS, "job_title": st.none() | WORDS, "phone": st.none() | WORDS},
)
PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def exported(kind):
    names, rows = (PEOPLE_NAMES, people_rows()) if kind is Kind.PEOPLE else (SERVICE_NAMES, service_rows())
    return export("csv", "x", columns=[Column(name, KNOWN[kind][name][0]) for name in names], rows=rows).get_data()


@PATIENT
@given(people=st.lists(PERSON, max_size=6, unique_by=lambda one: one["matricule"]), places=st.lists(WORDS, max_size=4))
def test_an_export_imported_again_changes_nothing(writing, people, places):
    with writing():
        above = None
        for number, name in enumerate(places):
            above = add_service(ServiceFacts(name, f"C{number}", above), actor=None, at=now())
        previous = None
        for one in people:
            facts = PersonFacts(**one, service_id=above, superior_id=previous)
            previous = add_person(facts, actor=None, at=now())
        found = {*plan_of(exported(Kind.PEOPLE), complete=True).counts}
        assert found <= {Change.UNCHANGED, Change.REFUSED, Change.OUTSIDE}
        found = {*plan_of(exported(Kind.SERVICES), kind=Kind.SERVICES).counts}
        assert found <= {f"services_{Change.UNCHANGED}", f"services_{Change.REFUSED}"}
        session.rollback()


def test_what_an_ordinary_town_exports_is_read_back_without_a_refusal(writing):
    """The property above may be kept by refusing; here nothing may be refused."""
    with writing():
        above = add_service(ServiceFacts("Sports; loisirs", "SP"), actor=None, at=now())
        under = add_service(ServiceFacts("Piscine « Léo »", None, above), actor=None, at=now())
        add_service(ServiceFacts("Piscine « Léo »"), actor=None, at=now())
        chief = add_person(PersonFacts("Bo Lang", email="bo@ville.fr", service_id=above), actor=None, at=now())
        facts = PersonFacts("Zoé d’Œuvre", "0042", "z@ville.fr", under, 'Maître "nageur"', "+33 3 28", chief)
        add_person(facts, actor=None, at=now())
        assert len(services()) == 3
        assert plan_of(exported(Kind.PEOPLE), complete=True).counts == {Change.UNCHANGED: 2}


@PATIENT
@given(content=st.binary(max_size=300), rows=st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=5))
def test_no_file_breaks_the_reading(reading, content, rows):
    """Whatever is sent: a plan, or a sentence (`Invalid`)."""
    with reading():
        for data in (
            content,
            b"matricule;nom\n" + content,
            file_of(*rows, header=["matricule", "nom", "n+1", "service"]),
        ):
            try:
                read_table(data)
                plan_of(data, complete=True)
            except ValueError as error:
                raise AssertionError(data) from error
            except Exception as error:
                assert type(error).__name__ == "Invalid", error
