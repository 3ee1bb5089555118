"""The newest projects of a lab are read in their order, without sorting all that it ever held."""

from alembic import op

revision = "labs_0004"
down_revision = "labs_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_labs_project_of_lab", "labs_project", ["lab_id", "opened_at", "id"])
    op.drop_index("ix_labs_project_lab_id", "labs_project")


def downgrade() -> None:
    op.create_index("ix_labs_project_lab_id", "labs_project", ["lab_id"])
    op.drop_index("ix_labs_project_of_lab", "labs_project")
