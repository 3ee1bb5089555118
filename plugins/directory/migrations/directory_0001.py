"""Imports: what was read of a file, line by line, and who was ever found in one."""

import sqlalchemy as sa
from alembic import op

revision = "directory_0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _person(table: str, column: str, *, ondelete: str = "RESTRICT", nullable: bool = True) -> sa.Column[int]:
    key = sa.ForeignKey("users.id", name=f"fk_{table}_{column}_users", ondelete=ondelete)
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "directory_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        _person("directory_import", "author_id"),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("lets_leave", sa.Boolean(), nullable=False),
        sa.Column("encoding", sa.String(20), nullable=False),
        sa.Column("delimiter", sa.String(1), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("keyless", sa.Integer(), nullable=False),
        sa.Column("people_here", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("spent_ms", sa.Integer(), nullable=False),
        sa.Column("staged_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("moved_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("forgotten_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_directory_import"),
        sa.UniqueConstraint("turn", name="uq_directory_import_turn"),
    )
    op.create_index("ix_directory_import_state", "directory_import", ["state"])
    op.create_index("ix_directory_import_author_id", "directory_import", ["author_id"])
    _lines()
    op.create_table(
        "directory_listed",
        _person("directory_listed", "person_id", ondelete="CASCADE", nullable=False),
        sa.Column("since_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_directory_listed"),
    )


def _lines() -> None:
    parent = sa.ForeignKey(
        "directory_import.id", name="fk_directory_import_line_import_id_directory_import", ondelete="CASCADE"
    )
    op.create_table(
        "directory_import_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), parent, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(10), nullable=False),
        sa.Column("change", sa.String(10), nullable=False),
        sa.Column("key", sa.String(254), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        _person("directory_import_line", "person_id"),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("problem", sa.String(30), nullable=False),
        sa.Column("cell", sa.String(30), nullable=False),
        sa.Column("value", sa.String(120), nullable=False),
        sa.Column("detail", sa.String(120), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(240), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory_import_line"),
    )
    op.create_index("ix_directory_import_line_person_id", "directory_import_line", ["person_id"])
    columns = {
        "change": ["import_id", "change", "number", "id"],
        "position": ["import_id", "outcome", "position", "id"],
    }
    for name, found in columns.items():
        op.create_index(f"ix_directory_import_line_{name}", "directory_import_line", found)


def downgrade() -> None:
    op.drop_table("directory_listed")
    op.drop_table("directory_import_line")
    op.drop_table("directory_import")
