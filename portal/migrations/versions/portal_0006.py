"""Settings of plugins, where a collectivity differs from the default.

Revision ID: portal_0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "portal_0006"
down_revision = "portal_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settings",
        sa.Column("plugin", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "key", name=op.f("pk_settings")),
    )


def downgrade() -> None:
    op.drop_table("settings")
