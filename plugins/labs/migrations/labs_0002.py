"""Ephemeral labs: who is in them, what their questions said, what was told of them."""

import sqlalchemy as sa
from alembic import op

revision = "labs_0002"
down_revision = "labs_0001"
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


def create_ephemeral() -> None:
    op.create_table(
        "labs_ephemeral",
        sa.Column("id", sa.Integer(), nullable=False),
        link("labs_ephemeral", "lab_id", "labs_lab", ondelete="CASCADE"),
        sa.Column("question", sa.String(240), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("place", sa.String(160), nullable=False),
        instant("created_at"),
        instant("starts_at"),
        instant("ends_at"),
        sa.Column("minutes", sa.Integer(), nullable=False),
        instant("extended_at", nullable=True),
        link("labs_ephemeral", "extended_by_id", "users", nullable=True),
        sa.Column("extension_minutes", sa.Integer(), nullable=True),
        sa.Column("extension_reason", sa.String(240), nullable=True),
        instant("cancelled_at", nullable=True),
        sa.Column("allows_guests", sa.Boolean(), nullable=False),
        link("labs_ephemeral", "continues_id", "labs_ephemeral", ondelete="SET NULL", nullable=True),
        link("labs_ephemeral", "resown_from_id", "labs_ephemeral", ondelete="SET NULL", nullable=True),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("learnt", sa.String(1000), nullable=True),
        instant("told_at", nullable=True),
        link("labs_ephemeral", "told_by_id", "users", nullable=True),
        sa.Column("opening_noted", sa.Boolean(), nullable=False),
        sa.Column("ending_noted", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.String(10), nullable=False),
        instant("visible_from", nullable=True),
        instant("visible_until", nullable=True),
        link("labs_ephemeral", "author_id", "users"),
        link("labs_ephemeral", "reader_group_id", "groups", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_labs_ephemeral"),
    )
    for column in (
        "author_id",
        "continues_id",
        "ends_at",
        "extended_by_id",
        "lab_id",
        "reader_group_id",
        "resown_from_id",
        "starts_at",
        "told_by_id",
    ):
        op.create_index(f"ix_labs_ephemeral_{column}", "labs_ephemeral", [column])
    op.create_index("ix_labs_ephemeral_starting", "labs_ephemeral", ["opening_noted", "starts_at"])
    op.create_index("ix_labs_ephemeral_ending", "labs_ephemeral", ["ending_noted", "ends_at"])


def create_wording() -> None:
    op.create_table(
        "labs_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        link("labs_wording", "ephemeral_id", "labs_ephemeral", ondelete="CASCADE"),
        sa.Column("text", sa.String(240), nullable=False),
        link("labs_wording", "person_id", "users"),
        instant("until_at"),
        sa.PrimaryKeyConstraint("id", name="pk_labs_wording"),
    )
    op.create_index("ix_labs_wording_ephemeral_id", "labs_wording", ["ephemeral_id"])
    op.create_index("ix_labs_wording_person_id", "labs_wording", ["person_id"])


def create_former_telling() -> None:
    op.create_table(
        "labs_former_telling",
        sa.Column("id", sa.Integer(), nullable=False),
        link("labs_former_telling", "ephemeral_id", "labs_ephemeral", ondelete="CASCADE"),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("learnt", sa.String(1000), nullable=False),
        link("labs_former_telling", "person_id", "users"),
        instant("until_at"),
        sa.PrimaryKeyConstraint("id", name="pk_labs_former_telling"),
    )
    op.create_index("ix_labs_former_telling_ephemeral_id", "labs_former_telling", ["ephemeral_id"])
    op.create_index("ix_labs_former_telling_person_id", "labs_former_telling", ["person_id"])


def create_participant() -> None:
    op.create_table(
        "labs_participant",
        link("labs_participant", "ephemeral_id", "labs_ephemeral", ondelete="CASCADE"),
        link("labs_participant", "person_id", "users"),
        instant("joined_at"),
        instant("left_at", nullable=True),
        sa.PrimaryKeyConstraint("ephemeral_id", "person_id", name="pk_labs_participant"),
    )
    op.create_index("ix_labs_participant_person_id", "labs_participant", ["person_id"])


def create_guest() -> None:
    op.create_table(
        "labs_guest",
        sa.Column("id", sa.Integer(), nullable=False),
        link("labs_guest", "ephemeral_id", "labs_ephemeral", ondelete="CASCADE"),
        sa.Column("key", sa.String(43), nullable=False),
        sa.Column("first_name", sa.String(60), nullable=False),
        sa.Column("service", sa.String(120), nullable=False),
        instant("joined_at"),
        instant("left_at", nullable=True),
        instant("purged_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_labs_guest"),
        sa.UniqueConstraint("key", name="uq_labs_guest_key"),
    )
    op.create_index("ix_labs_guest_ephemeral_id", "labs_guest", ["ephemeral_id"])


def upgrade() -> None:
    create_ephemeral()
    create_wording()
    create_former_telling()
    create_participant()
    create_guest()


def downgrade() -> None:
    for table in ("labs_guest", "labs_participant", "labs_former_telling", "labs_wording", "labs_ephemeral"):
        op.drop_table(table)
