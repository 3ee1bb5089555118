"""Two who write the same thing at once: what it says now stands beside each field that differs, and no word is lost."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import pytest
from flask import Response, request
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.content.clock import real_now
from portal.content.editing import Overtaken, edition_of, must_have_seen
from portal.people.leaving import leave
from portal.people.persons import people
from portal.texts import language
from portal.values import Audience, Person
from portal.web.answers import see
from portal.web.forms import AudienceField, InstantField, PersonField
from portal.web.policy import signed_in
from portal.web.seen_forms import SeenForm

from tests.reading import words

KINDS = ("date", "time", "at", "ticked", "count", "picked", "lab", "readers", "text", "lines", "who")


class Everything(SeenForm):
    """One field of each kind."""

    date = DateField("Jour")
    time = TimeField("Heure")
    at = InstantField("Quand")
    ticked = BooleanField("Fixe")
    count = IntegerField("Places")
    picked = RadioField("Quoi", choices=[SelectChoice("a", "une plénière"), SelectChoice("b", "un atelier")])
    lab = SelectField("Labo", coerce=int, choices=[SelectChoice(0, "aucun"), SelectChoice(7, "Labo de Lens")])
    several = SelectMultipleField(
        "Jours", coerce=int, choices=[SelectChoice(1, "lundi"), SelectChoice(2, "mardi"), SelectChoice(3, "mercredi")]
    )
    readers = AudienceField("Qui peut lire ?", levels=(Audience.LAB, Audience.INTRANET))
    text = StringField("Titre")
    lines = TextAreaField("Idées")
    who = PersonField("Qui")


@pytest.fixture
def refused(app):
    """Give what stands beside the fields of a form filled with `typed` while it says `said` by now."""

    def refuse(typed, said):
        with app.test_request_context("/", method="POST"):
            language.set("fr")
            form = Everything(data=typed)
            form.refuse(Overtaken(said))
            assert form.seen.data == edition_of(said)
            assert "Entre-temps, ceci a été modifié" in str(form.form_errors[0])
            return {field.name: str(field.errors[0]).replace("\u00a0", " ") for field in form if field.errors}

    return refuse


TYPED = {
    "date": date(2026, 9, 10),
    "time": time(14, 20),
    "at": datetime(2026, 9, 10, 12, 20, tzinfo=UTC),
    "ticked": False,
    "count": 3,
    "picked": "a",
    "lab": 7,
    "several": [1],
    "readers": "lab",
    "text": "Foire",
    "lines": "une\r\ndeux",
    "who": Person(1, "Awa Diop"),
}
BY_NOW = {
    "date": (date(2026, 9, 11), "11 septembre 2026"),
    "time": (time(9, 5), "09:05"),
    "at": (datetime(2026, 9, 10, 12, 30, tzinfo=UTC), "10 septembre 2026, 14 h 30"),
    "ticked": (True, "oui"),
    "count": (0, "« 0 »"),
    "picked": ("b", "un atelier"),
    "lab": (None, "aucun"),
    "readers": (Audience.INTRANET, "Tous les agents"),
    "text": ("<b>Gare", "« <b>Gare »"),
    "lines": ("une deux", "« une deux »"),
    "who": (Person(2, "Bo Lang"), "« Bo Lang »"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_differs_is_read_beside_its_field_and_nowhere_else(refused, kind):
    value, read = BY_NOW[kind]
    assert refused(TYPED, {**TYPED, kind: value}) == {kind: f"Entre-temps, on y lit : {read}"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"ticked", "lab", "picked", "readers"}])
def test_what_was_emptied_is_nothing(refused, kind):
    assert refused(TYPED, {**TYPED, kind: None}) == {kind: "Entre-temps, on y lit : rien"}


GONE = "Entre-temps, on y lit : quelque chose que cette liste ne propose pas : ouvrez la page de nouveau"


def test_what_the_list_does_not_offer_is_not_told_by_its_number(refused):
    assert refused(TYPED, {**TYPED, "lab": 41}) == {"lab": GONE}
    assert refused({**TYPED, "lab": 40}, {**TYPED, "lab": 41}) == {"lab": GONE}


def test_of_several_choices_each_is_read(refused):
    assert refused(TYPED, {**TYPED, "several": [2, 3]}) == {"several": "Entre-temps, on y lit : mardi, mercredi"}
    assert refused(TYPED, {**TYPED, "several": []}) == {"several": "Entre-temps, on y lit : rien"}
    assert refused(TYPED, {**TYPED, "several": [9]}) == {"several": GONE}


SAME = {
    "lines": ("une\r\n\r\n deux ", "une\ndeux"),
    "text": ("", None),
    "lab": (0, None),
    "ticked": (False, None),
    "at": (datetime(2026, 9, 10, 12, 20, tzinfo=UTC), datetime(2026, 9, 10, 12, 20, 5, tzinfo=UTC)),
    "readers": ("lab", Audience.LAB),
    "who": (Person(1, "Awa Diop"), Person(1, "Awa Diop-Roux")),
}


@pytest.mark.parametrize("kind", SAME)
def test_what_reads_the_same_is_no_difference(refused, kind):
    typed, said = SAME[kind]
    assert refused({**TYPED, kind: typed}, {**TYPED, kind: said}) == {}


def test_what_is_no_field_of_the_form_takes_no_place_in_it(refused):
    assert refused(TYPED, {**TYPED, "state": "closed"}) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_what_changed_unseen_is_not_replaced(kind):
    said = {**TYPED, kind: BY_NOW[kind][0]}
    with pytest.raises(Overtaken) as refusal:
        must_have_seen(edition_of(TYPED), said, {**TYPED, "text": "Autre"})
    assert refusal.value.said == said


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_seen_is_replaced(kind):
    said = {**TYPED, kind: BY_NOW[kind][0]}
    must_have_seen(edition_of(dict(reversed(said.items()))), said, TYPED)


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_writes_what_stands_there_already_is_told_nothing(kind):
    must_have_seen(edition_of(TYPED), {**TYPED, kind: BY_NOW[kind][0]}, {**TYPED, kind: BY_NOW[kind][0]})


def test_without_an_edition_nothing_is_asked():
    must_have_seen(None, {"text": "un"}, {"text": "deux"})


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ({"text": "a", "lines": "b"}, {"text": "b", "lines": "a"}),
        ({"text": "a b", "lines": ""}, {"text": "a", "lines": "b"}),
        ({"text": "a"}, {"lines": "a"}),
        ({"count": 1}, {"count": "1"}),
        ({"count": 0}, {"count": None}),
    ],
)
def test_an_edition_tells_which_field_says_what(said, other):
    assert edition_of(said) != edition_of(other)


def test_somebody_who_left_is_the_same_person(make_user, writing, app):
    who = make_user("Awa Mbengue")
    with writing():
        leave(who.id, actor=None, at=real_now())
    with app.app_context():
        gone = people([who.id])[who.id]
    assert gone.name != who.name
    assert edition_of({"who": who}) == edition_of({"who": gone})


@pytest.fixture
def door(mount, app):
    """Mount a page that writes one thing; give its address, and the thing."""
    thing = {"text": "un", "lines": "a\nb"}

    @signed_in()
    def write():
        form = Thing(data=thing).shown_with(thing)
        if form.submitted():
            with form.attempt():
                typed = {name: form[name].data for name in thing}
                must_have_seen(form.seen.data, thing, typed)
                thing.update(typed)
                return see("core.my_account")
        drawn = app.jinja_env.get_template("components/field.html").module.field
        top = " ".join(map(str, form.form_errors))
        fields = "".join(map(drawn, (form.text, form.lines)))
        return Response(f"<p>{top}</p><form>{form.seen}{fields}</form>", status=422 if request.form else 200)

    return mount("thing", write, methods=["GET", "POST"]), thing


class Thing(SeenForm):
    """Two fields."""

    text = StringField("Titre", validators=[InputRequired()])
    lines = TextAreaField("Idées")


def shown(answer):
    """Give what the hidden field of a form sends back; there is one."""
    (seen,) = re.findall(r'name="seen"[^>]*value="(\w+)"', answer.text)
    return {"seen": seen}


def test_of_two_pages_the_second_reads_the_first_and_sent_again_replaces_it(door, own, post):
    url, thing = door
    before = shown(own.get(url))
    assert post(own, url, {**before, "text": "deux", "lines": "a\nb"}).status_code == 303
    refused = post(own, url, {**before, "text": "<trois>", "lines": "a\r\nb"})
    assert refused.status_code == 422
    assert words(refused).count("Entre-temps, on y lit : « deux »") == 1
    assert words(refused).count("Entre-temps, on y lit") == 1
    assert 'value="&lt;trois&gt;"' in refused.text
    assert thing["text"] == "deux"
    assert post(own, url, {**shown(refused), "text": "<trois>", "lines": "a\nb"}).status_code == 303
    assert thing["text"] == "<trois>"


def test_what_another_wrote_after_the_refusal_is_told_in_turn(door, own, post):
    url, thing = door
    before = shown(own.get(url))
    thing["text"] = "deux"
    refused = post(own, url, {**before, "text": "trois", "lines": "a\nb"})
    thing["lines"] = "c"
    again = post(own, url, {**shown(refused), "text": "trois", "lines": "a\nb"})
    assert again.status_code == 422
    assert "Entre-temps, on y lit : « c »" in words(again)


def test_a_form_refused_for_something_else_keeps_what_it_was_shown_with(door, own, post):
    url, thing = door
    before = shown(own.get(url))
    thing["lines"] = "c"
    refused = post(own, url, {**before, "text": "", "lines": "a\nb"})
    assert refused.status_code == 422
    assert shown(refused) == before
    assert "Entre-temps, on y lit : « c »" in words(post(own, url, {**shown(refused), "text": "un", "lines": "a\nb"}))
