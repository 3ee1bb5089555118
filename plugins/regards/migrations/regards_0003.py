"""A line says who typed it: of the card of a lab, each gets their own lines in their own data, and no others.

Of the cards of labs written before, nobody knows: their lines are nobody's.
"""

import sqlalchemy as sa
from alembic import op

revision = "regards_0003"
down_revision = "regards_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("regards_line") as line:
        line.add_column(sa.Column("author_id", sa.Integer()))
        line.create_foreign_key("fk_regards_line_author_id_users", "users", ["author_id"], ["id"], ondelete="RESTRICT")
    op.create_index("ix_regards_line_author_id", "regards_line", ["author_id"])
    op.execute(
        "UPDATE regards_line SET author_id = (SELECT author_id FROM regards_card WHERE regards_card.id = card_id)"
        " WHERE card_id IN (SELECT id FROM regards_card WHERE group_id IS NULL)"
    )


def downgrade() -> None:
    op.drop_index("ix_regards_line_author_id", "regards_line")
    with op.batch_alter_table("regards_line") as line:
        line.drop_constraint("fk_regards_line_author_id_users", type_="foreignkey")
        line.drop_column("author_id")
