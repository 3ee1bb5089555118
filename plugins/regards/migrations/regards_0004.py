"""A card of a visitor keeps for a day a digest of the network it came from, so that none takes a round for itself."""

import sqlalchemy as sa
from alembic import op

revision = "regards_0004"
down_revision = "regards_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("regards_card", sa.Column("network", sa.String(16)))


def downgrade() -> None:
    op.drop_column("regards_card", "network")
