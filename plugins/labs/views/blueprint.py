"""The one blueprint of the plugin: the portal mounts it under `/labs/`."""

from flask import Blueprint

blueprint = Blueprint("labs", __name__)
