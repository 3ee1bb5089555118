"""Ambassadors: vocabulary, cards, levels, requests, openings (C08, C22, C44)."""

import sqlalchemy as sa
from alembic import op

revision = "ambassadors_0001"
down_revision = None
branch_labels = None
depends_on = None


def number(name: str = "id") -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=nullable)


def truth(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def instant(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def link(
    table: str, column: str, referred: str, *, ondelete: str = "RESTRICT", nullable: bool = False
) -> sa.Column[int]:
    name = f"fk_{table}_{column}_{referred}"
    key = sa.ForeignKey(f"{referred}.id", name=name, ondelete=ondelete)
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def table(name: str, *columns: sa.Column, key: tuple[str, ...] = ("id",), unique: tuple[str, ...] = ()) -> None:
    keys = [sa.PrimaryKeyConstraint(*key, name=f"pk_{name}")]
    keys += [sa.UniqueConstraint(*unique, name=f"uq_{name}_{unique[0]}")] if unique else []
    op.create_table(name, *columns, *keys)


def index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def create_tag() -> None:
    table(
        "ambassadors_tag",
        number(),
        text("kind", 10),
        text("family", 60),
        text("label", 60),
        text("folded", 120),
        text("synonyms", 300),
        text("esco_uri", 200, nullable=True),
        text("cnfpt_code", 40, nullable=True),
        truth("needs_writing"),
        truth("needs_mail"),
        instant("retired_at", nullable=True),
        unique=("kind", "folded"),
    )


def create_tag_word() -> None:
    table(
        "ambassadors_tag_word",
        text("stem", 40),
        link("ambassadors_tag_word", "tag_id", "ambassadors_tag", ondelete="CASCADE"),
        key=("stem", "tag_id"),
    )
    index("ambassadors_tag_word", "tag_id")


def create_card() -> None:
    table(
        "ambassadors_card",
        number(),
        link("ambassadors_card", "person_id", "users"),
        link("ambassadors_card", "reader_group_id", "groups", nullable=True),
        number("shuffle"),
        instant("created_at"),
        instant("confirmed_at"),
        instant("asked_at", nullable=True),
        unique=("person_id",),
    )
    index("ambassadors_card", "person_id", "reader_group_id")


def create_draft() -> None:
    table(
        "ambassadors_draft",
        number(),
        link("ambassadors_draft", "person_id", "users"),
        link("ambassadors_draft", "reader_group_id", "groups", nullable=True),
        text("bring"),
        text("seek"),
        text("passion"),
        text("role"),
        text("free"),
        sa.Column("minutes", sa.Integer(), nullable=True),
        number("days"),
        instant("typed_at"),
        unique=("person_id",),
    )
    index("ambassadors_draft", "person_id", "reader_group_id")


def create_engagement() -> None:
    table(
        "ambassadors_engagement",
        number(),
        text("level", 12),
        text("before", 12),
        instant("chosen_at"),
        instant("charter_at", nullable=True),
        instant("active_at"),
        instant("asked_at", nullable=True),
        text("audience", 10),
        instant("visible_from", nullable=True),
        instant("visible_until", nullable=True),
        link("ambassadors_engagement", "author_id", "users"),
        link("ambassadors_engagement", "reader_group_id", "groups", nullable=True),
        unique=("author_id",),
    )
    op.create_index("ix_ambassadors_engagement_active", "ambassadors_engagement", ["active_at"])
    index("ambassadors_engagement", "author_id", "reader_group_id")


def create_level_change() -> None:
    table(
        "ambassadors_level_change",
        number(),
        link("ambassadors_level_change", "person_id", "users"),
        text("level", 12),
        instant("changed_at"),
    )
    index("ambassadors_level_change", "person_id")


def create_request() -> None:
    table(
        "ambassadors_request",
        number(),
        link("ambassadors_request", "asker_id", "users"),
        link("ambassadors_request", "person_id", "users"),
        text("words"),
        instant("asked_at"),
        instant("closes_at"),
        text("answer", 3),
        instant("answered_at", nullable=True),
        text("reach", nullable=True),
        instant("withdrawn_at", nullable=True),
    )
    op.create_index("ix_ambassadors_request_asked", "ambassadors_request", ["asker_id", "asked_at"])
    op.create_index("ix_ambassadors_request_waiting", "ambassadors_request", ["person_id", "answer"])
    index("ambassadors_request", "asker_id", "person_id")


def create_wanted() -> None:
    table(
        "ambassadors_wanted",
        number(),
        text("title", 120),
        text("folded"),
        text("details"),
        number("minutes"),
        truth("is_without_computer"),
        text("place", 120),
        link("ambassadors_wanted", "tag_id", "ambassadors_tag", ondelete="SET NULL", nullable=True),
        instant("posted_at"),
        instant("until_at"),
        instant("closed_at", nullable=True),
        truth("is_found"),
        text("audience", 10),
        instant("visible_from", nullable=True),
        instant("visible_until", nullable=True),
        link("ambassadors_wanted", "author_id", "users"),
        link("ambassadors_wanted", "reader_group_id", "groups", nullable=True),
    )
    op.create_index("ix_ambassadors_wanted_posted", "ambassadors_wanted", ["posted_at", "id"])
    index("ambassadors_wanted", "author_id", "reader_group_id", "tag_id")


def create_entry() -> None:
    table(
        "ambassadors_entry",
        number(),
        link("ambassadors_entry", "card_id", "ambassadors_card", ondelete="CASCADE"),
        text("kind", 10),
        text("text"),
        sa.Column("minutes", sa.Integer(), nullable=True),
        number("days"),
        text("audience", 10),
        instant("visible_from", nullable=True),
        instant("visible_until", nullable=True),
        link("ambassadors_entry", "author_id", "users"),
        link("ambassadors_entry", "reader_group_id", "groups", nullable=True),
        unique=("card_id", "kind"),
    )
    index("ambassadors_entry", "author_id", "reader_group_id")


def create_reply() -> None:
    table(
        "ambassadors_reply",
        number(),
        link("ambassadors_reply", "wanted_id", "ambassadors_wanted", ondelete="CASCADE"),
        link("ambassadors_reply", "person_id", "users"),
        text("reach"),
        instant("said_at"),
        unique=("wanted_id", "person_id"),
    )
    index("ambassadors_reply", "person_id", "wanted_id")


def create_entry_tag() -> None:
    table(
        "ambassadors_entry_tag",
        link("ambassadors_entry_tag", "entry_id", "ambassadors_entry", ondelete="CASCADE"),
        link("ambassadors_entry_tag", "tag_id", "ambassadors_tag", ondelete="CASCADE"),
        key=("entry_id", "tag_id"),
    )
    index("ambassadors_entry_tag", "tag_id")


def create_entry_word() -> None:
    table(
        "ambassadors_entry_word",
        text("stem", 40),
        link("ambassadors_entry_word", "entry_id", "ambassadors_entry", ondelete="CASCADE"),
        key=("stem", "entry_id"),
    )
    index("ambassadors_entry_word", "entry_id")


# parents first
TABLES = (
    create_tag,
    create_tag_word,
    create_card,
    create_draft,
    create_engagement,
    create_level_change,
    create_request,
    create_wanted,
    create_entry,
    create_reply,
    create_entry_tag,
    create_entry_word,
)


def upgrade() -> None:
    for create in TABLES:
        create()


def downgrade() -> None:
    for create in reversed(TABLES):
        op.drop_table(f"ambassadors_{create.__name__.removeprefix('create_')}")
