"""Every form of every page, given what nobody sane would type: a sentence, nothing lost, nothing by half (P11, P13)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from portal.content.clock import now
from portal.people.functions import FunctionFacts, add_function
from portal.people.services import ServiceFacts, add_service

from tests.hurt.pages import forms_of, standing_in
from tests.plugins.copils.factories import make_commitment, make_copil, make_function, make_question
from tests.plugins.labs.ephemeral_factories import make_ephemeral
from tests.plugins.labs.factories import make_lab, make_project
from tests.reading import rows_hash, token_in, words
from tests.web.addresses import doors

PLUGINS = ["copils", "directory", "labs"]
HOSTILE = {
    "4 000 characters": "é" * 4000,
    "an emoji": "🦆 Zoé 👩‍👩‍👧",
    "right to left": "\u202eمرحبا بكم",
    "a year long past": "1582-10-10T10:00",
    "the end of time": "9999-12-31T23:59",
    "before time": "0001-01-01T00:00",
    "a date of 1582": "1582-10-10",
    "a negative number": "-1",
    "a huge number": "9" * 40,
    "larger than the database's": "2147483648",
    "no number": "nan",
    "a formula": "=HYPERLINK(1)",
    "half a character": "\ud800",
}
SHORT = ("4 000 characters", "an emoji", "a year long past", "larger than the database's", "half a character")


@pytest.fixture
def ida(app, make_user, sign_in, writing):
    """Give the browser of an administrator who animates a lab, and facilitates copils, where everything happens."""
    yves, ida = make_user("Yves Le Goff", matricule="A1"), make_user("Ida Kerbrat", role="admin")
    with writing():
        lab = make_lab("Labo", [yves], ida)
        make_ephemeral(lab, ida, people=[ida])
        make_ephemeral(lab, ida, people=[ida], starts_in=-90)
        make_project(lab, ida, guarantor=yves)
        add_function(
            FunctionFacts("DGS", service_id=add_service(ServiceFacts("Ville"), actor=None, at=now())),
            actor=None,
            at=now(),
        )
        _sit(yves, ida)
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    return sign_in(ida)


def _sit(yves, ida):
    """Call for questions at one copil; at another that sits, answer one, for which a vacant function owes something."""
    deciders, at = [make_function("Direction", yves)], now()
    make_copil(ida, deciders, held_at=at + timedelta(days=40))
    sitting = make_copil(ida, deciders, held_at=at, began_at=at)
    make_commitment(make_question(ida, sitting), make_function("Poste à pourvoir"), by=ida)


def forms(app, browser):
    """Give every form of every page that has a field to type in, once."""
    found = {}
    for door in doors(app):
        answer = browser.get(door.url) if door.method == "GET" else None
        if answer is not None and answer.status_code == 200 and "html" in answer.content_type:
            for form in forms_of(door.url, answer.text):
                if form.typed:
                    found.setdefault(form.action, form)
        if answer is not None:
            answer.close()
    return found


def send(browser, form, text, token):
    values = {**form.values, **dict.fromkeys(form.typed, text), "csrf_token": token}
    body = urlencode(values, errors="surrogatepass")
    return browser.post(form.action, data=body, content_type="application/x-www-form-urlencoded")


def judge(answer, form, text):
    """Say what is wrong with an answer; nothing if it is as promised."""
    if answer.status_code >= 500 or answer.status_code not in {200, 303, 403, 404, 409, 422}:
        return f"answers {answer.status_code}"
    if answer.status_code == 422:
        kept = "%ED%A0%80" if text == "\ud800" else text  # what the server reads of bytes that are no text
        lost = kept not in standing_in(answer.text)
        said = 'role="alert"' in answer.text or "field-error" in answer.text
        return "loses what was typed" if lost else "" if said else "says nothing"
    return ""


def test_every_form_answers_what_nobody_sane_would_type(app, ida, proof, figure, database):
    found, wrong, answered = forms(app, ida), [], Counter()
    token, before = token_in(ida.get("/account")), rows_hash(app)
    for action, form in found.items():
        for name in HOSTILE if proof else SHORT:
            answer = send(ida, form, HOSTILE[name], token)
            answered[answer.status_code] += 1
            fault, after = judge(answer, form, HOSTILE[name]), rows_hash(app)
            if answer.status_code >= 400 and after != before:
                fault = f"{fault} changes something by half"
            wrong += [f"{action}, {name}: {fault}"] if fault else []
            before = after
    said = f"{len(wrong)} of {answered.total()}, {len(found)} forms"
    figure("hostile values that break, lose what was typed or change by half", database.kind, aim="0", found=said)
    assert not wrong, "\n".join(wrong)
    assert len(found) > 20, list(found)
    assert answered[422] > 60


def test_a_sign_no_database_can_keep_is_said_and_changes_nothing(app, ida):
    found, before = forms(app, ida), rows_hash(app)
    token = token_in(ida.get("/account"))
    for form in list(found.values())[:5]:
        answer = send(ida, form, "a\0b", token)
        assert answer.status_code == 400
        assert "ne peut pas être gardé" in words(answer)
    assert rows_hash(app) == before


def test_a_form_of_ten_thousand_fields_is_one_sentence_or_is_read(app, ida):
    form, before = next(iter(forms(app, ida).values())), rows_hash(app)
    part = '--x\r\nContent-Disposition: form-data; name="field{}"\r\n\r\nx\r\n'
    body = "".join(part.format(number) for number in range(10_000)).encode() + b"--x--\r\n"
    answer = ida.post(form.action, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "trop" in words(answer)
    assert rows_hash(app) == before
    many = {**form.values, **{f"field{number}": "x" for number in range(10_000)}}
    many["csrf_token"] = token_in(ida.get("/account"))
    assert ida.post(form.action, data=many).status_code in {200, 303, 422}
