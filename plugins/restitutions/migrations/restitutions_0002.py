"""Until when the host of a video is left alone, after it said nothing of use (C33 SPEC 8)."""

import sqlalchemy as sa
from alembic import op

revision = "restitutions_0002"
down_revision = "restitutions_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("restitutions_restitution", sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("restitutions_restitution", "quiet_until")
