"""Alembic's entry: run the migrations on the connection that was handed over."""

from __future__ import annotations

from typing import Any

from alembic import context

from archive.database import (  # noqa: F401
    audit_counts,
    changes,
    fulltext,
    messages,
    status_history,
    unread,
    untried,
)
from archive.database.models import Base


def _is_ours(item: Any, name: str | None, kind: str, *_: Any) -> bool:
    return not (kind == "table" and fulltext.is_index(name))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=_is_ours,
    user_module_prefix="",
)
with context.begin_transaction():
    context.run_migrations()
