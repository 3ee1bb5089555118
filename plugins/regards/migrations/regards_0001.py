"""Rounds of regards, the reviewed team, cards and their lines (C36)."""

import sqlalchemy as sa
from alembic import op

revision = "regards_0001"
down_revision = None
branch_labels = None
depends_on = None


def link(
    table: str, column: str, referred: str, *, ondelete: str = "RESTRICT", nullable: bool = False
) -> sa.Column[int]:
    name = f"fk_{table}_{column}_{referred}"
    key = sa.ForeignKey(f"{referred}.id", name=name, ondelete=ondelete)
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def instant(name: str, *, nullable: bool = True) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def words(name: str, length: int | None = None, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=nullable)


def index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def create_board() -> None:
    op.create_table(
        "regards_board",
        sa.Column("id", sa.Integer(), nullable=False),
        words("subject_kind", 60, nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        words("subject_title"),
        words("occasion", 120, nullable=False),
        words("folded", nullable=False),
        instant("opened_at", nullable=False),
        instant("reveal_due_at"),
        instant("revealed_at"),
        link("regards_board", "revealed_by_id", "users", nullable=True),
        words("audience", 10, nullable=False),
        instant("visible_from"),
        instant("visible_until"),
        link("regards_board", "author_id", "users"),
        link("regards_board", "reader_group_id", "groups", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_regards_board"),
    )
    op.create_index("ix_regards_board_subject", "regards_board", ["subject_kind", "subject_id"])
    index("regards_board", "opened_at", "reveal_due_at", "revealed_by_id", "author_id", "reader_group_id")


def create_seat() -> None:
    op.create_table(
        "regards_seat",
        link("regards_seat", "board_id", "regards_board", ondelete="CASCADE"),
        link("regards_seat", "person_id", "users"),
        sa.PrimaryKeyConstraint("board_id", "person_id", name="pk_regards_seat"),
    )
    index("regards_seat", "person_id")


def create_card() -> None:
    op.create_table(
        "regards_card",
        sa.Column("id", sa.Integer(), nullable=False),
        link("regards_card", "board_id", "regards_board", ondelete="CASCADE"),
        words("origin", 10, nullable=False),
        link("regards_card", "author_id", "users", nullable=True),
        link("regards_card", "group_id", "groups", nullable=True),
        words("signed", 80),
        words("key", 43),
        instant("begun_at", nullable=False),
        instant("handed_in_at"),
        sa.PrimaryKeyConstraint("id", name="pk_regards_card"),
        sa.UniqueConstraint("key", name="uq_regards_card_key"),
    )
    index("regards_card", "board_id", "author_id", "group_id")


def create_line() -> None:
    op.create_table(
        "regards_line",
        sa.Column("id", sa.Integer(), nullable=False),
        link("regards_line", "board_id", "regards_board", ondelete="CASCADE"),
        link("regards_line", "card_id", "regards_card", ondelete="CASCADE"),
        words("lens", 10, nullable=False),
        words("words", 240, nullable=False),
        words("folded", nullable=False),
        words("sign", 16, nullable=False),
        words("reply", 500),
        link("regards_line", "replied_by_id", "users", nullable=True),
        instant("replied_at"),
        words("mark", 10),
        words("note", 240),
        link("regards_line", "marked_by_id", "users", nullable=True),
        instant("marked_at"),
        words("became_kind", 60),
        sa.Column("became_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_regards_line"),
    )
    op.create_index("ix_regards_line_same", "regards_line", ["board_id", "lens", "sign"])
    index("regards_line", "card_id", "replied_by_id", "marked_by_id")


def upgrade() -> None:
    create_board()
    create_seat()
    create_card()
    create_line()


def downgrade() -> None:
    for table in ("line", "card", "seat", "board"):
        op.drop_table(f"regards_{table}")
