"""For whom somebody who is filmed agreed, and when they said: not more widely (C33 SPEC 7).

Who agreed before is taken to have agreed to what their restitution says now.
"""

import sqlalchemy as sa
from alembic import op

revision = "restitutions_0005"
down_revision = "restitutions_0004"
branch_labels = None
depends_on = None

CONSENT = "restitutions_consent"
GROUP_KEY = f"fk_{CONSENT}_agreed_group_id_groups"
WHAT_IT_SAYS = """
UPDATE restitutions_consent SET
  agreed_audience = (SELECT r.audience FROM restitutions_restitution AS r WHERE r.id = restitution_id),
  agreed_group_id = (SELECT r.reader_group_id FROM restitutions_restitution AS r WHERE r.id = restitution_id)
WHERE given_on IS NOT NULL
"""
# A consent for fewer than it would say then is none: nobody is shown to others because of a step back.
FOR_FEWER = """
UPDATE restitutions_consent SET given_on = NULL
WHERE given_on IS NOT NULL AND EXISTS (
  SELECT 1 FROM restitutions_restitution AS r
  WHERE r.id = restitution_id AND r.audience <> 'self'
    AND COALESCE(person_id, 0) <> COALESCE(r.author_id, -1)
    AND NOT (agreed_audience = 'intranet' AND r.audience <> 'public')
    AND NOT (agreed_audience = 'network' AND r.audience = 'lab')
    AND NOT (agreed_audience = r.audience AND COALESCE(agreed_group_id, 0) = COALESCE(r.reader_group_id, 0))
)
"""


def upgrade() -> None:
    group = sa.ForeignKey("groups.id", name=GROUP_KEY, ondelete="RESTRICT")
    with op.batch_alter_table(CONSENT) as table:
        table.add_column(sa.Column("agreed_audience", sa.String(10), nullable=False, server_default=""))
        table.add_column(sa.Column("agreed_group_id", sa.Integer(), group, nullable=True))
        table.add_column(sa.Column("not_wider_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table(CONSENT) as table:
        table.alter_column("agreed_audience", existing_type=sa.String(10), server_default=None)
    op.create_index(f"ix_{CONSENT}_agreed_group_id", CONSENT, ["agreed_group_id"])
    op.execute(WHAT_IT_SAYS)


def downgrade() -> None:
    op.execute(FOR_FEWER)
    op.drop_index(f"ix_{CONSENT}_agreed_group_id", CONSENT)
    with op.batch_alter_table(CONSENT) as table:
        for name in ("not_wider_at", "agreed_group_id", "agreed_audience"):
            table.drop_column(name)
