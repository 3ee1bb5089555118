"""Who is filmed agrees before it is told: asked one by one, or nobody can be recognised; and who animates hides (C33).

What was shown and names nobody waits until its author says who is filmed: nobody had been asked.
"""

import sqlalchemy as sa
from alembic import op

revision = "restitutions_0004"
down_revision = "restitutions_0003"
branch_labels = None
depends_on = None

RESTITUTION, CONSENT = "restitutions_restitution", "restitutions_consent"
UNCLEARED = """
UPDATE restitutions_restitution SET status = 'to_clear' WHERE status IN ('published', 'unavailable') AND NOT EXISTS (
  SELECT 1 FROM restitutions_consent AS c
  WHERE c.restitution_id = restitutions_restitution.id AND c.withdrawn_at IS NULL AND c.closed_at IS NULL
)
"""
# Of what its author alone may see, for who goes back to before anybody was asked.
OWN_AGAIN = "UPDATE restitutions_restitution SET status = 'to_confirm' WHERE status IN ('to_clear', 'hidden')"


def instant(name: str) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def person(table: str, name: str) -> sa.Column[int]:
    key = sa.ForeignKey("users.id", name=f"fk_{table}_{name}_users", ondelete="RESTRICT")
    return sa.Column(name, sa.Integer(), key, nullable=True)


def upgrade() -> None:
    with op.batch_alter_table(RESTITUTION) as table:
        table.add_column(instant("nobody_at"))
        table.add_column(instant("hidden_at"))
        table.add_column(person(RESTITUTION, "hidden_by_id"))
    op.create_index(f"ix_{RESTITUTION}_hidden_by_id", RESTITUTION, ["hidden_by_id"])
    with op.batch_alter_table(CONSENT) as table:
        table.add_column(person(CONSENT, "person_id"))
        table.add_column(sa.Column("reason", sa.String(300), nullable=False, server_default=""))
        table.alter_column("given_on", existing_type=sa.Date(), nullable=True)
    with op.batch_alter_table(CONSENT) as table:
        table.alter_column("reason", existing_type=sa.String(300), server_default=None)
    op.create_index(f"ix_{CONSENT}_person_id", CONSENT, ["person_id"])
    op.execute(UNCLEARED)


def downgrade() -> None:
    op.execute(OWN_AGAIN)
    op.execute("DELETE FROM restitutions_consent WHERE given_on IS NULL")
    op.drop_index(f"ix_{CONSENT}_person_id", CONSENT)
    with op.batch_alter_table(CONSENT) as table:
        table.drop_column("person_id")
        table.drop_column("reason")
        table.alter_column("given_on", existing_type=sa.Date(), nullable=False)
    op.drop_index(f"ix_{RESTITUTION}_hidden_by_id", RESTITUTION)
    with op.batch_alter_table(RESTITUTION) as table:
        for name in ("hidden_by_id", "hidden_at", "nobody_at"):
            table.drop_column(name)
