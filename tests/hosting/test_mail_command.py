"""`portal mail`: each step in words an IT officer acts on; a real server, encrypted, with a password."""

from __future__ import annotations

import ssl
import subprocess
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import AuthResult

from portal.content.secrets import secret_of
from portal.content.smtp import Mail, Postman, Refused, check_mail
from portal.errors import ConfigError

from tests.hosting.test_cli import portal, ready  # noqa: F401 fixtures
from tests.post import Box, free_port, listening

NEW_CERTIFICATE = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Make a private authority's certificate for loopback."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [*NEW_CERTIFICATE, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def box():
    return Box()


@pytest.fixture
def server(box, certificate):
    """Start a server that wants STARTTLS and a password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")

    def check(server, session, envelope, mechanism, auth_data):
        return AuthResult(success=auth_data.password == b"sesame", handled=False)

    port = free_port()
    with listening(box, port, tls_context=context, require_starttls=True, auth_required=True, authenticator=check):
        yield port


@pytest.fixture
def settings(ready, tmp_path, server, certificate, monkeypatch):  # noqa: F811
    """Write the [mail] section that suits the server, changed as a test wishes; give the command."""
    monkeypatch.setenv("MAIL_PASSWORD", "sesame")
    path = tmp_path / "instance" / "portal.toml"
    before = path.read_text()

    def write(**changes):
        values = {
            "host": '"127.0.0.1"',
            "port": server,
            "user": '"portail"',
            "password": '"env:MAIL_PASSWORD"',
            "from": '"portail@ville.example"',
            "authority": f'"{certificate / "cert.pem"}"',
            **changes,
        }
        section = "".join(f"{key} = {value}\n" for key, value in values.items())
        path.write_text(f"{before}\n[mail]\n{section}")
        return ready

    return write


def test_a_message_goes_and_each_step_is_said(settings, box):
    said = settings()("mail", "test", "awa@ville.example")
    for step in (
        "Réglages lus",
        "Mot de passe lu",
        "Le serveur répond",
        "Échange chiffré (TLSv1",
        "Identifié",
        "accepté",
    ):
        assert step in said
    assert box.letters[0]["From"].addresses[0].addr_spec == "portail@ville.example"
    assert "sesame" not in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"port": 9}, "ne répond pas"),
        ({"authority": '""'}, "Le chiffrement échoue"),
        ({"password": '"env:WRONG"'}, "env:WRONG : rien ne s’y trouve"),
        ({"password": '"file:nowhere"'}, "ne se lit pas"),
    ],
)
def test_what_fails_is_said_with_what_to_look_at(settings, changes, words):
    assert words in settings(**changes)("mail", "test", "awa@ville.example", fails=True)


@pytest.mark.parametrize(("password", "words"), [("rate", "L'identification échoue"), ("raté", "sans accent")])
def test_a_wrong_password_is_said(settings, monkeypatch, password, words):
    portal_ = settings()
    monkeypatch.setenv("MAIL_PASSWORD", password)
    assert words in portal_("mail", "test", "awa@ville.example", fails=True)


@pytest.mark.parametrize("address", ["inconnu@ville.example", "pas une adresse"])
def test_a_refused_address_is_said(settings, box, address):
    box.answers["inconnu@ville.example"] = "550 no such mailbox"
    assert "refuse cette adresse" in settings()("mail", "test", address, fails=True)


def test_without_a_server_it_is_said_and_nothing_waits(ready):  # noqa: F811
    assert "écrivez [mail] dans portal.toml" in ready("mail", "test", "awa@ville.example", fails=True)
    assert "Aucun courriel n'attend." in ready("mail", "list")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"security": '"ssl"'}, "security"),
        ({"password": '"sesame"'}, "jamais le mot de passe"),
        ({"from": '"portail"'}, "from"),
        ({"opens_at": 19}, "opens_at"),
        ({"hots": '"x"'}, "Le plus proche est « host »"),
        ({"port": '"25"'}, "nombre entier"),
    ],
)
def test_settings_that_could_not_work_are_refused_and_named(settings, changes, words):
    assert words in settings(**changes)("mail", "list", fails=True)


def test_a_password_in_a_file_is_relative_to_the_instance(tmp_path):
    (tmp_path / "mail.password").write_text("sesame\n")
    assert secret_of(Mail(password="file:mail.password").password, tmp_path) == "sesame"
    with pytest.raises(ConfigError):
        check_mail(Mail(password="sesame"), "x")


def test_an_address_beyond_ascii_is_refused_where_the_server_does_not_speak_it(tmp_path):
    port = free_port()
    carrier = Postman(Mail(host="127.0.0.1", port=port, security="none", sender="p@v.example"), tmp_path)
    letter = _letter("zoé@ville.example")
    with listening(Box(), port, enable_SMTPUTF8=False), pytest.raises(Refused):
        carrier.send(letter)
    carrier.leave()


def _letter(address):

    letter = EmailMessage()
    letter["To"], letter["From"] = address, "p@v.example"
    letter.set_content("x")
    return letter
