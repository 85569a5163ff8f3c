from .agreed import (
    Agreed as Agreed,
)
from .approvals import (
    Approval as Approval,
    approvals_of as approvals_of,
    approve as approve,
    approved_versions as approved_versions,
)
from .changes import (
    MasterChange as MasterChange,
    RevisionChanges as RevisionChanges,
    changes_between as changes_between,
)
from .copying import (
    FinishedFiles as FinishedFiles,
    seen_from as seen_from,
)
from .history import (
    History as History,
    HistoryRow as HistoryRow,
    history_of as history_of,
)
from .kept_jobs import (
    KeptJob as KeptJob,
    job_as_sent as job_as_sent,
    load_kept_job as load_kept_job,
    parse_kept_job as parse_kept_job,
)
from .record import (
    KEPT_JOB as KEPT_JOB,
    REVISIONS as REVISIONS,
    RevisionRecord as RevisionRecord,
    revision_number as revision_number,
)
from .restoring import (
    Restored as Restored,
    restore as restore,
)
from .sending import (
    Sent as Sent,
    send as send,
)
from .shelf import (
    Revision as Revision,
    find_revision as find_revision,
    need_files as need_files,
    revision_names as revision_names,
    revisions_of as revisions_of,
)
from .song_changes import (
    apply_song_changes as apply_song_changes,
    song_changes as song_changes,
)
from .song_document import (
    SongDocument as SongDocument,
    document_of_draft as document_of_draft,
    document_of_job as document_of_job,
    document_of_revision as document_of_revision,
    song_document as song_document,
)
from .working import (
    working_on as working_on,
)

__all__ = [
    "KEPT_JOB",
    "REVISIONS",
    "Agreed",
    "Approval",
    "FinishedFiles",
    "History",
    "HistoryRow",
    "KeptJob",
    "MasterChange",
    "Restored",
    "Revision",
    "RevisionChanges",
    "RevisionRecord",
    "Sent",
    "SongDocument",
    "apply_song_changes",
    "approvals_of",
    "approve",
    "approved_versions",
    "changes_between",
    "document_of_draft",
    "document_of_job",
    "document_of_revision",
    "find_revision",
    "history_of",
    "job_as_sent",
    "load_kept_job",
    "need_files",
    "parse_kept_job",
    "restore",
    "revision_names",
    "revision_number",
    "revisions_of",
    "seen_from",
    "send",
    "song_changes",
    "song_document",
    "working_on",
]
