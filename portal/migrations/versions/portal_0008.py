"""The tokens of a subject are found by it: there is one door for each thing, not for each kind of thing.

Revision ID: portal_0008
"""

from __future__ import annotations

from alembic import op

revision = "portal_0008"
down_revision = "portal_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tokens_scope_subject", "tokens", ["scope", "subject_kind", "subject_id"], unique=False)
    op.drop_index("ix_tokens_scope", table_name="tokens")


def downgrade() -> None:
    op.create_index("ix_tokens_scope", "tokens", ["scope"], unique=False)
    op.drop_index("ix_tokens_scope_subject", table_name="tokens")
