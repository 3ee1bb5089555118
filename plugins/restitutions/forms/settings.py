"""What the collectivity sets: whose videos it takes, and whether links are watched."""

from __future__ import annotations

import re

from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from portal.api import Form, texts

from plugins.restitutions.forms.videos import MAX_FILM_BYTES, MEGABYTE

_ = texts("restitutions")

HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")


class RestitutionsSettings(Form):
    """Whose videos are taken, and whether links are watched (C33 SPEC 1 and 8)."""

    hosts = TextAreaField(
        _.later("PeerTube and Pod servers"),
        validators=[Optional(), Length(max=4000)],
        default="",
        description=_.later("One host a line: tube.example.org. Pages may show their videos, to who asks for it."),
    )
    youtube = BooleanField(_.later("Take videos of YouTube"), default=True)
    vimeo = BooleanField(_.later("Take videos of Vimeo"), default=True)
    watch = BooleanField(
        _.later("Look once a week whether videos are still there"),
        default=False,
        description=_.later(
            "Their host is asked by the portal, never by those who read. Twice without answer, the owner is told."
        ),
    )
    file_megabytes = IntegerField(
        _.later("Largest video that may be sent, in MB"),
        validators=[InputRequired(), NumberRange(1, MAX_FILM_BYTES // MEGABYTE)],
        default=200,
    )

    def validate_hosts(self, field: TextAreaField) -> None:
        """Take names of hosts, as browsers write them.

        :raises ValidationError: an address, a port, signs that look like others
        """
        for host in (field.data or "").split():
            if not HOST.fullmatch(host.lower()) or len(host) > 253:
                raise ValidationError(
                    _("“%(host)s” is not the name of a host, such as tube.example.org.", host=host[:60])
                )
