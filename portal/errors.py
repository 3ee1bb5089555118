"""What can go wrong, as facts a person can read.

Raise the most exact of these where the fact is known; the web layer turns each into a page, a fragment or a line of
the command. The message is for the person who reads it: what happened, and what to do now.
"""

from __future__ import annotations


class PortalError(Exception):
    """A fault with a sentence for the person, and the HTTP status that says the same to a machine."""

    status = 500

    def __init__(self, message: object = "") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Unreadable(PortalError):
    """The request itself cannot be taken: what was sent is no longer valid, or holds what cannot be kept."""

    status = 400


class NotSignedIn(PortalError):
    """The page needs a person, and nobody is signed in."""

    status = 401


class Forbidden(PortalError):
    """The thing exists and may be known, but this act is not open to this person."""

    status = 403


class NotFound(PortalError):
    """There is nothing here for this person; absent and private look the same (trust P3)."""

    status = 404


class Conflict(PortalError):
    """Somebody was faster, or the thing is no longer in the state this act needs."""

    status = 409


class Invalid(PortalError):
    """The input breaks a rule of the domain; `field` names the form field when one is to blame."""

    status = 422

    def __init__(self, message: object = "", *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooMany(PortalError):
    """A limit was reached: too many tries, too many entries in the hour."""

    status = 429


class Unavailable(PortalError):
    """The database is away or being updated; the same request may succeed in a moment."""

    status = 503


class Outdated(Unavailable):
    """The database comes from a newer code than this one: it stays away until whoever runs the portal installs it."""


class ConfigError(PortalError):
    """The operator's files or command line say something the portal does not understand."""


class PluginFault(PortalError):
    """A plugin broke its contract; carries what the plugins page shows.

    :ivar plugin: id of the plugin
    :ivar phase: one of manifest, resolve, probe, import, register, schema, hook
    """

    def __init__(self, plugin: str, phase: str, reason: object, trace: str = "") -> None:
        super().__init__(reason)
        self.plugin, self.phase, self.trace = plugin, phase, trace
