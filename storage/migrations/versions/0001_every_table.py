"""Every table."""

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, Json, Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "content",
        sa.Column("id", BigId, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content")),
    )
    op.create_table(
        "course_edition",
        sa.Column("id", BigId, nullable=False),
        sa.Column("course_id", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_edition")),
        sa.UniqueConstraint("digest", name=op.f("uq_course_edition_digest")),
    )
    op.create_table(
        "data_set_version",
        sa.Column("data_set", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("data_set", "version", name=op.f("pk_data_set_version")),
    )
    op.create_table(
        "entry_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_version")),
    )
    op.create_table(
        "person",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("it_knowledge", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("phone", name=op.f("uq_person_phone")),
    )
    op.create_table(
        "unit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", BigId, nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=True),
        sa.Column("free_at", Moment(), nullable=True),
        sa.Column("lost_because", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("albums", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("edits", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("files_out", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("channel", sa.String(length=20), server_default="telegram", nullable=False),
        sa.Column("window_seconds", sa.BigInteger(), nullable=True),
        sa.Column("quota", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("told_total", sa.Integer(), nullable=True),
        sa.Column("told_left", sa.Integer(), nullable=True),
        sa.Column("told_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_account_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_table(
        "approval",
        sa.Column("data_set", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("approved_by", BigId, nullable=False),
        sa.Column("approved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_approval_approved_by")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_approval_unit_id")),
        sa.PrimaryKeyConstraint("data_set", "period", "unit_id", name=op.f("pk_approval")),
    )
    op.create_table(
        "digest",
        sa.Column("data_set", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_digest_unit_id")),
        sa.PrimaryKeyConstraint("data_set", "period", "unit_id", name=op.f("pk_digest")),
    )
    op.create_table(
        "document",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("replaced_by", BigId, nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("created_by", BigId, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_document_created_by")),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["document.id"], name=op.f("fk_document_replaced_by")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_document_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "unit_id", "number", "issued_on", name=op.f("uq_document_unit_id_number_issued_on")
        ),
    )
    op.create_table(
        "draft",
        sa.Column("data_set", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_draft_unit_id")),
        sa.PrimaryKeyConstraint("data_set", "period", "unit_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "entry_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("entry_id", sa.String(length=60), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_entry_change_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_change")),
    )
    with op.batch_alter_table("entry_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_change_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "expert_topic",
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_expert_topic_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_expert_topic")),
    )
    op.create_table(
        "file",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mime", sa.String(length=120), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_file_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
    )
    with op.batch_alter_table("file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_made_at"), ["made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_file_person_id"), ["person_id"], unique=False)

    op.create_table(
        "join_code",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("created_by", BigId, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_join_code_created_by")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_join_code_unit_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_join_code")),
    )
    op.create_table(
        "leave",
        sa.Column("id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_by", BigId, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_leave_created_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_leave_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leave_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "link_code",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_link_code_person_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_link_code")),
    )
    with op.batch_alter_table("link_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_code_person_id"), ["person_id"], unique=False)

    op.create_table(
        "lock_exception",
        sa.Column("data_set", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("granted_by", BigId, nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["person.id"], name=op.f("fk_lock_exception_granted_by")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_lock_exception_unit_id")),
        sa.PrimaryKeyConstraint("data_set", "period", "unit_id", name=op.f("pk_lock_exception")),
    )
    op.create_table(
        "membership",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_membership_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_membership_current",
            ["person_id", "unit_id", "role"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "person_link",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("other_id", BigId, nullable=False),
        sa.Column("moved", Json, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_person_link_other_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_link_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_link")),
    )
    with op.batch_alter_table("person_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "prompt",
        sa.Column("data_set", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_prompt_unit_id")),
        sa.PrimaryKeyConstraint("data_set", "period", "rung", "unit_id", name=op.f("pk_prompt")),
    )
    op.create_table(
        "report",
        sa.Column("id", BigId, nullable=False),
        sa.Column("data_set", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("submitted_by", BigId, nullable=False),
        sa.Column("submitted_at", Moment(), nullable=False),
        sa.Column("corrected_at", Moment(), nullable=True),
        sa.Column("no_activity", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("returned_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["person.id"], name=op.f("fk_report_submitted_by")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "data_set", "period", "unit_id", name=op.f("uq_report_data_set_period_unit_id")
        ),
    )
    op.create_table(
        "review_told",
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_review_told_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "week", name=op.f("pk_review_told")),
    )
    op.create_table(
        "tally",
        sa.Column("data_set", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("parent_id", BigId, nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("actual", sa.Integer(), nullable=False),
        sa.Column("on_time", sa.Integer(), nullable=False),
        sa.Column("no_activity", sa.Integer(), nullable=False),
        sa.Column("sums", Json, nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_tally_parent_id")),
        sa.PrimaryKeyConstraint("data_set", "period", "parent_id", name=op.f("pk_tally")),
    )
    with op.batch_alter_table("tally", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tally_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "target",
        sa.Column("data_set", sa.String(length=40), nullable=False),
        sa.Column("element", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("number", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("assigned_by", BigId, nullable=True),
        sa.Column("assigned_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["assigned_by"], ["person.id"], name=op.f("fk_target_assigned_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_target_unit_id")),
        sa.PrimaryKeyConstraint("data_set", "period", "unit_id", "element", name=op.f("pk_target")),
    )
    op.create_table(
        "team",
        sa.Column("unit_id", BigId, autoincrement=False, nullable=False),
        sa.Column("decision_number", sa.Text(), nullable=False),
        sa.Column("decision_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_team_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_team")),
    )
    op.create_table(
        "unit_parent",
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("parent_id", BigId, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_parent_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_parent_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "since", name=op.f("pk_unit_parent")),
    )
    with op.batch_alter_table("unit_parent", schema=None) as batch_op:
        batch_op.create_index(
            "ix_unit_parent_parent_id_unit_id", ["parent_id", "unit_id"], unique=False
        )

    op.create_table(
        "wrong_code",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wrong_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_code")),
    )
    with op.batch_alter_table("wrong_code", schema=None) as batch_op:
        batch_op.create_index("ix_wrong_code_person_id_at", ["person_id", "at"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("act", sa.String(length=30), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("operator", sa.String(length=60), server_default="", nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", BigId, nullable=True),
        sa.Column("other_id", BigId, nullable=True),
        sa.Column("subject", sa.String(length=80), server_default="", nullable=False),
        sa.Column("detail", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_account_id")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_audit_other_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_audit_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_audit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_at", ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_audit_unit_id_id", ["unit_id", "id"], unique=False)

    op.create_table(
        "chat",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("platform_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("unit_id", BigId, nullable=True),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("gone_because", sa.Text(), nullable=True),
        sa.Column("heard_at", Moment(), nullable=True),
        sa.Column("listens", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("free_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_chat_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_chat_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_chat_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat")),
        sa.UniqueConstraint(
            "account_id", "platform_id", name=op.f("uq_chat_account_id_platform_id")
        ),
    )
    with op.batch_alter_table("chat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_chat_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "document_file",
        sa.Column("document_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_file_document_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_document_file_file_id")),
        sa.PrimaryKeyConstraint("document_id", "position", name=op.f("pk_document_file")),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("audience", Json, nullable=True),
        sa.Column("wordings", Json, nullable=False),
        sa.Column("unit_id", BigId, nullable=True),
        sa.Column("replaces", sa.String(length=60), nullable=True),
        sa.Column("document_id", BigId, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("author_id", BigId, nullable=True),
        sa.Column("verified_by", BigId, nullable=True),
        sa.Column("files", Json, nullable=False),
        sa.Column("hidden_in", Json, nullable=False),
        sa.Column("dropped_at", Moment(), nullable=True),
        sa.Column("flagged_at", Moment(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_entry_author_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_entry_document_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_entry_unit_id")),
        sa.ForeignKeyConstraint(["verified_by"], ["person.id"], name=op.f("fk_entry_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_version"), ["version"], unique=False)

    op.create_table(
        "file_copy",
        sa.Column("file_id", BigId, nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("platform_id", sa.Text(), nullable=False),
        sa.Column("sendable", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_file_copy_account_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_file_copy_file_id")),
        sa.PrimaryKeyConstraint("file_id", "account_id", name=op.f("pk_file_copy")),
    )
    op.create_table(
        "identity",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("platform_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_identity_account_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identity_person_id")),
        sa.PrimaryKeyConstraint("account_id", "platform_id", name=op.f("pk_identity")),
    )
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_person_id"), ["person_id"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("payload", Json, nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_inbox_account_id")),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_done_at", ["done_at"], unique=False)
        batch_op.create_index(
            "ix_inbox_waiting",
            ["account_id", "received_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "oa_token",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("obtained_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("lease_holder", sa.String(length=40), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("lost_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_oa_token_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_oa_token")),
    )
    op.create_table(
        "page",
        sa.Column("file_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_page_file_id")),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_page")),
    )
    op.create_table(
        "report_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("report_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_report_change_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_change_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_change")),
    )
    with op.batch_alter_table("report_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_change_report_id"), ["report_id"], unique=False)

    op.create_table(
        "report_value",
        sa.Column("report_id", BigId, nullable=False),
        sa.Column("element", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("file_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_report_value_file_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_value_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", "element", name=op.f("pk_report_value")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("sent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("heard", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("warned", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_usage_account_id")),
        sa.PrimaryKeyConstraint("account_id", "month", name=op.f("pk_usage")),
    )
    op.create_table(
        "word",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("file_id", BigId, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_word_file_id")),
        sa.PrimaryKeyConstraint("word", "file_id", name=op.f("pk_word")),
    )
    op.create_table(
        "broadcast",
        sa.Column("id", BigId, nullable=False),
        sa.Column("document_id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("levels", Json, nullable=False),
        sa.Column("created_by", BigId, nullable=True),
        sa.Column("chat_id", BigId, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("start_at", Moment(), nullable=False),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("urgent", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("approved_by", BigId, nullable=True),
        sa.Column("through_level", sa.String(length=40), nullable=True),
        sa.Column("rounds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("progress_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmation", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'planned', 'running', 'paused', 'finished', 'cancelled', "
            "'withdrawn')",
            name=op.f("ck_broadcast_state"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_broadcast_approved_by")
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_broadcast_chat_id")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_broadcast_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_broadcast_document_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_broadcast_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sa.UniqueConstraint("confirmation", name=op.f("uq_broadcast_confirmation")),
    )
    with op.batch_alter_table("broadcast", schema=None) as batch_op:
        batch_op.create_index("ix_broadcast_state_start_at", ["state", "start_at"], unique=False)

    op.create_table(
        "course_run",
        sa.Column("id", BigId, nullable=False),
        sa.Column("edition_id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=True),
        sa.Column("chat_id", BigId, nullable=True),
        sa.Column("started_by", BigId, nullable=False),
        sa.Column("approved_by", BigId, nullable=True),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'running', 'paused', 'stopped', 'finished')",
            name=op.f("ck_course_run_state"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_course_run_approved_by")
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_course_run_chat_id")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], name=op.f("fk_course_run_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["person.id"], name=op.f("fk_course_run_started_by")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_course_run_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_run")),
    )
    with op.batch_alter_table("course_run", schema=None) as batch_op:
        batch_op.create_index(
            "ix_course_run_next_at",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.create_index(batch_op.f("ix_course_run_started_by"), ["started_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_course_run_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "errand",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", Json, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_errand_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand")),
    )
    op.create_table(
        "given_answer",
        sa.Column("id", BigId, nullable=False),
        sa.Column("entry_id", sa.String(length=60), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("files", Json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=True),
        sa.Column("reformulated", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_given_answer_chat_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_given_answer_person_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_given_answer_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_answer")),
    )
    with op.batch_alter_table("given_answer", schema=None) as batch_op:
        batch_op.create_index("ix_given_answer_at", ["at"], unique=False)
        batch_op.create_index(
            "ix_given_answer_chat_id_person_id_at", ["chat_id", "person_id", "at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_given_answer_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "good_practice",
        sa.Column("id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", BigId, nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'refused')", name=op.f("ck_good_practice_state")
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_good_practice_chat_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_good_practice_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_good_practice_person_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_good_practice_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_practice")),
    )
    with op.batch_alter_table("good_practice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_good_practice_state_decided_at", ["state", "decided_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_good_practice_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("choices", Json, nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_session_chat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_person_id")),
        sa.PrimaryKeyConstraint("chat_id", "person_id", name=op.f("pk_session")),
    )
    op.create_table(
        "ticket",
        sa.Column("id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("asker_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("added", sa.Text(), server_default="", nullable=False),
        sa.Column("question_files", Json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("files", Json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("answered_by", BigId, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("reopened_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("taken_by", BigId, nullable=True),
        sa.Column("climb_at", Moment(), nullable=True),
        sa.Column("first_id", BigId, nullable=True),
        sa.Column("entry_id", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_ticket_answered_by")),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name=op.f("fk_ticket_asker_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_ticket_chat_id")),
        sa.ForeignKeyConstraint(["first_id"], ["ticket.id"], name=op.f("fk_ticket_first_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_ticket_taken_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_ticket_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index(
            "ix_ticket_climb_at",
            ["climb_at"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NULL AND closed_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL AND closed_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_ticket_first_id"), ["first_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "acknowledgement",
        sa.Column("broadcast_id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcast.id"], name=op.f("fk_acknowledgement_broadcast_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_acknowledgement_person_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_acknowledgement_unit_id")),
        sa.PrimaryKeyConstraint(
            "broadcast_id", "unit_id", "person_id", name=op.f("pk_acknowledgement")
        ),
    )
    op.create_table(
        "delivery",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("content_id", BigId, nullable=False),
        sa.Column("broadcast_id", BigId, nullable=True),
        sa.Column("unit_id", BigId, nullable=True),
        sa.Column("edits_id", BigId, nullable=True),
        sa.Column("instead_of", BigId, nullable=True),
        sa.Column("for_group", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("for_person", BigId, nullable=True),
        sa.Column("about", sa.String(length=60), nullable=True),
        sa.Column("part", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("round", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("repeated", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("message_id", sa.String(length=80), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'cancelled')",
            name=op.f("ck_delivery_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_delivery_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcast.id"], name=op.f("fk_delivery_broadcast_id")
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_delivery_chat_id")),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name=op.f("fk_delivery_content_id")
        ),
        sa.ForeignKeyConstraint(["edits_id"], ["delivery.id"], name=op.f("fk_delivery_edits_id")),
        sa.ForeignKeyConstraint(["for_person"], ["person.id"], name=op.f("fk_delivery_for_person")),
        sa.ForeignKeyConstraint(
            ["instead_of"], ["delivery.id"], name=op.f("fk_delivery_instead_of")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_delivery_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "broadcast_id",
            "chat_id",
            "part",
            "round",
            name=op.f("uq_delivery_broadcast_id_chat_id_part_round"),
        ),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_broadcast_id_unit_id", ["broadcast_id", "unit_id"], unique=False
        )
        batch_op.create_index(
            "ix_delivery_chat_id_message_id", ["chat_id", "message_id"], unique=False
        )
        batch_op.create_index(
            "ix_delivery_edits_id",
            ["edits_id"],
            unique=False,
            sqlite_where=sa.text("edits_id IS NOT NULL"),
            postgresql_where=sa.text("edits_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_delivery_open",
            ["broadcast_id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )
        batch_op.create_index(
            "ix_delivery_sending",
            ["account_id"],
            unique=False,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index(
            "ix_delivery_waiting",
            ["account_id", "priority", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index(
            "uq_delivery_instead_of",
            ["instead_of"],
            unique=True,
            sqlite_where=sa.text("instead_of IS NOT NULL"),
            postgresql_where=sa.text("instead_of IS NOT NULL"),
        )

    op.create_table(
        "entry_proposal",
        sa.Column("id", BigId, nullable=False),
        sa.Column("ticket_id", BigId, nullable=False),
        sa.Column("author_id", BigId, nullable=False),
        sa.Column("lesson", Json, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("decided_by", BigId, nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_entry_proposal_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_entry_proposal_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_entry_proposal_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_proposal")),
    )
    op.create_table(
        "good_practice_photo",
        sa.Column("good_practice_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["file.id"], name=op.f("fk_good_practice_photo_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["good_practice_id"],
            ["good_practice.id"],
            name=op.f("fk_good_practice_photo_good_practice_id"),
        ),
        sa.PrimaryKeyConstraint(
            "good_practice_id", "position", name=op.f("pk_good_practice_photo")
        ),
    )
    op.create_table(
        "lesson_sent",
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("lesson", sa.Integer(), nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("remind_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_lesson_sent_chat_id")),
        sa.ForeignKeyConstraint(["run_id"], ["course_run.id"], name=op.f("fk_lesson_sent_run_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_lesson_sent_unit_id")),
        sa.PrimaryKeyConstraint("run_id", "lesson", "chat_id", name=op.f("pk_lesson_sent")),
    )
    with op.batch_alter_table("lesson_sent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_sent_chat_id"), ["chat_id"], unique=False)
        batch_op.create_index(
            "ix_lesson_sent_remind_at",
            ["remind_at"],
            unique=False,
            sqlite_where=sa.text("remind_at IS NOT NULL"),
            postgresql_where=sa.text("remind_at IS NOT NULL"),
        )

    op.create_table(
        "passage",
        sa.Column("broadcast_id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("passed_at", Moment(), nullable=True),
        sa.Column("passed_by", BigId, nullable=True),
        sa.Column("line", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcast.id"], name=op.f("fk_passage_broadcast_id")
        ),
        sa.ForeignKeyConstraint(["passed_by"], ["person.id"], name=op.f("fk_passage_passed_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_passage_unit_id")),
        sa.PrimaryKeyConstraint("broadcast_id", "unit_id", name=op.f("pk_passage")),
    )
    op.create_table(
        "quiz_answer",
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("lesson", sa.Integer(), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=True),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_quiz_answer_person_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["course_run.id"], name=op.f("fk_quiz_answer_run_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_quiz_answer_unit_id")),
        sa.PrimaryKeyConstraint("run_id", "lesson", "person_id", name=op.f("pk_quiz_answer")),
    )
    with op.batch_alter_table("quiz_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_answer_person_id"), ["person_id"], unique=False)

    op.create_table(
        "ticket_told",
        sa.Column("ticket_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("rung", sa.String(length=20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_ticket_told_chat_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_told_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "chat_id", name=op.f("pk_ticket_told")),
    )


def downgrade() -> None:
    op.drop_table("ticket_told")
    with op.batch_alter_table("quiz_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quiz_answer_person_id"))

    op.drop_table("quiz_answer")
    op.drop_table("passage")
    with op.batch_alter_table("lesson_sent", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_lesson_sent_remind_at",
            sqlite_where=sa.text("remind_at IS NOT NULL"),
            postgresql_where=sa.text("remind_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_lesson_sent_chat_id"))

    op.drop_table("lesson_sent")
    op.drop_table("good_practice_photo")
    op.drop_table("entry_proposal")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_delivery_instead_of",
            sqlite_where=sa.text("instead_of IS NOT NULL"),
            postgresql_where=sa.text("instead_of IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_delivery_waiting",
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )
        batch_op.drop_index(
            "ix_delivery_sending",
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.drop_index(
            "ix_delivery_open",
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )
        batch_op.drop_index(
            "ix_delivery_edits_id",
            sqlite_where=sa.text("edits_id IS NOT NULL"),
            postgresql_where=sa.text("edits_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_delivery_chat_id_message_id")
        batch_op.drop_index("ix_delivery_broadcast_id_unit_id")

    op.drop_table("delivery")
    op.drop_table("acknowledgement")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_unit_id"))
        batch_op.drop_index(batch_op.f("ix_ticket_first_id"))
        batch_op.drop_index(
            "ix_ticket_climb_at",
            sqlite_where=sa.text("answered_at IS NULL AND closed_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL AND closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_ticket_asker_id"))

    op.drop_table("ticket")
    op.drop_table("session")
    with op.batch_alter_table("good_practice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_good_practice_unit_id"))
        batch_op.drop_index("ix_good_practice_state_decided_at")

    op.drop_table("good_practice")
    with op.batch_alter_table("given_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_given_answer_entry_id"))
        batch_op.drop_index("ix_given_answer_chat_id_person_id_at")
        batch_op.drop_index("ix_given_answer_at")

    op.drop_table("given_answer")
    op.drop_table("errand")
    with op.batch_alter_table("course_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_run_unit_id"))
        batch_op.drop_index(batch_op.f("ix_course_run_started_by"))
        batch_op.drop_index(
            "ix_course_run_next_at",
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )

    op.drop_table("course_run")
    with op.batch_alter_table("broadcast", schema=None) as batch_op:
        batch_op.drop_index("ix_broadcast_state_start_at")

    op.drop_table("broadcast")
    op.drop_table("word")
    op.drop_table("usage")
    op.drop_table("report_value")
    with op.batch_alter_table("report_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_change_report_id"))

    op.drop_table("report_change")
    op.drop_table("page")
    op.drop_table("oa_token")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_inbox_waiting",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.drop_index("ix_inbox_done_at")

    op.drop_table("inbox")
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_person_id"))

    op.drop_table("identity")
    op.drop_table("file_copy")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_version"))

    op.drop_table("entry")
    op.drop_table("document_file")
    with op.batch_alter_table("chat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chat_unit_id"))
        batch_op.drop_index(batch_op.f("ix_chat_person_id"))

    op.drop_table("chat")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_unit_id_id")
        batch_op.drop_index(batch_op.f("ix_audit_person_id"))
        batch_op.drop_index(batch_op.f("ix_audit_other_id"))
        batch_op.drop_index("ix_audit_at")

    op.drop_table("audit")
    with op.batch_alter_table("wrong_code", schema=None) as batch_op:
        batch_op.drop_index("ix_wrong_code_person_id_at")

    op.drop_table("wrong_code")
    with op.batch_alter_table("unit_parent", schema=None) as batch_op:
        batch_op.drop_index("ix_unit_parent_parent_id_unit_id")

    op.drop_table("unit_parent")
    op.drop_table("team")
    op.drop_table("target")
    with op.batch_alter_table("tally", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tally_parent_id"))

    op.drop_table("tally")
    op.drop_table("review_told")
    op.drop_table("report")
    op.drop_table("prompt")
    with op.batch_alter_table("person_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_link_person_id"))

    op.drop_table("person_link")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_current",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_membership_unit_id"))
        batch_op.drop_index(batch_op.f("ix_membership_person_id"))

    op.drop_table("membership")
    op.drop_table("lock_exception")
    with op.batch_alter_table("link_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_code_person_id"))

    op.drop_table("link_code")
    with op.batch_alter_table("leave", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leave_unit_id"))

    op.drop_table("leave")
    op.drop_table("join_code")
    with op.batch_alter_table("file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_person_id"))
        batch_op.drop_index(batch_op.f("ix_file_made_at"))

    op.drop_table("file")
    op.drop_table("expert_topic")
    with op.batch_alter_table("entry_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_change_entry_id"))

    op.drop_table("entry_change")
    op.drop_table("draft")
    op.drop_table("document")
    op.drop_table("digest")
    op.drop_table("approval")
    op.drop_table("account")
    op.drop_table("unit")
    op.drop_table("person")
    op.drop_table("entry_version")
    op.drop_table("data_set_version")
    op.drop_table("course_edition")
    op.drop_table("content")
