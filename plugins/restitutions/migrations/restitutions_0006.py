"""Those of a day and its slots are found by their sessions: SQLite read all that are published, or all of slots."""

from alembic import op

revision = "restitutions_0006"
down_revision = "restitutions_0005"
branch_labels = None
depends_on = None

RESTITUTION = "restitutions_restitution"
STATUS, SESSION = "ix_restitutions_restitution_status", "ix_restitutions_restitution_session"


def upgrade() -> None:
    op.drop_index(STATUS, RESTITUTION)
    op.drop_index(SESSION, RESTITUTION)
    op.create_index(SESSION, RESTITUTION, ["session_id", "session_kind"])


def downgrade() -> None:
    op.drop_index(SESSION, RESTITUTION)
    op.create_index(SESSION, RESTITUTION, ["session_kind", "session_id"])
    op.create_index(STATUS, RESTITUTION, ["status"])
