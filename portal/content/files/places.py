"""Where the files of a collectivity stand, as `portal.toml` says it. Light: the command reads it before anything."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A folder, or an S3-compatible store.

    :ivar url: nothing for the folder `files/` of the collectivity, `file:///a/folder`, or `s3://bucket/prefix`
    :ivar endpoint: address of the S3-compatible service, https (http on loopback only)
    :ivar key_id: reference to the key's name (`env:NAME` or `file:/path`), `secret` to the key itself
    :ivar ca: a file of certificates to trust besides the system's
    """

    url: str = ""
    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret: str = ""
    ca: str = ""


IN_OWN_FOLDER = FilePlace()
