"""Forms: the shape of the input, errors beside the field, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from flask import current_app, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Form as PlainForm
from wtforms import RadioField, StringField
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice
from wtforms.meta import DefaultMeta
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import DateTimeLocalInput, FileInput, PasswordInput, TextInput

from portal.content.secrets import check_reference
from portal.content.words import fold
from portal.db import db
from portal.errors import Conflict, Forbidden, Invalid, PortalError
from portal.people.groups import readers_count
from portal.people.persons import find_people
from portal.texts import CORE, language, texts
from portal.values import Audience, Person
from portal.web.dates import local, zone
from portal.web.policy import body_bytes
from portal.web.sizes import size

_ = texts(CORE)
FRENCH_INSTANT = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})[ ,à]*(\d{1,2})\s*[h:]\s*(\d{2})?")
# What is blank on paper, as at the ends. Never by an expression: it would read a run of blanks once for each of them.
MARGINS = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace()) + "\u200b\u2060\ufeff"
SECRETS: set[str] = set()  # names of the fields in which passwords are typed, whoever's forms they are in
AROUND_BYTES = 10_000  # what a browser sends around a file: the other fields, headers of parts
AUDIENCES = {
    Audience.SELF: _.later("Only me"),
    Audience.CIRCLE: _.later("The circle"),
    Audience.LAB: _.later("The lab"),
    Audience.NETWORK: _.later("The network of labs"),
    Audience.INTRANET: _.later("Every agent"),
    Audience.PUBLIC: _.later("Everybody, on the internet too"),
}


def _is_secret(field: Any) -> bool:
    kind = getattr(field, "field_class", None)
    return isinstance(getattr(field, "kwargs", {}).get("widget", getattr(kind, "widget", None)), PasswordInput)


class _Base:
    def submitted(self) -> bool:
        """Tell whether the form came back, and is well shaped."""
        return self.validate_on_submit()  # type: ignore[attr-defined,no-any-return]

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Try the service: a rule of the domain that refuses becomes an error of the form, and the try is undone."""
        try:
            with db.session.begin_nested():
                yield
        except (Invalid, Conflict, Forbidden) as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: PortalError) -> None:
        """Put a refusal beside its field, or on top of the form."""
        form: Any = self
        name = getattr(refusal, "field", None)
        if name in form:
            form[name].errors = [*form[name].errors, refusal.message]
        else:
            form.form_errors.append(refusal.message)


class _Meta(DefaultMeta):
    """How every form of the portal reads: messages in the language of the page, texts without blanks around them."""

    @property
    def locales(self) -> tuple[str, ...]:
        """Give the language of whoever reads: WTForms speaks from the catalogue that it ships."""
        return (language.get(),)

    def wrap_formdata(self, form: PlainForm, formdata: Any) -> Any:
        """Take the blanks around what was typed, so that for every validator a field of blanks is an empty one.

        Not from a password, of which a blank may be a part, nor from the fields of a form within the form.
        """
        received = super().wrap_formdata(form, formdata)
        if received is None:
            return None
        trimmed = {field.name for field in form if not isinstance(field.widget, PasswordInput)}
        return MultiDict(
            (name, value.strip(MARGINS) if isinstance(value, str) and name in trimmed else value)
            for name, value in received.items(multi=True)
        )

    def render_field(self, field: Field, render_kw: Any) -> Any:
        """Say in a field for files how much its page takes: more is refused before it is sent."""
        if isinstance(field.widget, FileInput):
            most = getattr(field, "max_bytes", None) or body_bytes()
            said = _("This page takes %(most)s at most. Choose a lighter file, or send fewer at once.", most=size(most))
            render_kw = {"data_most_bytes": most - AROUND_BYTES, "data_too_large": said, **render_kw}
        return super().render_field(field, render_kw)

    def bind_field(self, form: PlainForm, unbound_field: Any, options: dict[str, Any]) -> Field:
        """Make a text that was not sent an empty one, unless its field says otherwise."""
        field: Field = super().bind_field(form, unbound_field, options)
        if isinstance(field, StringField) and field.default is None and "default" not in unbound_field.kwargs:
            field.default = ""
        return field


class Form(_Base, FlaskForm):
    """A form that changes something, its texts without blanks around them.

    The CSRF token is checked for every unsafe request before any form is read.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        """Note the names of passwords and PINs: no page gives back what was typed in them."""
        super().__init_subclass__(**options)
        fields = ((name, getattr(cls, name)) for name in dir(cls))
        SECRETS.update(name for name, field in fields if _is_secret(field))

    class Meta(_Meta, FlaskForm.Meta):
        """No token per form: the request pipeline checks it."""

        csrf = False

        def get_translations(self, form: object) -> object:
            """Use the catalogue that WTForms ships, and not that of Flask-WTF."""
            return PlainForm.Meta.get_translations(self, form)


class Filters(PlainForm):
    """A GET form: its fields are the address of the page."""

    Meta = _Meta

    def __init__(self, **values: Any) -> None:
        super().__init__(request.args, **values)


class InstantField(Field):
    """A local date and hour, aware UTC in Python. Takes what the browser sends, and « 26/01/2018 14 h 30 »."""

    widget = DateTimeLocalInput()
    data: datetime | None

    def _value(self) -> str:
        if self.raw_data and self.data is None:
            return str(self.raw_data[0])
        return f"{local(self.data):%Y-%m-%dT%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        self.data = None
        try:
            self.data = _parse(valuelist[0].strip()).replace(tzinfo=zone()).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValueError(_("Write a date and an hour, such as 26/01/2018 14 h 30.")) from error


def _parse(text: str) -> datetime:
    found = FRENCH_INSTANT.fullmatch(text)
    if found is None:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    day, month, year, hour, minute = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 the zone is added by the caller


class AudienceField(RadioField):
    """« Qui peut lire ? », with for each answer how many people it opens to, before one clicks."""

    group_id: int | None = None

    def __init__(self, label: str, *, levels: Sequence[Audience], **kwargs: Any) -> None:
        kwargs.setdefault("default", levels[0].value)
        kwargs.setdefault("validators", [InputRequired()])
        super().__init__(label, choices=[SelectChoice(level.value, AUDIENCES[level]) for level in levels], **kwargs)
        self.levels = levels

    def for_group(self, group_id: int | None) -> None:
        """Say which lab or circle the answers speak of."""
        self.group_id = group_id

    @cached_property
    def notes(self) -> dict[str, str]:
        """Say how many people each answer opens to, counted where it is shown."""
        return {level.value: readers_sentence(level.value, self.group_id) for level in self.levels}


def readers_sentence(audience: str, group_id: int | None) -> str:
    """Say in words and numbers who an audience lets read (G7)."""
    if audience == Audience.SELF:
        return _("You alone.")
    if audience == Audience.PUBLIC:
        return _("Anybody, without an account.")
    count = readers_count(audience, group_id)
    if audience == Audience.INTRANET:
        return _.plural("The %(num)s agent here.", "The %(num)s agents here, managers included.", count)
    if audience == Audience.NETWORK:
        return _.plural("%(num)s person, member of a lab here.", "%(num)s people, members of the labs here.", count)
    return _.plural("%(num)s person.", "%(num)s people.", count)


class SecretField(StringField):
    """Where a secret stands: `env:NAME` or `file:/path` of this collectivity. The secret is never typed nor shown."""

    is_secret = True
    data: str | None
    render_kw: dict[str, Any] | None

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.render_kw = {"autocomplete": "off", "spellcheck": "false", **(self.render_kw or {})}

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not a reference of this collectivity.

        :raises StopValidation: says what may be written
        """
        if not self.data:
            return
        try:
            check_reference(
                self.data, slug=current_app.config["SLUG"], folder=current_app.config["COLLECTIVITY_FOLDER"]
            )
        except Invalid as refusal:
            self.data = ""  # it may be the secret itself: it is not sent back to the page
            raise StopValidation(str(refusal)) from refusal

    def _value(self) -> str:
        return str(self.data or "")


class PersonField(Field):
    """A person, typed as a name or a matricule; `data` is a `Person`, or None."""

    widget = TextInput()
    data: Person | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.name if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Find exactly one person.

        :raises ValueError: nobody, or several
        """
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        found = find_people(text)
        exact = [person for person in found if fold(person.name) == fold(text)]
        found = exact if len(exact) == 1 else found
        if len(found) == 1:
            self.data = found[0]
            return
        if not found:
            raise ValueError(_("Nobody here has this name or matricule."))
        names = ", ".join(person.name for person in found[:5])
        raise ValueError(_("Several people answer to this: %(names)s. Write the whole name.", names=names))
