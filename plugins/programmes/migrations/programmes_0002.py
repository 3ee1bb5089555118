"""Who made or delayed a day is forgotten like the others, so long after the day itself (P17)."""

from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa
from alembic import op

revision = "programmes_0002"
down_revision = "programmes_0001"
branch_labels = None
depends_on = None

DAYS = sa.table("programmes_programme", sa.column("id"), sa.column("held_on", sa.Date()), sa.column("over_at"))
LOOSENED = {"programmes_programme": "author_id", "programmes_delay": "actor_id"}
OF_NOBODY = "(SELECT id FROM programmes_programme WHERE author_id IS NULL)"
# tables of a day, and through what: children first
BELOW = {"host": "slot", "sign_up": "slot", "moved": "slot", "holder": "stand"}
OF_DAY = ("turn", "stand", "delay", "slot", "track", "organiser")


def end_days() -> None:
    """Say of each day when it was over: midnight in UTC, a few hours off in a term of two years."""
    conn = op.get_bind()
    for number, held_on in conn.execute(sa.select(DAYS.c.id, DAYS.c.held_on)).all():
        over_at = datetime.combine(held_on + timedelta(days=1), time(), UTC)
        conn.execute(
            sa.update(DAYS).where(DAYS.c.id == number).values(over_at=sa.literal(over_at, sa.DateTime(timezone=True)))
        )


def upgrade() -> None:
    op.add_column("programmes_programme", sa.Column("over_at", sa.DateTime(timezone=True), nullable=True))
    end_days()
    for table, column in LOOSENED.items():
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=sa.Integer(), nullable=True)
            if table == "programmes_programme":
                batch.alter_column("over_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    """Go back; what no longer names anybody has no place in the former tables."""
    for table, way in BELOW.items():
        of_day = f"SELECT id FROM programmes_{way} WHERE programme_id IN {OF_NOBODY}"
        op.execute(f"DELETE FROM programmes_{table} WHERE {way}_id IN ({of_day})")
    for table in OF_DAY:
        op.execute(f"DELETE FROM programmes_{table} WHERE programme_id IN {OF_NOBODY}")
    op.execute(
        "DELETE FROM programmes_moved WHERE delay_id IN (SELECT id FROM programmes_delay WHERE actor_id IS NULL)"
    )
    for table, column in LOOSENED.items():
        op.execute(f"DELETE FROM {table} WHERE {column} IS NULL")
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=sa.Integer(), nullable=False)
    op.drop_column("programmes_programme", "over_at")
