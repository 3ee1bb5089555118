"""Receiving files: a form field, and the slow work of the route that takes it, done before the write lock.

    class PlanForm(Form):
        plans = FileField(_.later("Plans"), accept=("picture", "pdf"), several=True)

    @blueprint.route("/<int:lab_id>/plans", methods=["GET", "POST"])
    @requires("labs.animate", prepare=receive_files(PlanForm), max_bytes=20_000_000, lab=one_lab)
    def plans(lab):
        form = PlanForm()
        if form.submitted():
            for upload in form.plans.data:
                keep_file(lab.subject, upload, actor=viewer(), at=now())

A form refused for another field keeps what was received: the page shows it, ticked, and it comes back with the form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from flask import current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage
from wtforms.fields import Field
from wtforms.validators import StopValidation
from wtforms.widgets import FileInput

from portal.content.files.keeping import receive
from portal.content.files.kinds import KINDS, clean_name, is_among, type_of
from portal.content.files.pictures import SIDE
from portal.errors import Invalid
from portal.texts import CORE, texts
from portal.values import Upload
from portal.web.forms import Form
from portal.web.policy import body_bytes, viewer
from portal.web.sizes import size

_ = texts(CORE)
USUAL = ("picture", "pdf", "office", "text")
KEPT_SECONDS = 12 * 3600  # half of what an unowned content lives
MOST_FILES = 20


class FileField(Field):
    """Files to send; `data` is a list of `Upload`, empty if none came.

    :ivar accept: names of kinds: picture, pdf, office, text, sound, video, archive, drawing
    :ivar side: longest side of a picture, in pixels
    :ivar max_bytes: said beside the field, where its form stands on another page than the one that receives it
    """

    widget = FileInput()
    data: list[Upload]

    def __init__(
        self,
        label: str = "",
        validators: Sequence[Any] = (),
        *,
        accept: Sequence[str] = USUAL,
        several: bool = False,
        side: int = SIDE,
        max_bytes: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.accept = {name: KINDS[name] for name in accept}
        self.several, self.side, self.max_bytes = several, side, max_bytes
        self.refused: list[str] = []
        kwargs["render_kw"] = {"accept": ",".join(kind.accept for kind in self.accept.values())}
        super().__init__(label, validators, **kwargs)
        if several:
            self.render_kw["multiple"] = True

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what `receive_files` put in the store, and what an earlier try of this form had put there."""
        self.process_errors: list[str] = []
        self.errors, self.raw_data, self.data = (), [], []
        if formdata is None:
            return
        received: dict[str, tuple[list[Upload], list[str]]] | None = g.get("received_files")
        if received is None or self.name not in received:
            if request.method == "POST" and _sent(self.name):
                raise RuntimeError("a route that takes files declares prepare=receive_files(its form)")
            return
        self.data, self.refused = received[self.name]
        self.raw_data = [upload.name for upload in self.data]

    def pre_validate(self, form: Any) -> None:
        """Say what was not taken.

        :raises StopValidation: a file was refused
        """
        if self.refused:
            raise StopValidation(" ".join(self.refused))

    @property
    def accepted(self) -> str:
        """Say what is taken here, and how much at once."""
        words = ", ".join(str(kind.words) for kind in self.accept.values())
        most = size(self.max_bytes or body_bytes())
        return _("%(kinds)s; %(most)s at most", kinds=words[:1].upper() + words[1:], most=most)

    @property
    def kept(self) -> list[tuple[str, Upload]]:
        """Give what was received, each with the sign that brings it back when the form is sent again."""
        return [(_signer().dumps(asdict(upload)), upload) for upload in self.data]

    def take(self) -> None:
        """Put what came for this field in the store; slow, so before the lock."""
        uploads, refused = [_read_sign(text) for text in request.form.getlist(f"{self.name}-kept")], []
        for file in _sent(self.name)[: MOST_FILES if self.several else 1]:
            try:
                uploads.append(self._received(file))
            except Invalid as error:
                refused.append(f"{clean_name(file.filename)}\u00a0: {error}")
        found = [upload for upload in uploads if upload is not None]
        g.setdefault("received_files", {})[self.name] = (found if self.several else found[-1:], refused)

    def _received(self, file: FileStorage) -> Upload:
        content_type = type_of(file.stream)
        if not any(is_among(content_type, kind.types) for kind in self.accept.values()):
            words = ", ".join(str(kind.words) for kind in self.accept.values())
            raise Invalid(_("this kind of file is not taken here. What is taken: %(kinds)s.", kinds=words))
        return receive(file.stream, name=file.filename, side=self.side)


def _sent(name: str) -> list[FileStorage]:
    """Give the files of a field; a browser sends one without name when none was chosen."""
    return [file for file in request.files.getlist(name) if file.filename]


def _signer() -> URLSafeTimedSerializer:
    """Sign for this person in this collectivity: nobody can ask for a content they did not send."""
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"received:{viewer().person_id}")


def _read_sign(text: str) -> Upload | None:
    try:
        return Upload(**_signer().loads(text, max_age=KEPT_SECONDS))
    except BadSignature:
        return None


def receive_files(form: type[Form]) -> Callable[[], None]:
    """Give the slow work of a route that takes this form: its files hashed, drawn again, stored, before the lock."""

    def prepare() -> None:
        for field in form(formdata=None):
            if isinstance(field, FileField):
                field.take()

    return prepare
