"""Where files stand, as the operator says it: secrets by reference, the mistake named."""

from __future__ import annotations

import pytest

from portal.content.files.places import FilePlace
from portal.content.files.storing import open_store
from portal.content.secrets import check_reference, secret_of
from portal.errors import ConfigError, Invalid
from portal.hosting.config import Collectivity, Instance, Server, read_instance
from portal.hosting.site import Site

ALONE = """
name = "Ville"
[files]
url = "s3://portail/ville"
endpoint = "https://s3.exemple.fr"
key_id = "env:PORTAL_S3_KEY"
secret = "file:/etc/portal/s3.secret"
"""
SEVERAL = '[[collectivity]]\nslug = "a"\nhosts = ["a"]\n[collectivity.files]\nurl = "file:///srv/a"\n'


def test_one_collectivity_says_it_in_one_section(tmp_path):
    (tmp_path / "portal.toml").write_text(ALONE)
    (found,) = read_instance(tmp_path).collectivities
    assert found.files.url == "s3://portail/ville"
    assert found.files.secret == "file:/etc/portal/s3.secret"


def test_several_say_it_each(tmp_path):
    (tmp_path / "portal.toml").write_text(SEVERAL)
    assert read_instance(tmp_path).collectivities[0].files.url == "file:///srv/a"


@pytest.mark.parametrize(("text", "said"), [('[files]\nurll = "x"', "« url »"), ('files = "x"', "une section")])
def test_a_mistake_is_named(tmp_path, text, said):
    (tmp_path / "portal.toml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        read_instance(tmp_path)


def test_without_a_word_they_stand_in_the_folder_of_the_collectivity(tmp_path):
    one = Collectivity()
    site = Site(Instance(tmp_path, Server(), (one,)), one)
    assert site.files.put("ab/x", b"1")
    assert (tmp_path / "default/files/ab/x").read_bytes() == b"1"
    assert (tmp_path / "default/files").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "place",
    [
        FilePlace(url="ftp://x/y"),
        FilePlace(url="s3://"),
        FilePlace(url="s3://b", endpoint="http://s3.exemple.fr", key_id="env:HOME", secret="env:HOME"),
        FilePlace(url="s3://b", endpoint="https://s3.exemple.fr", key_id="env:HOME", secret="s3cr3t"),
        FilePlace(url="s3://b", endpoint="https://s3.exemple.fr", key_id="env:HOME", secret="env:NOT_THERE"),
        FilePlace(url="s3://b", endpoint="https://s3.exemple.fr", key_id="env:HOME", secret="file:/not/there"),
    ],
)
def test_a_place_that_does_not_do_is_refused_without_saying_a_secret(place, tmp_path):
    with pytest.raises(ConfigError) as refusal:
        open_store(place, folder=tmp_path)
    assert "s3cr3t" not in str(refusal.value)


def test_a_secret_is_read_where_it_stands(tmp_path, monkeypatch):
    (tmp_path / "one").write_text("  hush\n")
    monkeypatch.setenv("PORTAL_ONE", "hush")
    assert secret_of(f"file:{tmp_path / 'one'}") == secret_of("env:PORTAL_ONE") == "hush"


def test_a_page_may_name_secrets_of_its_own_collectivity_only(tmp_path):
    own = {"slug": "ville", "folder": tmp_path}
    check_reference("env:PORTAL_VILLE_KEY", **own)
    check_reference(f"file:{tmp_path}/secrets/key", **own)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/link").symlink_to("/etc/passwd")
    for stolen in (
        "env:PATH",
        "env:PORTAL_OTHER_KEY",
        "file:/etc/passwd",
        f"file:{tmp_path}/secrets/../secret.key",
        f"file:{tmp_path}/secrets/link",
        "the secret itself",
    ):
        with pytest.raises(Invalid, match="et non le secret"):
            check_reference(stolen, **own)
