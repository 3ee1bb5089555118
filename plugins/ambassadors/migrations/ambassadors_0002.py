"""The mirror of mix, and where the map puts its nodes (C19)."""

import sqlalchemy as sa
from alembic import op

revision = "ambassadors_0002"
down_revision = "ambassadors_0001"
branch_labels = None
depends_on = None


def number(name: str = "id") -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=nullable)


def instant(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def link(
    table: str, column: str, referred: str, *, ondelete: str = "RESTRICT", nullable: bool = False
) -> sa.Column[int]:
    name = f"fk_{table}_{column}_{referred}"
    key = sa.ForeignKey(f"{referred}.id", name=name, ondelete=ondelete)
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def table(name: str, *columns: sa.Column, key: tuple[str, ...] = ("id",), unique: tuple[str, ...] = ()) -> None:
    keys = [sa.PrimaryKeyConstraint(*key, name=f"pk_{name}")]
    keys += [sa.UniqueConstraint(*unique, name=f"uq_{name}_{unique[0]}")] if unique else []
    op.create_table(name, *columns, *keys)


def index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def create_drawing() -> None:
    table(
        "ambassadors_drawing",
        number(),
        text("readers", 64),
        instant("asked_at"),
        instant("drawn_at", nullable=True),
        number("rounds"),
        number("done"),
        number("spent_ms"),
        number("tries"),
        text("links"),
        text("places"),
        unique=("readers",),
    )


def create_workforce() -> None:
    table(
        "ambassadors_workforce",
        number(),
        number("year"),
        text("dimension", 12),
        text("value", 160),
        number("heads"),
        unique=("year", "dimension", "value"),
    )


def create_mirror() -> None:
    table(
        "ambassadors_mirror",
        number(),
        link("ambassadors_mirror", "group_id", "groups"),
        sa.Column("quarter_on", sa.Date(), nullable=False),
        number("heads"),
        unique=("group_id", "quarter_on"),
    )
    index("ambassadors_mirror", "group_id")


def create_cell() -> None:
    table(
        "ambassadors_cell",
        number(),
        link("ambassadors_cell", "mirror_id", "ambassadors_mirror", ondelete="CASCADE"),
        text("dimension", 12),
        text("value", 160),
        sa.Column("heads", sa.Integer(), nullable=True),
        number("of_heads"),
        sa.Column("counted", sa.Integer(), nullable=True),
        unique=("mirror_id", "dimension", "value"),
    )


def create_mix() -> None:
    table(
        "ambassadors_mix",
        number(),
        link("ambassadors_mix", "person_id", "users"),
        text("category", 1),
        text("workplace", 10),
        text("site", 60),
        text("gender", 20),
        instant("declared_at"),
        unique=("person_id",),
    )
    index("ambassadors_mix", "person_id")


# parents first
TABLES = (
    create_drawing,
    create_workforce,
    create_mirror,
    create_cell,
    create_mix,
)


def upgrade() -> None:
    for create in TABLES:
        create()


def downgrade() -> None:
    for create in reversed(TABLES):
        op.drop_table(f"ambassadors_{create.__name__.removeprefix('create_')}")
