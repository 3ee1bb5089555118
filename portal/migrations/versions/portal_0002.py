"""Services as a tree; where people work, what they do, who answers for them; outside bodies.

Revision ID: portal_0002
"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "portal_0002"
down_revision = "portal_0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "’": "'"})


def upgrade() -> None:
    op.create_table(
        "services",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["services.id"], name=op.f("fk_services_parent_id_services"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("code", name=op.f("uq_services_code")),
    )
    op.create_index(op.f("ix_services_parent_id"), "services", ["parent_id"])
    _users()
    with op.batch_alter_table("functions") as table:
        table.add_column(sa.Column("body", sa.String(length=160), nullable=True))
        table.add_column(sa.Column("service_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("closed_at", INSTANT, nullable=True))
        table.create_foreign_key(
            op.f("fk_functions_service_id_services"), "services", ["service_id"], ["id"], ondelete="RESTRICT"
        )
        table.create_index(op.f("ix_functions_service_id"), ["service_id"])


def _users() -> None:
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("sort_name", sa.String(length=250), nullable=True))
        table.add_column(sa.Column("job_title", sa.String(length=120), nullable=True))
        table.add_column(sa.Column("phone", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("service_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("superior_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("leaves_at", INSTANT, nullable=True))
        table.create_foreign_key(
            op.f("fk_users_service_id_services"), "services", ["service_id"], ["id"], ondelete="RESTRICT"
        )
        table.create_foreign_key(
            op.f("fk_users_superior_id_users"), "users", ["superior_id"], ["id"], ondelete="RESTRICT"
        )
        table.create_index(op.f("ix_users_service_id"), ["service_id"])
        table.create_index(op.f("ix_users_superior_id"), ["superior_id"])
    users = sa.table("users", sa.column("id"), sa.column("name"), sa.column("sort_name"))
    for number, name in op.get_bind().execute(sa.select(users.c.id, users.c.name)).all():
        op.execute(sa.update(users).where(users.c.id == number).values(sort_name=_fold(name)))
    with op.batch_alter_table("users") as table:
        table.alter_column("sort_name", existing_type=sa.String(length=250), nullable=False)
        table.create_index(op.f("ix_users_sort_name"), ["sort_name"])


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LIGATURES))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def downgrade() -> None:
    with op.batch_alter_table("functions") as table:
        table.drop_index(op.f("ix_functions_service_id"))
        table.drop_constraint(op.f("fk_functions_service_id_services"), type_="foreignkey")
        for name in ("closed_at", "service_id", "body"):
            table.drop_column(name)
    with op.batch_alter_table("users") as table:
        for name in ("sort_name", "superior_id", "service_id"):
            table.drop_index(op.f(f"ix_users_{name}"))
        table.drop_constraint(op.f("fk_users_superior_id_users"), type_="foreignkey")
        table.drop_constraint(op.f("fk_users_service_id_services"), type_="foreignkey")
        for name in ("leaves_at", "superior_id", "service_id", "phone", "job_title", "sort_name"):
            table.drop_column(name)
    op.drop_index(op.f("ix_services_parent_id"), table_name="services")
    op.drop_table("services")
