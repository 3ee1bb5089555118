"""Restitutions: the video, its chapters and words, consents, choices (C33)."""

import sqlalchemy as sa
from alembic import op

revision = "restitutions_0001"
down_revision = None
branch_labels = None
depends_on = None

RESTITUTION = "restitutions_restitution"


def number(name: str = "id", *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=nullable)


def instant(name: str, *, nullable: bool = True) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def link(
    table: str, column: str, referred: str, *, ondelete: str = "RESTRICT", nullable: bool = False
) -> sa.Column[int]:
    key = sa.ForeignKey(f"{referred}.id", name=f"fk_{table}_{column}_{referred}", ondelete=ondelete)
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def table(name: str, *columns: sa.Column, unique: tuple[str, ...] = ()) -> None:
    keys = [sa.PrimaryKeyConstraint("id", name=f"pk_{name}")]
    keys += [sa.UniqueConstraint(*unique, name=f"uq_{name}_{unique[0]}")] if unique else []
    op.create_table(name, number(), *columns, *keys)


def part(name: str, *columns: sa.Column) -> None:
    """Make a table of what belongs to a restitution."""
    table(name, link(name, "restitution_id", RESTITUTION, ondelete="CASCADE"), *columns)
    op.create_index(f"ix_{name}_restitution_id", name, ["restitution_id"])


def create_restitution() -> None:
    table(
        RESTITUTION,
        text("title", 160),
        text("summary"),
        text("original", 2000),
        text("provider", 10),
        text("host", 255),
        text("key", 200),
        text("secret", 80),
        number("start"),
        text("provider_title", 160),
        number("seconds", nullable=True),
        text("language", 5),
        text("captions", 10),
        text("transcript", 10),
        text("status", 12),
        text("session_kind", 60, nullable=True),
        number("session_id", nullable=True),
        text("folded"),
        instant("created_at", nullable=False),
        instant("published_at"),
        instant("looked_at"),
        number("failures"),
        instant("withdrawn_at"),
        instant("emptied_at"),
        text("audience", 10),
        instant("visible_from"),
        instant("visible_until"),
        link(RESTITUTION, "author_id", "users"),
        link(RESTITUTION, "reader_group_id", "groups", nullable=True),
    )
    for column in ("author_id", "reader_group_id", "status"):
        op.create_index(f"ix_{RESTITUTION}_{column}", RESTITUTION, [column])
    op.create_index(f"ix_{RESTITUTION}_session", RESTITUTION, ["session_kind", "session_id"])
    op.create_index(f"ix_{RESTITUTION}_newest", RESTITUTION, ["created_at", "id"])


def upgrade() -> None:
    create_restitution()
    part("restitutions_chapter", number("starts"), text("title", 160))
    part("restitutions_cue", number("starts_ms"), number("ends_ms"), text("words", 500), text("folded"))
    part(
        "restitutions_consent",
        text("name", 120),
        sa.Column("given_on", sa.Date(), nullable=False),
        instant("withdrawn_at"),
    )
    table(
        "restitutions_choice",
        link("restitutions_choice", "person_id", "users"),
        text("host", 255),
        instant("chosen_at", nullable=False),
        unique=("person_id", "host"),
    )
    op.create_index("ix_restitutions_choice_person_id", "restitutions_choice", ["person_id"])


def downgrade() -> None:
    for name in ("choice", "consent", "cue", "chapter", "restitution"):
        op.drop_table(f"restitutions_{name}")
