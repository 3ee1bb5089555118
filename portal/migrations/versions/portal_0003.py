"""Links between subjects, notices, follows, the turns of jobs; mails that were given up.

Revision ID: portal_0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "portal_0003"
down_revision = "portal_0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _columns()
    _links()
    _notices()
    _follows()
    op.create_table(
        "job_runs",
        sa.Column("plugin", sa.String(length=20), nullable=False),
        sa.Column("job", sa.String(length=60), nullable=False),
        sa.Column("ran_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("plugin", "job", name="pk_job_runs"),
    )


def _columns() -> None:
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("stopped_at", INSTANT, nullable=True))
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("wants_mail", sa.Boolean(), nullable=False, server_default=sa.true()))


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("source_kind", sa.String(length=60), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("source_title", sa.String(length=300), nullable=True),
        sa.Column("target_kind", sa.String(length=60), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("target_title", sa.String(length=300), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("titled_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
    )
    source = ["source_kind", "source_id", "target_kind", "target_id", "kind"]
    op.create_index("ix_links_source", "links", source, unique=True)
    op.create_index("ix_links_target", "links", ["target_kind", "target_id"])
    op.create_index("ix_links_titled_at", "links", ["titled_at"])


def _person(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["users.id"], name=f"fk_{table}_{column}_users", ondelete="RESTRICT")


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("must_act", sa.Boolean(), nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("digested_at", INSTANT, nullable=True),
        _person("person_id", "notices"),
        _person("actor_id", "notices"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_person_id", "notices", ["person_id"])
    op.create_index("ix_notices_actor_id", "notices", ["actor_id"])
    op.create_index("ix_notices_subject", "notices", ["subject_kind", "subject_id"])


def _follows() -> None:
    op.create_table(
        "follows",
        sa.Column("subject_kind", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since_at", INSTANT, nullable=False),
        _person("person_id", "follows"),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "person_id", name="pk_follows"),
    )
    op.create_index("ix_follows_person_id", "follows", ["person_id"])


def downgrade() -> None:
    op.drop_table("job_runs")
    op.drop_table("follows")
    op.drop_table("notices")
    op.drop_table("links")
    with op.batch_alter_table("users") as table:
        table.drop_column("wants_mail")
    with op.batch_alter_table("outbox") as table:
        table.drop_column("stopped_at")
