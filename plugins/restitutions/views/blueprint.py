"""The one blueprint of the plugin: the portal mounts it under `/restitutions/`."""

from flask import Blueprint

blueprint = Blueprint("restitutions", __name__)
