"""Rows that outlive the link to a person: participations, votes called, clauses proposed (24 months, G6)."""

import sqlalchemy as sa
from alembic import op

revision = "labs_0003"
down_revision = "labs_0002"
branch_labels = None
depends_on = None

COLUMNS = "ephemeral_id, person_id, joined_at, left_at"
LOOSENED = {"labs_vote": "called_by_id", "labs_clause_change": "proposed_by_id"}


def link(column: str, referred: str, *, ondelete: str, nullable: bool = False) -> sa.Column[int]:
    name = f"fk_labs_participant_{column}_{referred}"
    return sa.Column(
        column, sa.Integer(), sa.ForeignKey(f"{referred}.id", name=name, ondelete=ondelete), nullable=nullable
    )


def instants() -> list[sa.Column[sa.DateTime]]:
    return [
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
    ]


def rebuild_participants(*parts: sa.Column | sa.Constraint, kept: str) -> None:
    """Make the table anew around its rows: neither database changes a primary key in place on both sides alike."""
    op.execute(f"CREATE TABLE labs_participant_kept AS SELECT {COLUMNS} FROM labs_participant {kept}")
    op.drop_table("labs_participant")
    op.create_table("labs_participant", *parts)
    op.create_index("ix_labs_participant_person_id", "labs_participant", ["person_id"])
    op.execute(f"INSERT INTO labs_participant ({COLUMNS}) SELECT {COLUMNS} FROM labs_participant_kept")
    op.drop_table("labs_participant_kept")


def upgrade() -> None:
    rebuild_participants(
        sa.Column("id", sa.Integer(), nullable=False),
        link("ephemeral_id", "labs_ephemeral", ondelete="CASCADE"),
        link("person_id", "users", ondelete="RESTRICT", nullable=True),
        *instants(),
        sa.PrimaryKeyConstraint("id", name="pk_labs_participant"),
        sa.UniqueConstraint("ephemeral_id", "person_id", name="uq_labs_participant_ephemeral_id"),
        kept="",
    )
    op.create_index("ix_labs_participant_ephemeral_id", "labs_participant", ["ephemeral_id"])
    for table, column in LOOSENED.items():
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """Go back; what no longer names anybody has no place in the former tables."""
    for table, column in LOOSENED.items():
        op.execute(f"DELETE FROM {table} WHERE {column} IS NULL")
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=sa.Integer(), nullable=False)
    rebuild_participants(
        link("ephemeral_id", "labs_ephemeral", ondelete="CASCADE"),
        link("person_id", "users", ondelete="RESTRICT"),
        *instants(),
        sa.PrimaryKeyConstraint("ephemeral_id", "person_id", name="pk_labs_participant"),
        kept="WHERE person_id IS NOT NULL",
    )
