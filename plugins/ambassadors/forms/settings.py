"""What the collectivity sets: how it calls the levels of engagement, the time each asks for, its charter (C22)."""

from __future__ import annotations

from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.api import texts

from plugins.ambassadors.forms.limits import MirrorLimits

_ = texts("ambassadors")

MAX_LABEL = 40
MAX_TIME = 80
MAX_CHARTER = 2000


def _label(title: Any, default: Any) -> StringField:
    return StringField(title, validators=[InputRequired(), Length(max=MAX_LABEL)], default=default)


def _time(title: Any, default: Any) -> StringField:
    return StringField(title, validators=[InputRequired(), Length(max=MAX_TIME)], default=default)


class AmbassadorsSettings(MirrorLimits):
    """Rule: C22 SPEC 1 and 3; C19 SPEC 3. The time is what it truly takes: a level that hides its cost loses people."""

    label_curious = _label(_.later("Name of the level “curious”"), _.later("curious"))
    time_curious = _time(_.later("Its time"), _.later("an hour a month, when something tempts you"))
    label_relay = _label(_.later("Name of the level “relay”"), _.later("relay"))
    time_relay = _time(_.later("Its time"), _.later("about an hour a month, to pass on what goes on"))
    label_contributor = _label(_.later("Name of the level “contributor”"), _.later("contributor"))
    time_contributor = _time(_.later("Its time"), _.later("two to four hours a month, on one project"))
    label_ambassador = _label(_.later("Name of the level “ambassador”"), _.later("ambassador"))
    time_ambassador = _time(_.later("Its time"), _.later("half a day to a day a month"))
    label_animator = _label(_.later("Name of the level “animator”"), _.later("animator"))
    time_animator = _time(_.later("Its time"), _.later("two to three days a month"))
    label_paused = _label(_.later("Name of the level “on pause”"), _.later("on pause"))
    time_paused = _time(_.later("Its time"), _.later("nothing, for as long as you like: nobody asks you anything"))
    charter = TextAreaField(
        _.later("Charter, to be read by who wants to be ambassador or animator"),
        validators=[InputRequired(), Length(max=MAX_CHARTER)],
        default=_.later(
            "I give the time I said, and say so when I no longer can.\n"
            "I speak of my work as it is, failures included.\n"
            "What I am told in confidence stays with me.\n"
            "I leave this level when I wish, without giving a reason."
        ),
        render_kw={"rows": 6},
    )
