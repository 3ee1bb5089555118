"""What the walks look for stands everywhere: a column without a marker could leak unseen (P2)."""

from __future__ import annotations

from portal.db import CoreBase

from tests.review.stamping import text_columns


def test_every_column_of_words_of_every_table_holds_a_marker(app, world, furniture):
    marked = {marker.column for marker in world.markers.values()}
    with app.app_context():
        columns = {str(column) for column in text_columns(furniture)}
    assert columns - marked == set(), "furnish them, or say in EXEMPT why not"


def test_what_is_exempt_exists(furniture):
    tables = CoreBase.metadata.tables
    known = {*tables, *(str(column) for table in tables.values() for column in table.columns)}
    assert furniture.exempt.keys() | furniture.readers.keys() | furniture.hidden.keys() <= known


def test_every_endpoint_and_permission_that_is_spoken_of_exists(app, furniture):
    spoken_of = [furniture.acts, furniture.may_at, furniture.silent, furniture.turned_away, furniture.unreached]
    assert {endpoint for some in spoken_of for endpoint in some} <= app.view_functions.keys()
    assert furniture.may.keys() == app.config["PERMISSIONS"].keys()


def test_something_is_private_to_each_who_walks(world):
    for role in world.roles():
        assert any(role not in marker.readers for marker in world.markers.values()), role
