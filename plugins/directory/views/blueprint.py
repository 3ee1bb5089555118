"""The one blueprint of the plugin: the portal mounts it under `/directory/`."""

from flask import Blueprint

blueprint = Blueprint("directory", __name__)
