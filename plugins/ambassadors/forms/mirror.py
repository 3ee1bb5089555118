"""Forms of the mirror of mix: what one declares of oneself, the workforce of a year (C19 SPEC 2, 6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from portal.api import Form, Invalid, fold, texts

from plugins.ambassadors.models.mirror import (
    CATEGORIES,
    CATEGORY,
    DESK,
    DIRECTION,
    FIELD,
    GENDER,
    GENDERS,
    SITE,
    UNSAID,
    WORKPLACE,
)
from plugins.ambassadors.queries.shares import TITLES, VALUE_WORDS
from plugins.ambassadors.services.mirrors import Answers

_ = texts("ambassadors")

MAX_SITE = 60
LINE = re.compile(r"^(?P<name>.*?)[\s:;,|=]+(?P<heads>\d[\d\s\u202f]*)$")
TYPED = (CATEGORY, WORKPLACE, DIRECTION, SITE)


def _choices(dimension: str, values: Iterable[str]) -> list[SelectChoice]:
    words = [(value, VALUE_WORDS.get((dimension, value), value)) for value in values]
    return [SelectChoice(UNSAID, _("I do not say")), *(SelectChoice(*pair) for pair in words)]


class MixForm(Form):
    """What one declares of oneself; nothing is required."""

    category = SelectField(TITLES[CATEGORY], default=UNSAID)
    workplace = SelectField(TITLES[WORKPLACE], default=UNSAID)
    site = SelectField(TITLES[SITE], default=UNSAID)
    gender = SelectField(TITLES[GENDER], default=UNSAID)

    def __init__(self, sites: Iterable[str], **values: object) -> None:
        """Offer the answers; the places are those that the collectivity typed."""
        super().__init__(**values)
        offered = {CATEGORY: CATEGORIES, WORKPLACE: (DESK, FIELD), SITE: tuple(sites), GENDER: GENDERS}
        for dimension, values_of in offered.items():
            self[dimension].choices = _choices(dimension, values_of)

    @property
    def answers(self) -> Answers:
        """Give what was declared."""
        return Answers(**{name: self[name].data or UNSAID for name in (CATEGORY, WORKPLACE, SITE, GENDER)})


class WorkforceForm(Form):
    """Heads of a year, a line each: typed, or pasted from two columns of a spreadsheet."""

    year = IntegerField(_.later("Year"), validators=[InputRequired(), NumberRange(2000, 2999)])
    category = TextAreaField(_.later("By category"))
    workplace = TextAreaField(_.later("By desk or field"))
    direction = TextAreaField(_.later("By direction"))
    site = TextAreaField(_.later("By place of work"))

    def told(self, directions: Iterable[str]) -> dict[str, dict[str, int]]:
        """Give the heads by dimension.

        :raises Invalid: a line that cannot be read, or names what is not there
        """
        known: dict[str, dict[str, str]] = {name: _by_words(name, directions) for name in TYPED if name != SITE}
        return {name: _read(self[name].data or "", name, known.get(name)) for name in TYPED}


def _by_words(dimension: str, directions: Iterable[str]) -> dict[str, str]:
    if dimension == DIRECTION:
        return {fold(name): name for name in directions}
    pairs = [(value, words) for (name, value), words in VALUE_WORDS.items() if name == dimension]
    return {fold(str(said)): value for value, words in pairs for said in (value, words)}


def _read(text: str, field: str, known: Mapping[str, str] | None) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        match = LINE.match(line)
        if match is None:
            if known is not None and fold(line.rstrip(" :")) in known:
                continue  # a line that was offered and left without a number
            raise Invalid(_("This line does not end with a number: %(line)s", line=line[:60]), field=field)
        name = match["name"].strip()
        value = name if known is None else known.get(fold(name))
        if not value or (len(value) > MAX_SITE and known is None):
            raise Invalid(_("This name is not known here: %(name)s", name=name[:60]), field=field)
        found[value] = int(re.sub(r"\D", "", match["heads"]))
    return found


def typed_lines(workforce: Mapping[str, Mapping[str, int]], directions: Iterable[str]) -> dict[str, str]:
    """Give what the form begins with: the lines of the last year, and the names that wait for a number."""
    values = {CATEGORY: CATEGORIES, WORKPLACE: (DESK, FIELD), DIRECTION: tuple(directions), SITE: ()}
    lines = {}
    for dimension in TYPED:
        heads = workforce.get(dimension, {})
        names = dict.fromkeys([*values[dimension], *heads])
        lines[dimension] = "\n".join(_line(dimension, name, heads.get(name)) for name in names)
    return lines


def _line(dimension: str, value: str, heads: int | None) -> str:
    return f"{VALUE_WORDS.get((dimension, value), value)} : {'' if heads is None else heads}".strip()
