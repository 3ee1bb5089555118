"""Permanent labs, their margins and votes, light projects."""

import sqlalchemy as sa
from alembic import op

revision = "labs_0001"
down_revision = None
branch_labels = None
depends_on = None


def link(
    table: str, column: str, referred: str, *, ondelete: str = "RESTRICT", nullable: bool = False
) -> sa.Column[int]:
    name = f"fk_{table}_{column}_{referred}"
    key = sa.ForeignKey(f"{referred}.id", name=name, ondelete=ondelete)
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def create_lab() -> None:
    op.create_table(
        "labs_lab",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("folded", sa.String(240), nullable=False),
        link("labs_lab", "group_id", "groups"),
        sa.Column("place", sa.String(160), nullable=False),
        sa.Column("max_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("margins_restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_labs_lab"),
    )
    op.create_index("ix_labs_lab_folded", "labs_lab", ["folded"])
    op.create_index("ix_labs_lab_group_id", "labs_lab", ["group_id"])


def create_margin() -> None:
    op.create_table(
        "labs_margin",
        sa.Column("id", sa.Integer(), nullable=False),
        link("labs_margin", "lab_id", "labs_lab", ondelete="CASCADE"),
        sa.Column("text", sa.String(240), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_labs_margin"),
    )
    op.create_index("ix_labs_margin_lab_id", "labs_margin", ["lab_id"])


def create_project() -> None:
    op.create_table(
        "labs_project",
        sa.Column("id", sa.Integer(), nullable=False),
        link("labs_project", "lab_id", "labs_lab", ondelete="CASCADE"),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        link("labs_project", "lead_id", "users"),
        link("labs_project", "guarantor_id", "users", nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("learnt", sa.String(500), nullable=True),
        sa.Column("saved", sa.String(300), nullable=True),
        sa.Column("clause", sa.String(10), nullable=False),
        sa.Column("expected_by", sa.String(160), nullable=True),
        sa.Column("expected_what", sa.String(300), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("visible_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visible_until", sa.DateTime(timezone=True), nullable=True),
        link("labs_project", "author_id", "users"),
        link("labs_project", "reader_group_id", "groups", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_labs_project"),
    )
    op.create_index("ix_labs_project_author_id", "labs_project", ["author_id"])
    op.create_index("ix_labs_project_guarantor_id", "labs_project", ["guarantor_id"])
    op.create_index("ix_labs_project_lab_id", "labs_project", ["lab_id"])
    op.create_index("ix_labs_project_lead_id", "labs_project", ["lead_id"])
    op.create_index("ix_labs_project_opened_at", "labs_project", ["opened_at"])
    op.create_index("ix_labs_project_reader_group_id", "labs_project", ["reader_group_id"])


def create_sponsor() -> None:
    op.create_table(
        "labs_sponsor",
        link("labs_sponsor", "lab_id", "labs_lab", ondelete="CASCADE"),
        link("labs_sponsor", "function_id", "functions", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lab_id", "function_id", name="pk_labs_sponsor"),
    )
    op.create_index("ix_labs_sponsor_function_id", "labs_sponsor", ["function_id"])


def create_vote() -> None:
    op.create_table(
        "labs_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        link("labs_vote", "lab_id", "labs_lab", ondelete="CASCADE"),
        sa.Column("matter", sa.String(20), nullable=False),
        link("labs_vote", "called_by_id", "users"),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("yes", sa.Integer(), nullable=True),
        sa.Column("no", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_labs_vote"),
    )
    op.create_index("ix_labs_vote_called_by_id", "labs_vote", ["called_by_id"])
    op.create_index("ix_labs_vote_ends_at", "labs_vote", ["ends_at"])
    op.create_index("ix_labs_vote_lab_id", "labs_vote", ["lab_id"])


def create_ballot() -> None:
    op.create_table(
        "labs_ballot",
        link("labs_ballot", "vote_id", "labs_vote", ondelete="CASCADE"),
        link("labs_ballot", "person_id", "users"),
        sa.Column("is_yes", sa.Boolean(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("vote_id", "person_id", name="pk_labs_ballot"),
    )
    op.create_index("ix_labs_ballot_person_id", "labs_ballot", ["person_id"])


def create_clause_change() -> None:
    op.create_table(
        "labs_clause_change",
        sa.Column("id", sa.Integer(), nullable=False),
        link("labs_clause_change", "project_id", "labs_project", ondelete="CASCADE"),
        sa.Column("reason", sa.String(300), nullable=True),
        link("labs_clause_change", "proposed_by_id", "users"),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guarantor_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_as", sa.String(10), nullable=True),
        link("labs_clause_change", "settled_by_id", "users", nullable=True),
        sa.Column("clause", sa.String(10), nullable=False),
        sa.Column("expected_by", sa.String(160), nullable=True),
        sa.Column("expected_what", sa.String(300), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_labs_clause_change"),
    )
    op.create_index("ix_labs_clause_change_project_id", "labs_clause_change", ["project_id"])
    op.create_index("ix_labs_clause_change_proposed_by_id", "labs_clause_change", ["proposed_by_id"])
    op.create_index("ix_labs_clause_change_settled_by_id", "labs_clause_change", ["settled_by_id"])


def create_margin_wording() -> None:
    op.create_table(
        "labs_margin_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        link("labs_margin_wording", "margin_id", "labs_margin", ondelete="CASCADE"),
        sa.Column("text", sa.String(240), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_labs_margin_wording"),
    )
    op.create_index("ix_labs_margin_wording_margin_id", "labs_margin_wording", ["margin_id"])


def upgrade() -> None:
    create_lab()
    create_margin()
    create_project()
    create_sponsor()
    create_vote()
    create_ballot()
    create_clause_change()
    create_margin_wording()


def downgrade() -> None:
    for table in (
        "labs_margin_wording",
        "labs_clause_change",
        "labs_ballot",
        "labs_vote",
        "labs_sponsor",
        "labs_project",
        "labs_margin",
        "labs_lab",
    ):
        op.drop_table(table)
