"""Days: programmes, slots, sign-ups, stands and turns (C34, C35)."""

import sqlalchemy as sa
from alembic import op

revision = "programmes_0001"
down_revision = None
branch_labels = None
depends_on = None

# children first
TABLES = (
    "turn", "holder", "stand", "sign_up", "host", "moved", "delay", "slot", "track", "organiser", "programme",
)  # fmt: skip


def link(
    table: str, column: str, referred: str, *, ondelete: str = "RESTRICT", nullable: bool = False
) -> sa.Column[int]:
    name = f"fk_{table}_{column}_{referred}"
    key = sa.ForeignKey(f"{referred}.id", name=name, ondelete=ondelete)
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def own(table: str, of: str) -> sa.Column[int]:
    return link(f"programmes_{table}", f"{of}_id", f"programmes_{of}", ondelete="CASCADE")


def person(table: str, column: str = "person_id") -> sa.Column[int]:
    return link(f"programmes_{table}", column, "users")


def instant(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def table(name: str, *columns: object, indexes: tuple[str, ...] = (), once: tuple[str, ...] = ()) -> None:
    whole = f"programmes_{name}"
    keys = [sa.UniqueConstraint(*once, name=f"uq_{whole}_{once[0]}")] if once else []
    number = sa.Column("id", sa.Integer(), nullable=False)
    op.create_table(whole, number, *columns, sa.PrimaryKeyConstraint("id", name=f"pk_{whole}"), *keys)
    for column in indexes:
        op.create_index(f"ix_{whole}_{column}", whole, [column])


def create_programme() -> None:
    table(
        "programme",
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("place", sa.String(160), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("turn_minutes", sa.Integer(), nullable=False),
        instant("created_at"),
        instant("cancelled_at", nullable=True),
        sa.Column("cancel_reason", sa.String(300), nullable=True),
        sa.Column("audience", sa.String(10), nullable=False),
        instant("visible_from", nullable=True),
        instant("visible_until", nullable=True),
        person("programme", "author_id"),
        link("programmes_programme", "reader_group_id", "groups", nullable=True),
        indexes=("author_id", "held_on", "reader_group_id"),
    )


def create_around_the_day() -> None:
    table(
        "organiser",
        own("organiser", "programme"),
        person("organiser"),
        indexes=("programme_id", "person_id"),
        once=("programme_id", "person_id"),
    )
    table(
        "track",
        own("track", "programme"),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        indexes=("programme_id",),
    )


def create_slot() -> None:
    table(
        "slot",
        own("slot", "programme"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("place", sa.String(160), nullable=False),
        instant("starts_at"),
        instant("ends_at", nullable=True),
        sa.Column("is_fixed", sa.Boolean(), nullable=False),
        link("programmes_slot", "track_id", "programmes_track", ondelete="SET NULL", nullable=True),
        instant("reveals_at", nullable=True),
        sa.Column("takes_names", sa.Boolean(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("uid", sa.String(40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        instant("created_at"),
        instant("changed_at"),
        instant("cancelled_at", nullable=True),
        indexes=("programme_id", "starts_at", "track_id"),
        once=("uid",),
    )


def create_people_of_slots() -> None:
    whole = ("slot_id", "person_id")
    table("host", own("host", "slot"), person("host"), indexes=whole, once=whole)
    table("sign_up", own("sign_up", "slot"), person("sign_up"), instant("signed_at"), indexes=whole, once=whole)


def create_delay() -> None:
    table(
        "delay",
        own("delay", "programme"),
        person("delay", "actor_id"),
        sa.Column("minutes", sa.Integer(), nullable=False),
        instant("made_at"),
        instant("undone_at", nullable=True),
        indexes=("programme_id", "actor_id"),
    )
    whole = ("delay_id", "slot_id")
    table(
        "moved",
        own("moved", "delay"),
        own("moved", "slot"),
        instant("starts_at"),
        instant("ends_at", nullable=True),
        instant("reveals_at", nullable=True),
        indexes=whole,
        once=whole,
    )


def create_stand() -> None:
    table(
        "stand",
        own("stand", "programme"),
        sa.Column("title", sa.String(120), nullable=False),
        *(sa.Column(f"point_{number}", sa.String(160), nullable=False) for number in (1, 2, 3)),
        sa.Column("place", sa.String(160), nullable=False),
        link("programmes_stand", "lab_group_id", "groups", nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        instant("created_at"),
        instant("closed_at", nullable=True),
        instant("pack_told_at", nullable=True),
        indexes=("programme_id", "lab_group_id"),
    )
    whole = ("stand_id", "person_id")
    table("holder", own("holder", "stand"), person("holder"), indexes=whole, once=whole)
    table(
        "turn",
        own("turn", "programme"),
        own("turn", "stand"),
        sa.Column("minutes", sa.Integer(), nullable=False),
        instant("started_at"),
        instant("ended_at", nullable=True),
        indexes=("programme_id", "stand_id"),
    )


def upgrade() -> None:
    create_programme()
    create_around_the_day()
    create_slot()
    create_people_of_slots()
    create_delay()
    create_stand()


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(f"programmes_{name}")
