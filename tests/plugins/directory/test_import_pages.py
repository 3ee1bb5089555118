"""Imports as an IT officer does them: send, look, apply, read the report (issue 3 §1)."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
import sqlalchemy as sa

from portal.api import PersonFacts, add_person, now, session
from portal.testing.browser import ToolUnavailable, html_faults_of

from plugins.directory.models.imports import Import, State
from plugins.directory.services.imports import applying
from plugins.directory.views import imports as views
from tests.plugins.directory.import_files import everybody, file_of
from tests.reading import rows_hash, words
from tests.strict import unavailable

PLUGINS = ["directory"]
TWO = file_of(["M1", "Diop", "Awa", "awa@ville.fr", "Sports", "Nageuse", "M2"], ["M2", "Lang", "Bo", "", "Sports"])


@pytest.fixture
def admin(make_user, sign_in):
    return sign_in(make_user("Ida Kerbrat", role="admin"))


@pytest.fixture
def send(post, admin):
    """Send a file by the form; give the answer."""

    def run(content, *, name="agents.csv", **form):
        fields = {"kind": "people", "mode": "adds", **form, "file": (io.BytesIO(content), name)}
        return post(admin, "/directory/imports/new", fields, content_type="multipart/form-data")

    return run


def staged(answer):
    assert answer.status_code == 303, words(answer)
    return answer.location


def test_from_the_file_to_the_report(send, admin, post, reading, app):
    before = rows_hash(
        app, without={"directory_import", "directory_import_line", "audit", "audit_head", "audit_person", "sessions"}
    )
    place = staged(send(TWO))
    after = rows_hash(
        app, without={"directory_import", "directory_import_line", "audit", "audit_head", "audit_person", "sessions"}
    )
    assert before == after, "nothing is written before « Appliquer »"
    page = words(admin.get(place))
    assert "en attente : rien n’a encore changé" in page
    assert "Personnes à ajouter 2" in page
    assert "Services à ajouter 1" in page
    lines = words(admin.get(f"{place}/lines?show=created"))
    assert "Awa Diop" in lines
    assert "Nageuse" in lines
    assert post(admin, f"{place}/start").location == place
    report = words(admin.get(place))
    assert "appliqué" in report
    assert "Personnes ajoutées 2" in report
    with reading():
        assert everybody()["M1"].superior_id == everybody()["M2"].id
    again = words(admin.get(staged(send(TWO))))
    assert "il n’y a rien à appliquer" in again


@pytest.mark.parametrize(
    "content", [b"nom;matricule\n;X1\n;X2\n", b"nom;matricule\n"], ids=["all refused", "titles alone"]
)
def test_a_file_of_which_nothing_can_be_applied_is_not_said_to_be_done(send, admin, content):
    page = words(admin.get(staged(send(content))))
    assert "Aucune ligne de ce fichier ne peut être appliquée" in page
    assert "il n’y a rien à appliquer" not in page


def test_a_file_partly_refused_and_already_so_says_both(send, admin, post):
    post(admin, f"{staged(send(TWO))}/start")
    page = words(admin.get(staged(send(TWO + b"M9;;;;;;\n"))))
    assert "est déjà ainsi ; les autres lignes sont refusées" in page


def test_services_that_are_so_already_are_said_to_be(send, admin, post):
    services = b"code;nom;code parent\nS1;Sports;\nS2;Piscine;S1\n"
    post(admin, f"{staged(send(services, kind='services'))}/start")
    page = words(admin.get(staged(send(services, kind="services"))))
    assert "il n’y a rien à appliquer" in page


def test_how_large_a_file_may_be_is_said_before_it_is_sent(admin):
    assert 'data-most-bytes="2' in admin.get("/directory/imports/new").text


def test_the_lines_say_before_after_and_what_is_wrong(send, admin, post):
    place = staged(send(TWO))
    post(admin, f"{place}/start")
    place = staged(send(file_of(["M1", "Diop", "Awa", "new@ville.fr"], ["", "Sans", "Clé"], ["M9", "=1", ""])))
    changed = words(admin.get(f"{place}/lines?show=changed"))
    assert "awa@ville.fr devient → new@ville.fr" in changed
    refused = words(admin.get(f"{place}/lines?show=refused"))
    assert "ligne 3" in refused
    assert "Ni matricule ni adresse" in refused
    assert "« =1 » : Ce texte commence comme une formule" in refused
    assert "Enlevez le premier signe." in refused


def test_the_report_is_a_file_without_formulas(send, admin):
    place = staged(send(file_of(["M9", "=1+1", ""], ["M1", "Diop", "Awa"])))
    rows = list(csv.reader(admin.get(f"{place}/report.csv").get_data(as_text=True)[1:].splitlines(), delimiter=";"))
    assert rows[0][:4] == ["Ligne", "Ce qu’elle fait", "Matricule, adresse ou code", "Nom"]
    assert rows[1][6] == "'=1+1"
    found = json.loads(admin.get(f"{place}/report.json?show=refused").get_data(as_text=True))
    assert [row["number"] for row in found] == [2]


def test_a_file_whose_columns_are_not_known_asks_which_is_which(send, admin, post, reading):
    place = staged(send(file_of(["M1", "Awa Diop", "12"], header=["N° agt", "Qui", "Étage"])))
    page = admin.get(place, follow_redirects=True)
    assert "Il manque une colonne" in words(page)
    assert "Par exemple : Awa Diop" in words(page)
    refused = post(admin, f"{place}/columns", {"column-0": "matricule", "column-1": "matricule"})
    assert refused.status_code == 422
    assert "est choisi deux fois" in words(refused)
    refused = post(admin, f"{place}/columns", {"column-0": "matricule", "column-1": ""})
    assert "Il manque une colonne" in words(refused)
    assert post(admin, f"{place}/columns", {"column-0": "matricule", "column-1": "name"}).location == place
    page = words(admin.get(place))
    assert "Laissées de côté : Étage." in page
    post(admin, f"{place}/start")
    with reading():
        assert everybody()["M1"].name == "Awa Diop"
    assert post(admin, f"{place}/columns", {"column-0": "matricule"}).location == place


def test_columns_read_wrong_can_be_chosen_again_before_it_is_applied(send, admin, post):
    place = staged(send(TWO))
    assert "Choisir autrement les colonnes" in words(admin.get(place))
    chosen = {"column-0": "matricule", "column-1": "last_name", "column-2": "first_name"}
    post(admin, f"{place}/columns", chosen)
    assert "Services à ajouter" not in words(admin.get(place))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "vide"),
        (b"PK\x03\x04", "classeur"),
        (b"Awa", "ligne de titres"),
        (b'matricule;nom\nM1;"Awa' + b"x" * 30_000, "guillemet"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_beside_the_field(send, content, sentence):
    answer = send(content)
    assert answer.status_code == 422
    assert sentence in words(answer)


def test_without_a_file_the_form_says_so_and_keeps_the_rest(send, post, admin):
    answer = post(admin, "/directory/imports/new", {"kind": "services", "mode": "adds"})
    assert answer.status_code == 422
    assert "Choisissez le fichier." in words(answer)
    assert re.search(r'value="services" checked', answer.text)


def test_an_unknown_kind_of_file_is_refused(send):
    assert send(TWO, kind="cats").status_code == 422


def test_a_file_that_is_too_large_is_refused_before_it_is_read(admin):
    body = b"x" * (views.MAX_BYTES + views.FORM_BYTES + 1)
    answer = admin.post("/directory/imports/new", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "Traceback" not in answer.text


def test_departures_are_unticked_named_and_guarded(send, admin, post, reading):
    post(admin, f"{staged(send(TWO))}/start")
    place = staged(send(file_of(["M1", "Diop", "Awa", "awa@ville.fr", "Sports", "Nageuse"]), mode="complete"))
    page = admin.get(place)
    assert "1 personne partirait" in words(page)
    assert "Bo Lang" in words(page)
    assert "checked" not in re.search(r'<input[^>]*name="lets_leave"[^>]*>', page.text).group()
    refused = post(admin, f"{place}/start", {"lets_leave": "y"})
    assert refused.status_code == 422
    assert "Tapez le nombre de départs : 1." in words(refused)
    with reading():
        assert "M2" in everybody()
    post(admin, f"{place}/start", {"lets_leave": "y", "typed": "1"})
    with reading():
        assert "M2" not in everybody()
    assert "Personnes parties 1" in words(admin.get(place))


def test_lines_without_a_key_keep_everybody_and_say_why(send, admin, post):
    post(admin, f"{staged(send(TWO))}/start")
    place = staged(send(file_of(["M1", "Diop", "Awa"], ["", "Lang", "Bo"]), mode="complete"))
    page = admin.get(place)
    assert "Personne ne part : sur 1 ligne" in words(page)
    assert 'name="lets_leave"' not in page.text


@pytest.fixture
def slow(monkeypatch):
    """Make batches of one line, so that an import lasts."""
    monkeypatch.setattr(applying, "BATCH_LINES", 1)


def test_progress_is_shown_paused_resumed_and_left_to_the_worker(send, admin, post, slow, run_jobs, reading):
    place = staged(send(TWO))
    post(admin, f"{place}/start")
    page = words(admin.get(place))
    assert "Lignes appliquées 1 sur 3" in page
    assert "Actualiser" in page
    fragment = admin.get(place, headers={"HX-Request": "true"}).text
    assert "<html" not in fragment
    assert 'data-hx-trigger="every 3s"' in fragment
    post(admin, f"{place}/pause")
    assert "en pause" in words(admin.get(place))
    assert "data-hx-trigger" not in admin.get(place).text
    run_jobs()
    with reading():
        assert session.scalar(sa.select(Import.done)) == 1
    post(admin, f"{place}/resume")
    run_jobs()
    assert "Personnes ajoutées 2" in words(admin.get(place))
    over = admin.get(place, headers={"HX-Request": "true"}).text
    assert "L’import est terminé." in over
    assert "data-hx-trigger" not in over


def test_what_does_not_move_is_said(send, admin, post, slow, clock):
    place = staged(send(TWO))
    post(admin, f"{place}/start")
    clock.advance(minutes=5)
    assert "Rien n’avance depuis quelques minutes" in words(admin.get(place))


def test_abandoning_asks_says_what_stays_and_erases(send, admin, post, slow, reading):
    place = staged(send(TWO))
    post(admin, f"{place}/start")
    page = words(admin.get(f"{place}/abandon"))
    assert "2 lignes pas encore appliquées : elles ne le seront jamais." in page
    assert "1 ligne appliquée." in page
    post(admin, f"{place}/abandon")
    page = words(admin.get(place))
    assert "abandonné" in page
    assert "1 ligne a été appliquée avant, et le reste." in page
    assert "Aucune ligne" in words(admin.get(f"{place}/lines"))
    assert admin.get(f"{place}/abandon").status_code == 303
    with reading():
        assert session.scalars(sa.select(Import)).one().state == State.ABANDONED


def test_a_second_click_is_told_and_a_second_import_waits(send, admin, post, slow):
    first, second = staged(send(TWO)), staged(send(TWO))
    post(admin, f"{first}/start")
    again = post(admin, f"{first}/start")
    assert again.location == first
    assert "Cet import n’attend plus" in words(admin.get(first))
    refused = post(admin, f"{second}/start")
    assert refused.status_code == 422
    assert "Un autre import est en cours" in words(refused)
    assert "Un autre import est en cours" in words(admin.get(second))


def test_the_list_of_imports_says_where_each_is(send, admin, post):
    assert "Aucun fichier n’a encore été importé." in words(admin.get("/directory/imports/"))
    post(admin, f"{staged(send(TWO))}/start")
    send(TWO)
    admin.get("/account")  # a page in between takes the sentences of the acts
    page = words(admin.get("/directory/imports/"))
    assert page.index("en attente") < page.index("appliqué")
    assert "Ida Kerbrat" in page


def test_lists_of_lines_go_by_cursor(send, admin):
    rows = [[f"M{n:03}", "Nom", f"Prénom {n}"] for n in range(120)]
    place = staged(send(file_of(*rows)))
    seen, url = [], f"{place}/lines?show=created"
    while url:
        page = admin.get(url)
        seen += re.findall(r"Prénom (\d+) Nom", words(page))
        following = re.search(r'<a[^>]*rel="next"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*rel="next"', page.text)
        url = (following.group(1) or following.group(2)).replace("&amp;", "&") if following else None
    assert seen == [str(n) for n in range(120)]


def test_the_people_of_now_can_be_taken_corrected_and_sent_back(send, admin, post):
    post(admin, f"{staged(send(TWO))}/start")
    people = admin.get("/directory/imports/now-people.csv")
    assert people.headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert "il n’y a rien à appliquer" in words(admin.get(staged(send(people.data, mode="complete"))))
    services = admin.get("/directory/imports/now-services.csv")
    assert services.get_data(as_text=True).strip("\ufeff").splitlines()[0] == "code;nom;code parent"


def test_only_administrators_import(client, sign_in, make_user, writing, app):
    browser = sign_in(make_user("Awa"))
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("directory.import"):
            with app.test_request_context():
                values = {name: {"fmt": "csv", "kind": "people"}.get(name, 1) for name in rule.arguments}
                url = app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods)))
            assert browser.get(url).status_code in {403, 404, 405}, url
    assert browser.get("/directory/imports/").status_code == 403
    assert "/directory/imports/" not in browser.get("/").text


def test_what_one_person_wrote_never_becomes_markup(send, admin):
    """P5."""
    place = staged(send(file_of(["M1", "<script>alert(1)</script>", "x"], ["", "<b>x</b>", ""])))
    for path in (place, f"{place}/lines", f"{place}/columns"):
        page = admin.get(path).text
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page


@pytest.mark.html
def test_every_page_is_sound_html(send, admin, post, slow, writing):
    with writing():
        add_person(PersonFacts("Cy", "M3"), actor=None, at=now())
    pages = {}

    def keep(name, url):
        pages[name] = admin.get(url, follow_redirects=True).text

    keep("empty", "/directory/imports/")
    keep("new", "/directory/imports/new")
    keep("columns", staged(send(file_of(["a", "b"], header=["x", "y"]))))
    place = staged(
        send(
            file_of(*[["M1", "Diop", "Awa"], ["M3", "Cy", "", "c@x.fr"], ["", "z"], ["M4", "D", "", "", "", "", "M4"]])
        )
    )
    keep("preview", place)
    keep("lines", f"{place}/lines")
    keep("abandon", f"{place}/abandon")
    post(admin, f"{place}/start")
    keep("progress", place)
    post(admin, f"{place}/pause")
    keep("paused", place)
    post(admin, f"{place}/abandon")
    keep("report", place)
    keep("list", "/directory/imports/")
    try:
        verdicts = html_faults_of(pages)
    except ToolUnavailable as error:
        unavailable(error)
    assert not {name: [str(fault) for fault in faults] for name, faults in verdicts.items() if faults}
