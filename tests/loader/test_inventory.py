"""The inventory: declarations are checked, copied at each migration, and outlive the package (P17)."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portal.db import CoreBase, Personal, UtcDateTime
from portal.engines import make_engine
from portal.loader.discovery import files_hash, scan
from portal.loader.inventory.declaring import faults_of
from portal.loader.inventory.noting import owner_of
from portal.loader.inventory.sheets import noted_files, read_inventory
from portal.loader.migrating import migrate
from portal.texts import language

PLUGINS = ["labs"]


@pytest.fixture
def inventory(app):
    with app.config["ENGINE"].connect() as conn:
        return read_inventory(conn)


def columns_of(inventory, table):
    return {column.name: column for column in inventory.tables[table].columns}


def test_every_table_of_core_and_plugin_is_in_the_inventory(inventory, app):
    names = set(sa.inspect(app.config["ENGINE"]).get_table_names())
    assert set(inventory.tables) == {name for name in names if not name.startswith("alembic_")}
    assert set(inventory.plugins) == {"portal", "labs"}
    assert {sheet.name for sheet in inventory.of("labs")} == {name for name in names if name.startswith("labs_")}


def test_a_column_keeps_what_its_author_declared_in_each_language(inventory):
    found = columns_of(inventory, "labs_participant")["person_id"]
    assert (found.kind, found.whose, found.keep_days, found.on_erase) == ("person", "person_id", 730, "pseudonym")
    assert (found.since, found.at_end, found.nullable) == (("ephemeral_id.ends_at",), "clear", True)
    assert found.why == {"en": "took part in the lab", "fr": "dire qui a participé au labo"}
    said = language.set("fr")
    assert found.reason == "dire qui a participé au labo"
    language.reset(said)
    assert not columns_of(inventory, "labs_lab")["name"].is_personal


def test_a_table_comes_after_those_it_refers_to(inventory):
    order = list(inventory.tables)
    for sheet in inventory.tables.values():
        for target in sheet.links.values():
            other = target.partition(".")[0]
            assert other == sheet.name or order.index(other) < order.index(sheet.name)


def test_keys_links_indexes_and_triggers_are_there(inventory):
    participants = inventory.tables["labs_participant"]
    assert participants.key == ("id",)
    assert participants.links == {"ephemeral_id": "labs_ephemeral.id", "person_id": "users.id"}
    assert ("index", "ix_labs_participant_person_id") in participants.objects
    assert any(kind == "trigger" for kind, _name in inventory.tables["audit"].objects)


def test_the_sheet_of_the_manifest_and_the_version_are_there(inventory):
    labs = inventory.plugins["labs"]
    assert labs.version == scan().manifests["labs"].version
    assert labs.sheet["legal_basis"]["fr"] == "mission d’intérêt public"
    assert inventory.plugins["portal"].sheet["purposes"]["fr"]


def test_the_files_that_declared_it_are_known(site):
    assert noted_files(site.engine, "labs") == files_hash("labs")
    assert noted_files(site.engine, "nobody") is None


def test_a_plugin_that_goes_down_leaves_the_inventory(database):
    url, labs = database.empty(), scan().manifests["labs"]
    migrate(url, [labs])
    migrate(url, [labs], core=False, down=True)
    engine = make_engine(url)
    with engine.connect() as conn:
        found = read_inventory(conn)
    engine.dispose()
    assert set(found.plugins) == {"portal"}
    assert not found.of("labs")
    database.drop(url)


def test_a_table_belongs_to_the_plugin_of_its_prefix_and_else_to_the_core():
    assert [owner_of(name) for name in ("labs_lab", "users", "audit_person", "alembic_version_labs")] == [
        "labs",
        "portal",
        "portal",
        "",
    ]


def test_the_core_declares_every_column_of_words_and_every_person():
    assert faults_of(CoreBase) == []


WRONG = {
    "undeclared": ({}, "declares nothing about personal data"),
    "whose": ({"words": Personal("words", "…")}, "whose leads to no person: words"),
    "act": ({"words": Personal("who_id", "…", on_erase="burn")}, "on_erase is clear, pseudonym or delete, not burn"),
    "end": ({"words": Personal("who_id", "…", at_end="burn")}, "at_end is clear or delete, not burn"),
    "since when": ({"words": Personal("who_id", "…", 30)}, "says keep_days, not since which instant"),
    "since nothing": ({"words": Personal("who_id", "…", 30, since="who_id")}, "since leads to no instant: who_id"),
    "stays full": ({"code": Personal("who_id", "…")}, "cannot be emptied"),
    "absent": ({"mood": Personal("who_id", "…")}, "declares a column it has not: mood"),
    "person": ({"who_id": Personal("who_id", "…", 30, "pseudonym", since="from_at")}, "cannot be emptied"),
}


@pytest.mark.parametrize("wrong", WRONG, ids=WRONG)
def test_a_declaration_that_cannot_be_run_is_refused(wrong):
    declared, words = WRONG[wrong]

    class Base(DeclarativeBase):
        metadata = sa.MetaData()
        __clock__ = "domain"
        __plain__ = ()

    sa.Table("users", Base.metadata, sa.Column("id", sa.Integer(), primary_key=True))
    good = {
        "words": Personal("who_id", "…"),
        "code": Personal("who_id", "…", on_erase="delete"),
        "who_id": Personal("who_id", "…", on_erase="pseudonym"),
    }

    class Leaf(Base):
        __tablename__ = "trees_leaf"
        __personal__ = {**good, **declared} if declared else {}
        id: Mapped[int] = mapped_column(primary_key=True)
        words: Mapped[str] = mapped_column(sa.String(80))
        code: Mapped[str] = mapped_column(sa.String(80), unique=True)
        who_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
        from_at: Mapped[datetime] = mapped_column(UtcDateTime())
        until_at: Mapped[datetime] = mapped_column(UtcDateTime())

    assert any(words in fault for fault in faults_of(Base))
    Leaf.__personal__ = good
    assert faults_of(Base) == []
