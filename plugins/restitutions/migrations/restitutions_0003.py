"""When what somebody agreed to was taken down for another reason than they (C33 SPEC 7)."""

import sqlalchemy as sa
from alembic import op

revision = "restitutions_0003"
down_revision = "restitutions_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("restitutions_consent", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("restitutions_consent", "closed_at")
