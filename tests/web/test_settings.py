"""Settings of a plugin: its form makes the page; checked, audited, defaulted, taken back; secrets by reference."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pluggy
import pytest
import sqlalchemy as sa
from wtforms import BooleanField, DateField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from portal.content.models import AuditEntry
from portal.content.settings import SettingRow, change_settings, setting
from portal.errors import PluginFault
from portal.hosting.factory import create_app
from portal.loader.hooks import Hooks
from portal.loader.registration import _check_settings
from portal.web.forms import Form, SecretField

from tests.reading import words

PLUGINS = ["labs"]
AT = datetime(2018, 1, 26, 13, tzinfo=UTC)
CALM, WARM = [SelectChoice("calm", "calme")], [SelectChoice("warm", "chaleureux")]
URL = "/plugins/labs/settings"


class Rules(Form):
    days = IntegerField("Jours", default=30, validators=[InputRequired(), NumberRange(1, 365)])
    tone = SelectField("Ton", choices=CALM + WARM, default="calm")
    is_open = BooleanField("Ouvert", default=True)
    groups = SelectMultipleField(
        "Groupes", choices=[SelectChoice("a", "Les A"), SelectChoice("b", "Les B")], default=["a"]
    )
    since_on = DateField("Depuis", default=date(2018, 1, 26))
    key = SecretField("Clé du service")
    motto = StringField("Devise", default="")


SENT = {
    "days": "30",
    "tone": "calm",
    "is_open": "y",
    "groups": ["a"],
    "since_on": "2018-01-26",
    "key": "",
    "motto": "",
}


@pytest.fixture
def rules(app):
    """Let labs be set by a form with a field of every sort."""
    app.config["SETTINGS"]["labs"] = Rules
    return Rules


@pytest.fixture
def send(admin, post, rules):
    return lambda **changes: post(admin, URL, {**SENT, **changes})


@pytest.fixture
def value(reading):
    def read(key):
        with reading():
            return setting("labs", key)

    return read


@pytest.fixture
def audited(app):
    def read():
        with app.config["ENGINE"].connect() as conn:
            chosen = AuditEntry.action.like("portal.setting%")
            return [
                (action.removeprefix("portal.setting_"), facts)
                for action, facts in conn.execute(sa.select(AuditEntry.action, AuditEntry.facts).where(chosen))
            ]

    return read


def test_without_a_choice_the_defaults_count_typed(rules, value):
    found = [value(key) for key in ("days", "tone", "is_open", "groups", "since_on", "key")]
    assert found == [30, "calm", True, ["a"], date(2018, 1, 26), None]


def test_what_is_chosen_counts_from_the_next_request_on_in_every_process(site, send, value):
    other = create_app(site)
    with other.app_context():
        other.config["SETTINGS"]["labs"] = Rules
    sent = {"days": "7", "tone": "warm", "is_open": None, "groups": ["a", "b"], "since_on": "2020-02-29"}
    answer = send(**{key: word for key, word in sent.items() if word is not None} | {"is_open": []})
    assert answer.status_code == 303
    found = [value(key) for key in ("days", "tone", "is_open", "groups", "since_on")]
    assert found == [7, "warm", False, ["a", "b"], date(2020, 2, 29)]
    with other.app_context():
        assert setting("labs", "days") == 7


def test_the_page_says_the_defaults_in_words_and_what_was_chosen(admin, send):
    send(tone="warm")
    page = words(admin.get(URL))
    assert "Réglages de « Labos »" in page
    for default in ("Par défaut : 30.", "Par défaut : calme.", "Par défaut : oui.", "Par défaut : Les A."):
        assert default in page
    assert page.count("Revenir au réglage par défaut") == 1


def test_a_refused_value_is_said_beside_its_field_and_nothing_is_kept(send, value, audited):
    answer = send(days="400", tone="warm")
    assert answer.status_code == 422
    assert 'value="400"' in answer.text
    assert value("tone") == "calm"
    assert not audited()


def test_each_change_is_in_the_audit_with_what_it_was(send, audited):
    send(days="7")
    send(days="7")
    send(days="9", tone="warm")
    assert audited() == [
        ("changed", {"plugin": "labs", "key": "days", "before": 30, "after": 7}),
        ("changed", {"plugin": "labs", "key": "days", "before": 7, "after": 9}),
        ("changed", {"plugin": "labs", "key": "tone", "before": "calm", "after": "warm"}),
    ]


def test_choosing_the_default_again_leaves_nothing_behind(app, send):
    send(days="7")
    send(days="30")
    with app.config["ENGINE"].connect() as conn:
        assert not conn.execute(sa.select(SettingRow.__table__)).all()


def test_one_setting_goes_back_after_it_was_asked(admin, post, send, value, audited):
    send(days="7", tone="warm")
    asked = words(admin.get(f"{URL}/reset?key=days"))
    assert "Jours : « 7 » devient « 30 »" in asked
    assert "Ton" not in asked
    assert post(admin, f"{URL}/reset", {"key": "days"}).status_code == 303
    assert (value("days"), value("tone")) == (30, "warm")
    assert audited()[-1] == ("reset", {"plugin": "labs", "key": "days", "before": 7, "after": 30})


def test_all_settings_go_back_at_once(admin, post, send, value):
    send(days="7", tone="warm")
    assert "Ton : « chaleureux » devient « calme »" in words(admin.get(f"{URL}/reset"))
    post(admin, f"{URL}/reset", {"key": ""})
    assert (value("days"), value("tone")) == (30, "calm")
    assert admin.get(f"{URL}/reset").status_code == 303


def test_nothing_goes_back_of_a_setting_that_is_not_there(admin, rules):
    assert admin.get(f"{URL}/reset?key=nothing").status_code == 404


def test_what_no_longer_passes_after_an_update_counts_as_not_set_and_is_said(app, admin, send, value, post):
    send(days="300", tone="warm")

    class Stricter(Rules):
        days = IntegerField("Jours", default=10, validators=[InputRequired(), NumberRange(1, 31)])
        tone = SelectField("Ton", choices=CALM, default="calm")

    app.config["SETTINGS"]["labs"] = Stricter
    assert (value("days"), value("tone")) == (10, "calm")
    page = words(admin.get(URL))
    assert page.count("Ce qui avait été choisi n’est plus permis") == 2
    assert "« un choix qui n’est plus permis » devient « 10 »" in words(admin.get(f"{URL}/reset?key=days"))
    assert post(admin, URL, {**SENT, "days": "10"}).status_code == 303
    assert "n’est plus permis" not in words(admin.get(URL))


def test_a_secret_is_a_reference_of_this_collectivity(app, admin, send, value, audited, monkeypatch):
    monkeypatch.setenv("PORTAL_DEFAULT_KEY", "hush-hush")
    assert send(key="env:PORTAL_DEFAULT_KEY").status_code == 303
    assert value("key") == "hush-hush"
    page = admin.get(URL).text
    assert "env:PORTAL_DEFAULT_KEY" in page
    assert "le secret s’y trouve" in page
    assert "hush-hush" not in page
    assert audited() == [("changed", {"plugin": "labs", "key": "key"})]
    monkeypatch.delenv("PORTAL_DEFAULT_KEY")
    assert value("key") is None
    assert "rien ne s’y trouve" in admin.get(URL).text


@pytest.mark.parametrize("typed", ["s3cr3t", "env:PATH", "file:/etc/passwd", "env:PORTAL_OTHER_KEY"])
def test_a_secret_itself_or_somebody_elses_is_refused_and_not_shown_again(send, value, typed):
    answer = send(key=typed)
    assert answer.status_code == 422
    assert "et non le secret" in words(answer)
    assert typed not in answer.text
    assert value("key") is None


def test_a_plugin_that_is_off_says_to_switch_it_on_and_keeps_what_was_set(admin, post, send, site):
    send(days="7")
    post(admin, "/plugins/labs/switch", {"wish": "off"})
    app = create_app(site)
    with app.app_context(), pytest.raises(KeyError):
        setting("labs", "days")
    off = app.test_client()
    off.set_cookie("session", admin.get_cookie("session").value)
    assert "Allumez-la pour voir ses réglages" in words(off.get(URL, environ_base=admin.environ_base))


def test_who_may_not_manage_plugins_sets_nothing(own, post):
    assert own.get(URL).status_code == 403
    assert post(own, URL, SENT).status_code == 403
    assert post(own, f"{URL}/reset", {}).status_code == 403


def test_an_unknown_setting_fails_loudly(value):
    with pytest.raises(KeyError):
        value("nothing")


def test_the_plugins_page_leads_to_the_settings(admin):
    assert f'href="{URL}"' in admin.get("/plugins").text


def test_settings_are_read_once_per_request(app, rules, reading):
    seen = []
    sa.event.listen(app.config["ENGINE"], "before_cursor_execute", lambda *args: seen.append(args[2]))
    with reading():
        for _time in range(5):
            setting("labs", "days")
            setting("labs", "tone")
    assert len([statement for statement in seen if "settings" in statement]) == 1


def test_a_change_within_a_request_is_seen_there(writing, rules, app):
    with writing():
        assert setting("labs", "days") == 30
        with app.test_request_context(method="POST", data={**SENT, "days": "7"}):
            form = Rules()
            assert form.validate()
            change_settings("labs", form, actor=None, at=AT)
            assert setting("labs", "days") == 7


@pytest.mark.parametrize("given", [int, [Rules, Rules], Rules])
def test_settings_that_are_no_form_set_the_plugin_aside(app, given):
    class Stranger:
        @pluggy.HookimplMarker("portal")
        def portal_settings(self):
            return given

    hooks = Hooks()
    hooks.register("stranger", Stranger())

    class Named:
        id = "stranger"

    with app.app_context():
        if given is Rules:
            _check_settings(hooks, Named)
        else:
            with pytest.raises(PluginFault, match="one class of form"):
                _check_settings(hooks, Named)


def test_fields_beyond_the_fifth_are_folded_and_opened_when_one_was_chosen(admin, send):
    assert re.search(r"<details\s*>", admin.get(URL).text)
    send(motto="léger")
    assert re.search(r"<details\s+open>", admin.get(URL).text)
