"""The one blueprint of the plugin: the portal mounts it under `/regards/`."""

from flask import Blueprint

blueprint = Blueprint("regards", __name__)
