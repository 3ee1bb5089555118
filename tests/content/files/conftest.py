"""The same tests on a folder and on an S3-compatible service that answers over HTTP."""

from __future__ import annotations

import io

import pytest

from portal.content.files.keeping import receive
from portal.content.files.places import FilePlace
from portal.values import Subject

from tests.content.files.fake_s3 import service


class FolderPlace:
    """What stands in a folder, as its owner would look."""

    def __init__(self, folder):
        self.folder = folder
        self.place = FilePlace(url=f"file://{folder}")

    def contents(self):
        return {path.name: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    def break_down(self):
        self.folder.rename(self.folder.with_name("gone"))
        self.folder.write_text("a file where the folder was")


class ServicePlace:
    """What stands in a service."""

    def __init__(self, running, folder):
        (folder / "secret").write_text("portal-secret\n")
        self.running = running
        self.place = FilePlace(
            url="s3://bucket/dunkerque",
            endpoint=running.endpoint,
            key_id="env:PORTAL_TEST_KEY",
            secret=f"file:{folder / 'secret'}",
        )

    def contents(self):
        prefix = "/bucket/dunkerque/"
        assert all(path.startswith(prefix) for path in self.running.objects)
        return {path.rpartition("/")[2]: body for path, body in self.running.objects.items()}

    def break_down(self):
        self.running.is_away = True


@pytest.fixture(params=["folder", "service"])
def stored(request, tmp_path, monkeypatch):
    if request.param == "folder":
        yield FolderPlace(tmp_path / "files")
        return
    monkeypatch.setenv("PORTAL_TEST_KEY", "portal-key")
    with service() as running:
        yield ServicePlace(running, tmp_path)


@pytest.fixture
def file_place(stored):
    return stored.place


@pytest.fixture
def owner():
    """A subject of the core, so that no plugin is needed."""
    return Subject("portal.group", 7)


@pytest.fixture
def sent(app):
    """Receive a content as the route of an upload does, before any lock."""

    def send(content, name="plan.pdf"):
        with app.app_context():
            return receive(io.BytesIO(content), name=name)

    return send
