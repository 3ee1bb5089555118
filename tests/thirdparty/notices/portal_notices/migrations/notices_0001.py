import sqlalchemy as sa
from alembic import op

revision, down_revision = "notices_0001", None


def upgrade():
    author = sa.ForeignKey("users.id", name="fk_notices_notice_author_id_users", ondelete="RESTRICT")
    op.create_table(
        "notices_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("author_id", sa.Integer(), author, nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notices_notice"),
    )
    for column in ("lab_id", "author_id"):
        op.create_index(f"ix_notices_notice_{column}", "notices_notice", [column])


def downgrade():
    op.drop_table("notices_notice")
