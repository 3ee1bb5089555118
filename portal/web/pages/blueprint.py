"""The blueprint of the few pages that must stand when every plugin is down."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("core", __name__)
