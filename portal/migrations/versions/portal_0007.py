"""The life of a plugin: set aside per machine, hooks cut, what it costs; the wish alone stays in `plugins`.

Revision ID: portal_0007
"""

from __future__ import annotations

import socket

import sqlalchemy as sa
from alembic import op

revision = "portal_0007"
down_revision = "portal_0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
MOVED = ("phase", "reason", "trace", "reference")


def upgrade() -> None:
    op.create_table(
        "quarantines",
        sa.Column("plugin", sa.String(length=20), nullable=False),
        sa.Column("host", sa.String(length=120), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("files", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "host", name=op.f("pk_quarantines")),
    )
    op.create_table(
        "breakers",
        sa.Column("plugin", sa.String(length=20), nullable=False),
        sa.Column("hook", sa.String(length=60), nullable=False),
        sa.Column("window_at", INSTANT, nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("cut_at", INSTANT, nullable=True),
        sa.Column("next_try_at", INSTANT, nullable=True),
        sa.Column("trials", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "hook", name=op.f("pk_breakers")),
    )
    op.create_table(
        "meter",
        sa.Column("plugin", sa.String(length=20), nullable=False),
        sa.Column("hour_at", INSTANT, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("microseconds", sa.BigInteger(), nullable=False),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "hour_at", name=op.f("pk_meter")),
    )
    _move_quarantines()
    with op.batch_alter_table("plugins") as plugins:
        for name in ("quarantined_at", *MOVED):
            plugins.drop_column(name)
    op.create_index(op.f("ix_faults_reference"), "faults", ["reference"], unique=False)


def _move_quarantines() -> None:
    """Keep what is set aside set aside, on the machine that upgrades; tables behind the code are no quarantine."""
    words = ", ".join(f"COALESCE({name}, '')" for name in MOVED)
    op.get_bind().execute(
        sa.text(
            f"INSERT INTO quarantines (plugin, host, at, {', '.join(MOVED)}, files) "
            f"SELECT id, :host, quarantined_at, {words}, '' FROM plugins "
            "WHERE quarantined_at IS NOT NULL AND phase <> 'schema'"
        ),
        {"host": socket.gethostname()[:120]},
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_faults_reference"), table_name="faults")
    with op.batch_alter_table("plugins") as plugins:
        plugins.add_column(sa.Column("quarantined_at", INSTANT, nullable=True))
        plugins.add_column(sa.Column("phase", sa.String(length=20), nullable=True))
        plugins.add_column(sa.Column("reason", sa.Text(), nullable=True))
        plugins.add_column(sa.Column("trace", sa.Text(), nullable=True))
        plugins.add_column(sa.Column("reference", sa.String(length=20), nullable=True))
    op.drop_table("meter")
    op.drop_table("breakers")
    op.drop_table("quarantines")
