"""The shape of what one says of a video: five fields to add it, the rest later (law 1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wtforms import FileField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal.api import AudienceField, Filters, Form, Invalid, PortalError, SeenForm, Subject, setting, texts
from portal.api import FileField as FilesField

from plugins.restitutions.models import LEVELS, MAX_SUMMARY, MAX_TITLE, Has, Restitution
from plugins.restitutions.queries.restitutions import Sought, words_of
from plugins.restitutions.services.publishing import AlreadyThere, Said
from plugins.restitutions.values.addresses import MAX_ADDRESS
from plugins.restitutions.values.captions import MAX_BYTES, Captions, decoded, read_captions
from plugins.restitutions.values.places import FILE, NAMES, PROVIDERS
from plugins.restitutions.values.readers import Readers
from plugins.restitutions.values.times import read_chapter

_ = texts("restitutions")

MAX_FILM_BYTES = 500_000_000
MAX_CHAPTERS = 60
MEGABYTE = 1_000_000
HAS_WORDS = {Has.YES: _.later("yes"), Has.NO: _.later("no"), Has.NEEDLESS: _.later("needless: nobody speaks")}
LANGUAGES = {
    "fr": _.later("French"),
    "fsl": _.later("French sign language"),
    "en": _.later("English"),
    "de": _.later("German"),
    "nl": _.later("Dutch"),
    "es": _.later("Spanish"),
    "it": _.later("Italian"),
    "ar": _.later("Arabic"),
}
PROVIDER_WORDS = {**NAMES, FILE: _.later("this portal")}


def _has(label: object, **options: Any) -> RadioField:
    choices = [SelectChoice(value.value, words) for value, words in HAS_WORDS.items()]
    return RadioField(label, choices=choices, validators=[InputRequired()], **options)


class _SaidForm(Form):
    """What every form about a video asks."""

    title = StringField(_.later("Title"), validators=[InputRequired(), Length(max=MAX_TITLE)])
    captions = _has(_.later("Are there captions?"), description=_.later("For those who do not hear, or have no sound."))
    transcript = _has(_.later("Are its words written somewhere?"))
    audience = AudienceField(_.later("Who can read it?"), levels=LEVELS)
    of = HiddenField()

    def said(self, of: Subject | None) -> Said:
        """Give what was typed."""
        return Said(
            title=self["title"].data,
            captions=self["captions"].data,
            transcript=self["transcript"].data,
            audience=self["audience"].data,
            of=of,
            reader_group_id=Readers.of(self["audience"].data, self["audience"].group_id).group_id,
        )


def _address() -> StringField:
    return StringField(
        _.later("Link to the video"),
        validators=[InputRequired(), Length(max=MAX_ADDRESS)],
        description=_.later("Copied from the page where it plays. Nothing is asked of that page before it is clicked."),
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )


class LinkForm(_SaidForm):
    """A video that stands elsewhere."""

    address = _address()
    already: Restitution | None = None

    def refuse(self, refusal: PortalError) -> None:
        """Keep which one is there already, so that the page leads to it."""
        super().refuse(refusal)
        self.already = refusal.first if isinstance(refusal, AlreadyThere) else None


class FilmForm(_SaidForm):
    """A video, or its sound, that is sent."""

    film = FilesField(_.later("The file"), [InputRequired()], accept=("video", "sound"), max_bytes=MAX_FILM_BYTES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["film"].max_bytes = setting("restitutions", "file_megabytes") * MEGABYTE  # what is said beside the field

    def validate_film(self, field: FilesField) -> None:
        """Take no more than the collectivity wants.

        :raises ValidationError: it is larger
        """
        most = setting("restitutions", "file_megabytes")
        if any(upload.size > most * MEGABYTE for upload in field.data):
            raise ValidationError(_("A video has %(most)s MB at most here. Make it smaller, or link to it.", most=most))


class CorrectForm(SeenForm):
    """Another address."""

    address = _address()


class ChangeForm(_SaidForm, SeenForm):
    """What is said of a video."""

    summary = TextAreaField(
        _.later("Summary"),
        validators=[Optional(), Length(max=MAX_SUMMARY)],
        description=_.later("Ten lines, for those who would rather read."),
    )
    language = SelectField(
        _.later("Language spoken"), choices=[SelectChoice(*pair) for pair in LANGUAGES.items()], default="fr"
    )
    chapters = TextAreaField(
        _.later("Chapters"),
        validators=[Optional(), Length(max=10_000)],
        description=_.later("One a line, when it begins first: 1:30 What worked"),
    )

    def validate_chapters(self, field: TextAreaField) -> None:
        """Take lines that say when and what.

        :raises ValidationError: one does not
        """
        lines = self._lines()
        wrong = next((line for line in lines if read_chapter(line) is None), None)
        if wrong is not None:
            raise ValidationError(
                _("“%(line)s” does not say when it begins: write 1:30, then its title.", line=wrong[:60])
            )
        if len(lines) > MAX_CHAPTERS:
            raise ValidationError(_("%(most)s chapters at most.", most=MAX_CHAPTERS))

    def _lines(self) -> list[str]:
        return [line for line in (self["chapters"].data or "").splitlines() if line.strip()]

    def marks(self) -> list[tuple[int, str]]:
        """Give the chapters that were typed."""
        found = (read_chapter(line) for line in self._lines())
        return [(starts, title[:MAX_TITLE]) for starts, title in filter(None, found)]

    def said(self, of: Subject | None) -> Said:
        """Give what was typed."""
        return replace(super().said(of), summary=self["summary"].data, language=self["language"].data)


class CaptionsForm(SeenForm):
    """The words of a video: a file, or its lines; the file counts if both are there."""

    file = FileField(
        _.later("The file of captions"),
        validators=[Optional()],
        description=_.later("WebVTT (.vtt) or SubRip (.srt), 900 kB at most."),
        render_kw={"accept": ".vtt,.srt,text/vtt"},
    )
    typed = TextAreaField(_.later("Or its lines"), validators=[Optional(), Length(max=MAX_BYTES)])

    def words(self) -> Captions:
        """Give the words, wherever they were written.

        :raises Invalid: nowhere, or they are not captions
        """
        content = self["file"].data.read(MAX_BYTES + 1) if self["file"].data else b""
        if len(content) > MAX_BYTES:
            raise Invalid(_("These captions are too long: 900 kB at most."), field="file")
        try:
            text = decoded(content).replace("\0", " ") if content else self["typed"].data or ""
        except UnicodeDecodeError as error:
            raise Invalid(_("This file cannot be read: save it as UTF-8, and send it again."), field="file") from error
        try:
            found = read_captions(text)
        except ValueError as error:
            raise Invalid(_("There are more lines here than a day has: 5,000 at most."), field="typed") from error
        if not text.strip():
            raise Invalid(_("Choose the file of captions, or paste its lines."), field="file")
        if not found.cues:
            raise Invalid(
                _("No line here says when it is spoken, such as 00:01:05.000 --> 00:01:09.000."), field="typed"
            )
        self["typed"].data = text  # a file is not sent twice: what it said stays, if the form is shown again
        return found

    def meanwhile(self, field: Field, value: object) -> str:
        """Say that there are other words by now; the page gives them whole."""
        return _("Meanwhile other words are kept: take those beside this form, and compare.")


class RestitutionFilters(Filters):
    """What one looks for."""

    q = StringField()
    provider = StringField()
    captions = StringField()

    def sought(self, of: Subject | None) -> Sought:
        """Give what the address asks for; what it does not know counts as nothing."""
        provider, captions = self["provider"].data, self["captions"].data
        return Sought(
            words=words_of(self["q"].data or ""),
            provider=provider if provider in PROVIDERS else "",
            captions=captions if captions in set(Has) else "",
            of=of,
        )
