"""The one blueprint of the plugin: the portal mounts it under `/copils/`."""

from flask import Blueprint

blueprint = Blueprint("copils", __name__)
