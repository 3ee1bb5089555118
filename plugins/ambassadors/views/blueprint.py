"""The one blueprint of the plugin: the portal mounts it under `/ambassadors/`."""

from flask import Blueprint

blueprint = Blueprint("ambassadors", __name__)
