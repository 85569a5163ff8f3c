from .approvals import (
    Approval as Approval,
    approvals_of as approvals_of,
    approve as approve,
)
from .history import (
    History as History,
    HistoryRow as HistoryRow,
    history_of as history_of,
)
from .record import (
    REVISIONS as REVISIONS,
    RevisionRecord as RevisionRecord,
    revision_number as revision_number,
)
from .sending import (
    Sent as Sent,
    send as send,
)
from .shelf import (
    Revision as Revision,
    find_revision as find_revision,
    need_files as need_files,
    revisions_of as revisions_of,
)
from .working import (
    working_on as working_on,
)

__all__ = [
    "REVISIONS",
    "Approval",
    "History",
    "HistoryRow",
    "Revision",
    "RevisionRecord",
    "Sent",
    "approvals_of",
    "approve",
    "find_revision",
    "history_of",
    "need_files",
    "revision_number",
    "revisions_of",
    "send",
    "working_on",
]
