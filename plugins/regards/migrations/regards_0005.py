"""Rounds that wait to be revealed are found without reading those of all the years before."""

import sqlalchemy as sa
from alembic import op

revision = "regards_0005"
down_revision = "regards_0004"
branch_labels = None
depends_on = None

BOARD, FORMER, DUE = "regards_board", "ix_regards_board_reveal_due_at", "ix_regards_board_due"
HIDDEN = sa.text("revealed_at IS NULL")


def upgrade() -> None:
    op.drop_index(FORMER, BOARD)
    op.create_index(DUE, BOARD, ["reveal_due_at"], sqlite_where=HIDDEN, postgresql_where=HIDDEN)


def downgrade() -> None:
    op.drop_index(DUE, BOARD)
    op.create_index(FORMER, BOARD, ["reveal_due_at"])
