"""Sending files: what is taken, what is refused with a sentence, what is kept when something else is wrong (P11)."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from html import unescape

import pluggy
import pytest
import sqlalchemy as sa
from flask import Response, render_template_string
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart
from wtforms import StringField
from wtforms.validators import InputRequired

from portal.content.files.keeping import files_of, keep_file, receive
from portal.content.files.models import FileContent
from portal.values import Subject, SubjectCard
from portal.web.forms import Form
from portal.web.policy import public, signed_in, viewer
from portal.web.uploads import FileField, receive_files

from tests.content.files import samples
from tests.reading import token_in, words

hookimpl = pluggy.HookimplMarker("portal")
AT = datetime(2018, 1, 26, 13, tzinfo=UTC)
OWNER = Subject("portal.group", 7)
MOST = 3_000_000
PAGE = """{% extends "kinds/form.html" %}{% from "components/field.html" import field %}
{% block title %}Plans{% endblock %}{% block fields %}{{ field(form.title) }}{{ field(form.plans) }}{% endblock %}"""


class PlanForm(Form):
    title = StringField("Titre", validators=[InputRequired()])
    plans = FileField("Plans", accept=("picture", "pdf"), several=True)


class LogoForm(Form):
    plans = FileField("Logo", [InputRequired()], accept=("picture",), side=30)


@pytest.fixture
def url(mount):
    """Mount a page that takes plans, as a plugin would."""

    @signed_in(prepare=receive_files(PlanForm), max_bytes=MOST)
    def plans():
        form = PlanForm()
        if form.submitted():
            for upload in form.plans.data:
                keep_file(OWNER, upload, actor=viewer(), at=AT)
            return Response("kept", status=201)
        return Response(render_template_string(PAGE, form=form), status=422 if form.is_submitted() else 200)

    return mount("plans", plans, methods=["GET", "POST"])


@pytest.fixture
def shown(plug):
    """Let everybody read the owner, until somebody says otherwise."""

    class Rooms:
        seen_by = staticmethod(lambda _viewer: True)

        @hookimpl
        def portal_subjects(self, kind, ids, viewer):
            is_asked = kind == OWNER.kind and OWNER.id in ids and self.seen_by(viewer)
            return [SubjectCard("Le groupe", "/", OWNER)] if is_asked else []

    rooms = Rooms()
    plug(rooms)
    return rooms


def sending(*files, title="Un plan", **fields):
    return {"title": title, "plans": [(io.BytesIO(content), name) for name, content in files], **fields}


@pytest.fixture
def send(own, url):
    token = token_in(own.get("/account"))
    return lambda *files, **fields: in_memory(own, url, sending(*files, csrf_token=token, **fields))


def in_memory(client, url, data):
    """Send a form whose files the test client does not put in a file that it forgets to close."""
    files = [("plans", FileStorage(content, filename=name)) for content, name in data.pop("plans")]
    boundary, body = encode_multipart(MultiDict([*data.items(), *files]))
    return client.post(url, data=body, content_type=f"multipart/form-data; boundary={boundary}")


@pytest.fixture
def kept(reading):
    def read():
        with reading():
            return files_of(OWNER)

    return read


def test_the_page_says_what_it_takes_and_how_much(own, url):
    text = own.get(url).text
    assert "Image, PDF\u00a0; 3\u00a0Mo au plus" in text
    assert 'enctype="multipart/form-data"' in text
    assert re.search(r'<input[^>]* accept="image/[^"]*application/pdf"[^>]* multiple', text)


def test_several_files_are_kept_with_what_they_are(send, kept):
    assert send(("a.pdf", samples.PDF), ("b.txt", samples.picture())).status_code == 201
    assert [(card.name, card.kind) for card in kept()] == [("a.pdf", "PDF"), ("b.png", "image")]


def test_no_file_is_no_fault(send, kept):
    assert send(("", b"")).status_code == 201
    assert not kept()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("plan.pdf", samples.HTML, "ce genre de fichier n’est pas accepté ici. Sont acceptés : image, PDF."),
        ("plan.png", samples.SVG, "n’est pas accepté ici"),
        ("plan.png", samples.moving(), "Cette image est animée"),
        ("plan.png", samples.png_that_claims(60_000, 60_000), "trop grande"),
        ("plan.gif", b"GIF89a=alert(1)", "ne se lit pas"),
        ("plan.pdf", b"", "n’est pas accepté ici"),
    ],
)
def test_a_file_is_refused_beside_its_field_with_its_name_and_why(send, kept, name, content, said):
    answer = send((name, content))
    assert answer.status_code == 422
    assert f"{name} :" in words(answer)
    assert said in words(answer)
    assert not kept()


def test_what_was_received_comes_back_when_something_else_was_refused(own, post, url, send, kept):
    refused = send(("plan.pdf", samples.PDF), title="")
    assert refused.status_code == 422
    assert "reçu : plan.pdf" in words(refused)
    signs = [unescape(sign) for sign in re.findall(r'name="plans-kept" value="([^"]+)"', refused.text)]
    assert post(own, url, {"title": "Un plan", "plans-kept": signs}).status_code == 201
    assert [card.name for card in kept()] == ["plan.pdf"]


def test_nobody_takes_what_somebody_else_sent(url, send, kept, sign_in, make_user, post):
    signs = re.findall(r'name="plans-kept" value="([^"]+)"', send(("plan.pdf", samples.PDF), title="").text)
    other = sign_in(make_user("Bo L."))
    assert post(other, url, {"title": "Un plan", "plans-kept": [*signs, "forged"]}).status_code == 201
    assert not kept()


def test_a_body_larger_than_the_route_takes_is_refused_with_the_limit(send, kept):
    answer = send(("film.pdf", samples.PDF + b"x" * MOST))
    assert answer.status_code == 413
    assert "3 Mo au plus" in words(answer)
    assert "ou un fichier plus léger" in words(answer)
    assert not kept()


def test_a_form_of_too_many_parts_is_not_said_to_be_too_heavy(own, post):
    answer = post(own, "/account/preferences", {f"x{n}": "y" for n in range(600)}, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert "500 champs au plus" in words(answer)


def test_a_large_body_is_taken_where_the_route_says_so_and_nowhere_else(own, post, send):
    assert send(("film.pdf", samples.PDF + b"x" * 2_000_000)).status_code == 201
    assert post(own, "/account/preferences", {"theme": "x" * 1_200_000}).status_code == 413


def test_an_anonymous_person_never_makes_us_read_a_large_body(mount, client):
    @public(prepare=receive_files(LogoForm), max_bytes=MOST)
    def open_to_all():
        return Response("read")

    url = mount("open", open_to_all, methods=["POST"])
    for size, status in ((900_000, 200), (1_200_000, 413)):
        assert in_memory(client, url, {"plans": [(io.BytesIO(b"x" * size), "a")]}).status_code == status


def test_a_required_picture_is_asked_for_and_made_no_larger_than_asked(app, mount, own, post):
    @signed_in(prepare=receive_files(LogoForm))
    def logo():
        form = LogoForm()
        return Response(str([upload.width for upload in form.plans.data]) if form.submitted() else "no", status=200)

    url = mount("logo", logo, methods=["POST"])
    assert post(own, url, {}).text == "no"
    assert post(own, url, {"plans": (io.BytesIO(samples.picture()), "x.png")}).text == "[30]"
    two = [(io.BytesIO(samples.picture(size=(size, 9))), "x.png") for size in (10, 20)]
    assert post(own, url, {"plans": two}).text == "[10]"


def test_a_route_that_forgets_to_receive_says_so_to_its_author(mount, own, post):
    @signed_in()
    def forgetful():
        PlanForm()
        return Response("")

    url = mount("forgetful", forgetful, methods=["POST"])
    with pytest.raises(RuntimeError, match="receive_files"):
        post(own, url, {"plans": (io.BytesIO(samples.PDF), "x.pdf")})


def test_an_unknown_kind_of_file_fails_loudly():
    class Mistaken(Form):
        plans = FileField("x", accept=("pictures",))

    with pytest.raises(KeyError):
        Mistaken(formdata=None)


def test_a_refused_token_stores_nothing(app, own, url):
    own.get(url)
    assert own.post(url, data={**sending(("a.pdf", samples.PDF)), "csrf_token": "x"}).status_code == 400
    with app.config["ENGINE"].connect() as conn:
        assert not conn.scalars(sa.select(FileContent.sha256)).all()


def test_a_picture_is_shown_and_anything_else_is_handed_out_inert(own, send, kept, shown):
    send(("vue.jpg", samples.picture("JPEG")), ("délibération n° 3.pdf", samples.PDF))
    picture, other = (own.get(card.url) for card in kept())
    assert picture.mimetype == "image/jpeg"
    assert "Content-Disposition" not in picture.headers
    assert other.mimetype == "application/pdf"
    assert other.data == samples.PDF
    assert other.headers["Content-Disposition"] == (
        "attachment; filename=\"deliberation n 3.pdf\"; filename*=UTF-8''d%C3%A9lib%C3%A9ration%20n%C2%B0%203.pdf"
    )
    for answer in (picture, other):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].endswith("sandbox")
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("content", [samples.SVG, samples.HTML, b"MZ\x90"])
def test_what_a_browser_could_run_leaves_as_bytes_under_its_name(own, writing, app, shown, content):
    with app.app_context():
        upload = receive(io.BytesIO(content), name='"; x=/../\u202e<b>.svg')
    with writing():
        card = keep_file(OWNER, upload, actor=None, at=AT)
    answer = own.get(card.url)
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == ("attachment; filename=\"_b_.svg\"; filename*=UTF-8''%3Cb%3E.svg")


def test_who_may_not_read_the_owner_does_not_read_the_file(own, client, send, kept, shown):
    send(("a.pdf", samples.PDF))
    (card,) = kept()
    shown.seen_by = lambda viewer: viewer.is_signed_in
    assert own.get(card.url).status_code == 200
    client.delete_cookie("session")
    private, absent = client.get(card.url), client.get("/files/999")
    assert private.status_code == absent.status_code == 404
    shown.seen_by = lambda _viewer: False
    private, absent = own.get(card.url), own.get("/files/999")
    assert private.status_code == 404
    assert words(private).rpartition("portail")[0] == words(absent).rpartition("portail")[0]


def test_a_file_of_a_plugin_that_is_off_is_not_there(own, send, kept):
    send(("a.pdf", samples.PDF))
    assert own.get(kept()[0].url).status_code == 404


def test_what_the_browser_has_is_not_sent_again_and_the_right_is_asked_again(own, send, kept, shown):
    send(("a.pdf", samples.PDF))
    url = kept()[0].url
    etag = own.get(url).headers["ETag"]
    again = own.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    shown.seen_by = lambda _viewer: False
    assert own.get(url, headers={"If-None-Match": etag}).status_code == 404


def test_asking_for_the_head_alone_gives_no_body(own, send, kept, shown):
    send(("a.pdf", samples.PDF))
    answer = own.head(kept()[0].url)
    assert (answer.status_code, answer.data, answer.content_length) == (200, b"", len(samples.PDF))
