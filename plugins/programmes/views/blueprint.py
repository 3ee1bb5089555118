"""The one blueprint of the plugin: the portal mounts it under `/programmes/`."""

from flask import Blueprint

blueprint = Blueprint("programmes", __name__)
