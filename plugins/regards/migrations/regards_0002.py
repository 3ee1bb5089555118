"""A line that is masked says since when, by whom and why (C07 SPEC 11)."""

import sqlalchemy as sa
from alembic import op

revision = "regards_0002"
down_revision = "regards_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("regards_line") as line:
        line.add_column(sa.Column("masked_at", sa.DateTime(timezone=True)))
        line.add_column(sa.Column("masked_by_id", sa.Integer()))
        line.add_column(sa.Column("mask_reason", sa.String(240)))
        line.create_foreign_key(
            "fk_regards_line_masked_by_id_users", "users", ["masked_by_id"], ["id"], ondelete="RESTRICT"
        )
    op.create_index("ix_regards_line_masked_by_id", "regards_line", ["masked_by_id"])


def downgrade() -> None:
    op.drop_index("ix_regards_line_masked_by_id", "regards_line")
    with op.batch_alter_table("regards_line") as line:
        line.drop_constraint("fk_regards_line_masked_by_id_users", type_="foreignkey")
        for column in ("mask_reason", "masked_by_id", "masked_at"):
            line.drop_column(column)
