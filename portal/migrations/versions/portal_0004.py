"""The inventory: what each plugin declares of its tables; the journal of erasures.

Revision ID: portal_0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "portal_0004"
down_revision = "portal_0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "inventory_plugins",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.String(length=40), nullable=True),
        sa.Column("files_hash", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.Column("purged_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_plugins")),
    )
    op.create_table(
        "inventory_tables",
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("plugin", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_inventory_tables")),
    )
    op.create_index(op.f("ix_inventory_tables_plugin"), "inventory_tables", ["plugin"])
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("user_created_at", INSTANT, nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_erasures_user_id_users"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_user_id"), "erasures", ["user_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_erasures_user_id"), table_name="erasures")
    op.drop_table("erasures")
    op.drop_index(op.f("ix_inventory_tables_plugin"), table_name="inventory_tables")
    op.drop_table("inventory_tables")
    op.drop_table("inventory_plugins")
