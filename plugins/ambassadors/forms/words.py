"""The shape of what one imports into the vocabulary: a file, or a few lines typed."""

from __future__ import annotations

from wtforms import FileField, HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from portal.api import Form, Invalid, texts

from plugins.ambassadors.queries.word_files import MAX_BYTES, decoded

_ = texts("ambassadors")


class ImportForm(Form):
    """A file, or lines; the file counts if both are there."""

    file = FileField(
        _.later("The file"),
        validators=[Optional()],
        description=_.later("CSV from a spreadsheet, 200 kB at most."),
        render_kw={"accept": ".csv,.txt,.tsv,text/csv"},
    )
    typed = TextAreaField(
        _.later("Or a few lines"),
        validators=[Optional(), Length(max=MAX_BYTES)],
        description=_.later("One word a line, its family first: Create, draw"),
    )

    @property
    def text(self) -> str:
        """Give the words, wherever they were written.

        :raises Invalid: nowhere, or the file is no text
        """
        content = self["file"].data.read(MAX_BYTES + 1) if self["file"].data else b""
        text = decoded(content) if content else self["typed"].data or ""
        if not text:
            raise Invalid(_("Choose a file, or type a few lines."), field="file")
        return text


class ApplyForm(Form):
    """What was looked at, sent back."""

    text = HiddenField(validators=[Length(max=2 * MAX_BYTES)])
