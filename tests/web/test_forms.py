"""Forms: what people type in France is read, nothing they typed is lost, errors stand beside their field."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Response
from wtforms import FormField, PasswordField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import PasswordInput

from portal.content.clock import real_now
from portal.errors import Conflict, Invalid
from portal.people.functions import create_function
from portal.people.leaving import leave
from portal.texts import language, speaking
from portal.values import Audience
from portal.web.forms import AudienceField, Filters, Form, InstantField, PersonField
from portal.web.policy import signed_in

PARIS, REUNION = "Europe/Paris", "Indian/Reunion"


class Everything(Form):
    """One field of each kind of ours."""

    words = StringField("Mots", validators=[InputRequired(), Length(max=40)])
    at = InstantField("Quand")
    who = PersonField("Qui")
    audience = AudienceField("Qui peut lire ?", levels=(Audience.LAB, Audience.NETWORK, Audience.INTRANET))


class Secretive(Form):
    """A text and a password."""

    words = StringField("Mots")
    secret = PasswordField("Clé")


class Ink(StringField):
    """A field of a stranger, with a default of its own."""

    def __init__(self, *words, **options):
        super().__init__(*words, default="#000", **options)


class Boxed(Form):
    """A form within a form, and fields that are not those of everybody."""

    box = FormField(Secretive)
    shown = StringField("Clé", widget=PasswordInput())
    own = Ink("Encre")
    none = StringField("Rien", default=None)


class Narrow(Filters):
    """The filters of a list."""

    words = StringField("Mots", validators=[InputRequired()])


@pytest.fixture
def sent(app):
    """Give the form as sent."""

    def send(**data):
        with app.test_request_context("/", method="POST", data={"words": "x", "audience": "lab", **data}):
            language.set("fr")
            form = Everything()
            form.is_good = form.submitted()
            form.drawn = {field.name: str(field()) for field in form}
            return form

    return send


@pytest.mark.parametrize(
    ("zone", "typed", "instant"),
    [
        (PARIS, "2018-01-26T14:40", datetime(2018, 1, 26, 13, 40, tzinfo=UTC)),
        (PARIS, "2018-07-26T14:40", datetime(2018, 7, 26, 12, 40, tzinfo=UTC)),
        (REUNION, "2018-07-26T14:40", datetime(2018, 7, 26, 10, 40, tzinfo=UTC)),
        (PARIS, "26/01/2018 14 h 40", datetime(2018, 1, 26, 13, 40, tzinfo=UTC)),
        (PARIS, "26/01/2018 14\u00a0h\u00a040", datetime(2018, 1, 26, 13, 40, tzinfo=UTC)),
        (PARIS, "26/1/2018 à 9h", datetime(2018, 1, 26, 8, 0, tzinfo=UTC)),
        (PARIS, "26/01/2018, 9:05", datetime(2018, 1, 26, 8, 5, tzinfo=UTC)),
        (PARIS, "2018-03-25T02:30", datetime(2018, 3, 25, 1, 30, tzinfo=UTC)),  # an hour that did not exist
        (PARIS, "2018-10-28T02:30", datetime(2018, 10, 28, 0, 30, tzinfo=UTC)),  # an hour that came twice: the first
    ],
)
def test_an_instant_is_read_in_the_collectivitys_zone(app, sent, zone, typed, instant):
    app.config["TIMEZONE"] = zone
    form = sent(at=typed)
    assert form.is_good
    assert form.at.data == instant


@pytest.mark.parametrize(
    "typed", ["demain", "31/02/2018 9 h", "26/13/2018 9h", "26/01/2018 25h", "2018", "9999-99-99T00:00"]
)
def test_what_is_no_instant_is_said_so_and_kept(sent, typed):
    form = sent(at=typed)
    assert not form.is_good
    assert "26/01/2018" in str(form.at.errors[0])
    assert typed in form.drawn["at"]


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_the_ends_of_time_break_nothing(sent, typed):
    sent(at=typed)


def test_an_instant_may_be_left_empty(sent):
    form = sent(at="  ")
    assert form.is_good
    assert form.at.data is None


def test_a_person_is_found_by_name_matricule_or_a_part(sent, make_user):
    awa = make_user("Awa Mbengue", matricule="D001")
    make_user("Bruno Diallo", matricule="D002")
    for typed in ("Awa Mbengue", "awa mbengue", "D001", "mbeng", " Awa "):
        assert sent(who=typed).who.data == awa


def test_somebody_who_left_is_not_found(sent, make_user, writing):
    who = make_user("Awa Mbengue")
    with writing():
        leave(who.id, actor=None, at=real_now())
    form = sent(who="Awa Mbengue")
    assert not form.is_good


def test_nobody_is_said_so(sent):
    form = sent(who="Inconnu")
    assert "Personne ici" in str(form.who.errors[0])
    assert "Inconnu" in form.drawn["who"]


def test_several_people_are_named_and_a_whole_name_wins(sent, make_user):
    exact = make_user("Jean Roux")
    make_user("Jean Rouxel")
    form = sent(who="jean rou")
    assert "Jean Roux, Jean Rouxel" in str(form.who.errors[0])
    assert sent(who="Jean Roux").who.data == exact


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'; DROP TABLE users"])
def test_signs_of_a_search_are_letters(sent, make_user, typed):
    make_user("Awa Mbengue")
    assert sent(who=typed).who.data is None


def test_an_audience_begins_at_the_smallest_and_takes_no_other(sent):
    assert Everything.audience.kwargs["levels"][0] == Audience.LAB
    assert sent(audience="lab").audience.data == "lab"
    assert not sent(audience="public").is_good


@signed_in()
def fill():
    form = Everything()
    if form.submitted():
        with form.attempt():
            create_function("écrite puis défaite")
            if form.words.data == "pris":
                raise Conflict("C’est pris.")
            raise Invalid("Trop court.", field="words")
    return Response(_all(form), status=422)


def _all(form):
    return " ".join(
        [str(field()) for field in form]
        + [str(e) for field in form for e in field.errors]
        + [str(e) for e in form.form_errors]
    )


def test_a_refusal_of_the_domain_stands_in_the_form_and_loses_nothing(app, own, post, mount):
    url = mount("fill", fill, methods=["POST"])
    text = "à moitié <écrit> & gardé"
    answer = post(own, url, {"words": text, "at": "hier", "who": "Inconnu", "audience": "network"})
    assert answer.status_code == 422
    for kept in ("à moitié &lt;écrit&gt; &amp; gardé", "hier", "Inconnu", 'checked id="audience-1"'):
        assert kept in answer.text
    for words, refusal in (("pris", "C’est pris."), ("court", "Trop court.")):
        assert refusal in post(own, url, {"words": words, "audience": "lab"}).text
    from portal.people.functions import function_choices

    with app.app_context():
        assert function_choices() == []


@pytest.mark.parametrize("typed", ["", "   ", "\u00a0\t\r\n", "\u200b \ufeff"])
def test_a_required_field_of_blanks_is_an_empty_one(sent, typed):
    form = sent(words=typed)
    assert not form.is_good
    assert form.words.errors


def test_blanks_around_a_text_are_not_kept_but_those_of_a_password_are(app):
    with app.test_request_context("/", method="POST", data={"words": " \u200bdeux  mots\n", "secret": " clé "}):
        form = Secretive()
    assert (form.words.data, form.secret.data) == ("deux  mots", " clé ")


def test_a_long_run_of_blanks_is_read_in_one_go(app):
    # an expression that tries again at each blank would still be at it tomorrow, the write lock in its hand
    with app.test_request_context("/", method="POST", data={"words": "a" + " " * 900_000 + "b"}):
        assert len(Secretive().words.data) == 900_002


def test_a_form_within_a_form_is_left_as_it_was_sent(app):
    with app.test_request_context("/", method="POST", data={"box-secret": " clé ", "shown": " clé "}):
        form = Boxed()
    assert (form.box.secret.data, form.shown.data) == (" clé ", " clé ")


def test_a_field_that_says_what_it_is_without_a_word_keeps_it(app):
    with app.test_request_context("/", method="POST", data={}):
        assert (Boxed().own.data, Boxed().none.data) == ("#000", None)


def test_a_text_that_was_not_sent_is_an_empty_one(app):
    with app.test_request_context("/", method="POST", data={"secret": "clé"}):
        assert Secretive().words.data == ""
    with app.test_request_context("/?words=%20lab%20"):
        assert Narrow().words.data == "lab"


def test_no_browser_cuts_what_is_pasted(app, sent):
    form = sent(words="x" * 41)
    with app.test_request_context("/"):
        drawn = app.jinja_env.get_template("components/field.html").module.field(form.words)
    assert not form.is_good
    assert "x" * 41 in drawn
    assert "40" in drawn
    assert "maxlength" not in drawn


def test_the_messages_of_the_form_library_are_french(sent):
    form = sent(words="")
    assert "requis" in str(form.words.errors[0]) or "obligatoire" in str(form.words.errors[0])


@pytest.mark.parametrize(("spoken", "said"), [("fr", "Ce champ est requis."), ("en", "This field is required.")])
def test_wtforms_speaks_the_language_of_the_page(app, spoken, said):
    with app.test_request_context("/", method="POST", data={}), speaking(spoken):
        form = Everything()
        form.submitted()
        assert form.words.errors == [said]
        filters = Narrow()
        filters.validate()
        assert filters.words.errors == [said]


def test_a_template_that_is_not_compiled_anew_counts_too(app):
    words = app.jinja_env.globals
    with speaking("en"):
        assert words["ngettext"]("%(num)s %(one)s", "%(num)s %(one)ss", 2, one="leaf") == "2 leafs"
        assert words["ngettext"]("%(num)d leaf", "%(num)d leaves and %(num)s", 1234) == "1234 leaves and 1,234"
        assert words["_"]("%(text)s", text="leaf") == "leaf"
