"""What asks less than the SOP holds when every stakeholder has agreed: each agreement is a row."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of agreements."""
    op.create_table(
        "setting_agreement",
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("change", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project", "change"],
            ["setting_change.project", "setting_change.id"],
            name=op.f("fk_setting_agreement_project_change"),
        ),
        sa.PrimaryKeyConstraint("project", "change", "person", name=op.f("pk_setting_agreement")),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("setting_agreement")
