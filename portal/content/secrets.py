"""Secrets are named, never written: `env:NAME` or `file:/path` stands where a secret is needed.

The operator's file may name any. What an administrator writes in a page may not: it would read the files of the host
and the secrets of the other collectivities (`check_reference`).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from portal.errors import ConfigError, Invalid
from portal.texts import CORE, texts

_ = texts(CORE)
REFERENCE = re.compile(r"env:\w+|file:[^\0\n]+")


def is_reference(text: str) -> bool:
    """Tell whether a text names a secret, rather than being one."""
    return REFERENCE.fullmatch(text) is not None


def secret_of(reference: str, folder: Path = Path()) -> str:
    """Give the secret that a reference names.

    :param folder: where a relative path starts
    :raises ConfigError: not a reference, or nothing stands there; the message never holds a secret
    """
    kind, _colon, where = reference.partition(":")
    if not is_reference(reference):
        raise ConfigError("Un secret se nomme : « env:NOM » ou « file:/chemin ». Il ne s’écrit jamais ici.")
    if kind == "env":
        found = os.environ.get(where, "")
    else:
        try:
            found = (folder / where).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{reference} : ce fichier ne se lit pas.") from error
    if not found.strip():
        raise ConfigError(f"{reference} : rien ne s’y trouve.")
    return found.strip()


def prefix_of(slug: str) -> str:
    """Give what the names of environment variables begin with that a collectivity may use."""
    return f"PORTAL_{slug.upper()}_"


def check_reference(text: str, *, slug: str, folder: Path) -> None:
    """Refuse a reference that is not this collectivity's own.

    :param folder: of the collectivity; its secrets stand in `secrets/` there
    :raises Invalid: says what may be written
    """
    own = (folder / "secrets").resolve()
    kind, _colon, where = text.partition(":")
    if kind == "env" and is_reference(text) and where.startswith(prefix_of(slug)):
        return
    if kind == "file" and is_reference(text) and Path(where).resolve().is_relative_to(own):
        return
    raise Invalid(
        _(
            "Write where the secret stands, not the secret: env:%(prefix)s… or file:%(folder)s/….",
            prefix=prefix_of(slug),
            folder=own,
        )
    )
