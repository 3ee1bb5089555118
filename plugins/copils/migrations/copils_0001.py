"""Inverted copils: sessions, questions, commitments (C07)."""

import sqlalchemy as sa
from alembic import op

revision = "copils_0001"
down_revision = None
branch_labels = None
depends_on = None


def link(
    table: str, column: str, referred: str, *, ondelete: str = "RESTRICT", nullable: bool = False
) -> sa.Column[int]:
    name = f"fk_{table}_{column}_{referred}"
    key = sa.ForeignKey(f"{referred}.id", name=name, ondelete=ondelete)
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def instant(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


# children first
TABLES = (
    "refusal", "former_due", "turn", "masking", "former_answer", "commitment",
    "handed_on", "asker", "question", "former_day", "decider", "copil",
)  # fmt: skip


def index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def create_copil() -> None:
    op.create_table(
        "copils_copil",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("place", sa.String(160), nullable=False),
        instant("created_at"),
        instant("held_at"),
        sa.Column("minutes", sa.Integer(), nullable=False),
        instant("freezes_at"),
        sa.Column("answers_due_on", sa.Date(), nullable=False),
        link("copils_copil", "facilitator_id", "users"),
        instant("began_at", nullable=True),
        instant("closed_at", nullable=True),
        sa.Column("is_listening", sa.Boolean(), nullable=False),
        instant("cancelled_at", nullable=True),
        sa.Column("cancel_reason", sa.String(300), nullable=True),
        sa.Column("announced_as", sa.String(16), nullable=True),
        link("copils_copil", "follows_id", "copils_copil", ondelete="SET NULL", nullable=True),
        sa.Column("audience", sa.String(10), nullable=False),
        instant("visible_from", nullable=True),
        instant("visible_until", nullable=True),
        link("copils_copil", "author_id", "users"),
        link("copils_copil", "reader_group_id", "groups", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_copils_copil"),
        sa.UniqueConstraint("announced_as", name="uq_copils_copil_announced_as"),
    )
    index("copils_copil", "author_id", "facilitator_id", "follows_id", "held_at", "reader_group_id")


def create_decider() -> None:
    op.create_table(
        "copils_decider",
        sa.Column("id", sa.Integer(), nullable=False),
        link("copils_decider", "copil_id", "copils_copil", ondelete="CASCADE"),
        link("copils_decider", "function_id", "functions"),
        sa.Column("presence", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_copils_decider"),
        sa.UniqueConstraint("copil_id", "function_id", name="uq_copils_decider_copil_id"),
    )
    index("copils_decider", "copil_id", "function_id")


def create_former_day() -> None:
    op.create_table(
        "copils_former_day",
        sa.Column("id", sa.Integer(), nullable=False),
        link("copils_former_day", "copil_id", "copils_copil", ondelete="CASCADE"),
        instant("held_at"),
        sa.Column("reason", sa.String(300), nullable=False),
        instant("moved_at"),
        sa.PrimaryKeyConstraint("id", name="pk_copils_former_day"),
    )
    op.create_index("ix_copils_former_day_copil_id", "copils_former_day", ["copil_id"])


def create_question() -> None:
    op.create_table(
        "copils_question",
        sa.Column("id", sa.Integer(), nullable=False),
        link("copils_question", "copil_id", "copils_copil", nullable=True),
        link("copils_question", "came_from_id", "copils_copil", ondelete="SET NULL", nullable=True),
        link("copils_question", "again_id", "copils_question", ondelete="SET NULL", nullable=True),
        link("copils_question", "author_id", "users", nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("is_collective", sa.Boolean(), nullable=False),
        sa.Column("collective", sa.Text(), nullable=True),
        instant("created_at"),
        instant("asked_at", nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        instant("withdrawn_at", nullable=True),
        instant("returned_at", nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        link("copils_question", "returned_by_id", "users", nullable=True),
        link("copils_question", "merge_wanted_id", "copils_question", ondelete="SET NULL", nullable=True),
        link("copils_question", "merged_into_id", "copils_question", ondelete="SET NULL", nullable=True),
        sa.Column("answer", sa.String(10), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=True),
        sa.Column("answer_on", sa.Date(), nullable=True),
        link("copils_question", "answer_function_id", "functions", nullable=True),
        instant("answered_at", nullable=True),
        link("copils_question", "answered_by_id", "users", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_copils_question"),
    )
    index("copils_question", "again_id", "answer_function_id", "answered_by_id", "author_id")
    index("copils_question", "came_from_id", "merge_wanted_id", "merged_into_id", "returned_by_id")
    op.create_index("ix_copils_question_agenda", "copils_question", ["copil_id", "position"])


def create_asker() -> None:
    op.create_table(
        "copils_asker",
        sa.Column("id", sa.Integer(), nullable=False),
        link("copils_asker", "question_id", "copils_question", ondelete="CASCADE"),
        link("copils_asker", "person_id", "users", nullable=True),
        sa.Column("is_support", sa.Boolean(), nullable=False),
        instant("invited_at"),
        instant("confirmed_at", nullable=True),
        instant("declined_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_copils_asker"),
        sa.UniqueConstraint("question_id", "person_id", name="uq_copils_asker_question_id"),
    )
    index("copils_asker", "person_id", "question_id")


def create_handed_on() -> None:
    op.create_table(
        "copils_handed_on",
        sa.Column("id", sa.Integer(), nullable=False),
        link("copils_handed_on", "copil_id", "copils_copil", ondelete="CASCADE"),
        link("copils_handed_on", "question_id", "copils_question", ondelete="CASCADE"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_copils_handed_on"),
        sa.UniqueConstraint("copil_id", "question_id", name="uq_copils_handed_on_copil_id"),
    )
    for column in ("copil_id", "question_id"):
        op.create_index(f"ix_copils_handed_on_{column}", "copils_handed_on", [column])


def create_commitment() -> None:
    op.create_table(
        "copils_commitment",
        sa.Column("id", sa.Integer(), nullable=False),
        link("copils_commitment", "copil_id", "copils_copil", ondelete="CASCADE"),
        link("copils_commitment", "question_id", "copils_question", ondelete="CASCADE"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        link("copils_commitment", "function_id", "functions"),
        link("copils_commitment", "holder_id", "users", nullable=True),
        instant("made_at"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("pressing_on", sa.Date(), nullable=False),
        sa.Column("late_noted_on", sa.Date(), nullable=True),
        sa.Column("holder_told", sa.String(40), nullable=False),
        sa.Column("postponed", sa.Integer(), nullable=False),
        sa.Column("known_by", sa.Text(), nullable=True),
        link("copils_commitment", "known_by_id", "users", nullable=True),
        instant("proposed_at", nullable=True),
        link("copils_commitment", "proposed_by_id", "users", nullable=True),
        sa.Column("in_name", sa.Boolean(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("unconfirmed_noted", sa.Boolean(), nullable=False),
        instant("confirmed_at", nullable=True),
        link("copils_commitment", "confirmed_by_id", "users", nullable=True),
        instant("withdrawn_at", nullable=True),
        sa.Column("audience", sa.String(10), nullable=False),
        instant("visible_from", nullable=True),
        instant("visible_until", nullable=True),
        link("copils_commitment", "author_id", "users"),
        link("copils_commitment", "reader_group_id", "groups", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_copils_commitment"),
    )
    index("copils_commitment", "author_id", "confirmed_by_id", "copil_id", "function_id")
    index("copils_commitment", "holder_id", "known_by_id", "proposed_by_id", "question_id", "reader_group_id")
    op.create_index("ix_copils_commitment_made", "copils_commitment", ["made_at", "id"])
    stands = sa.text("confirmed_at IS NULL AND withdrawn_at IS NULL")
    op.create_index(
        "ix_copils_commitment_pressing",
        "copils_commitment",
        ["pressing_on", "id"],
        sqlite_where=stands,
        postgresql_where=stands,
    )


def create_former_answer() -> None:
    op.create_table(
        "copils_former_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        link("copils_former_answer", "question_id", "copils_question", ondelete="CASCADE"),
        sa.Column("answer", sa.String(10), nullable=False),
        sa.Column("answer_text", sa.Text(), nullable=True),
        sa.Column("answer_on", sa.Date(), nullable=True),
        link("copils_former_answer", "answer_function_id", "functions", nullable=True),
        link("copils_former_answer", "person_id", "users"),
        instant("until_at"),
        sa.PrimaryKeyConstraint("id", name="pk_copils_former_answer"),
    )
    index("copils_former_answer", "answer_function_id", "person_id", "question_id")


def create_masking() -> None:
    op.create_table(
        "copils_masking",
        sa.Column("id", sa.Integer(), nullable=False),
        link("copils_masking", "question_id", "copils_question", ondelete="CASCADE"),
        link("copils_masking", "person_id", "users"),
        sa.Column("places", sa.Integer(), nullable=False),
        instant("masked_at"),
        sa.PrimaryKeyConstraint("id", name="pk_copils_masking"),
    )
    index("copils_masking", "person_id", "question_id")


def create_turn() -> None:
    op.create_table(
        "copils_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        link("copils_turn", "copil_id", "copils_copil", ondelete="CASCADE"),
        link("copils_turn", "question_id", "copils_question", ondelete="CASCADE"),
        sa.Column("side", sa.String(10), nullable=False),
        instant("started_at"),
        instant("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_copils_turn"),
    )
    index("copils_turn", "copil_id", "question_id")


def create_former_due() -> None:
    op.create_table(
        "copils_former_due",
        sa.Column("id", sa.Integer(), nullable=False),
        link("copils_former_due", "commitment_id", "copils_commitment", ondelete="CASCADE"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("in_name", sa.Boolean(), nullable=False),
        link("copils_former_due", "person_id", "users"),
        instant("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_copils_former_due"),
    )
    index("copils_former_due", "commitment_id", "person_id")


def create_refusal() -> None:
    op.create_table(
        "copils_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        link("copils_refusal", "commitment_id", "copils_commitment", ondelete="CASCADE"),
        sa.Column("proof", sa.Text(), nullable=True),
        link("copils_refusal", "proposed_by_id", "users"),
        instant("proposed_at"),
        sa.Column("in_name", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        link("copils_refusal", "person_id", "users", nullable=True),
        instant("refused_at"),
        sa.PrimaryKeyConstraint("id", name="pk_copils_refusal"),
    )
    index("copils_refusal", "commitment_id", "person_id", "proposed_by_id")


def upgrade() -> None:
    create_copil()
    create_decider()
    create_former_day()
    create_question()
    create_asker()
    create_handed_on()
    create_commitment()
    create_former_answer()
    create_masking()
    create_turn()
    create_former_due()
    create_refusal()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(f"copils_{table}")
