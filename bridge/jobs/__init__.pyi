from .accepting import (
    Acceptance as Acceptance,
    accept as accept,
    why_accepted as why_accepted,
)
from .checks import (
    KINDS as KINDS,
)
from .editing import (
    edited as edited,
)
from .edits.job_edit import (
    JobEdit as JobEdit,
)
from .edits.timed_edits import (
    needs_bars as needs_bars,
    timed_edits as timed_edits,
)
from .freezing.freezing import (
    FrozenSize as FrozenSize,
    freeze_revision as freeze_revision,
    frozen_sizes as frozen_sizes,
)
from .freezing.frozen_songs import (
    FrozenList as FrozenList,
    FrozenSongs as FrozenSongs,
    FrozenStep as FrozenStep,
    frozen_songs as frozen_songs,
)
from .freezing.standing_in import (
    frozen_named as frozen_named,
    stand_in as stand_in,
)
from .freezing.thawing import (
    thawed as thawed,
)
from .holding import (
    held_of as held_of,
    hold as hold,
)
from .job_file import (
    JOB as JOB,
    JobError as JobError,
    job_schema as job_schema,
)
from .model import (
    RAMP_S as RAMP_S,
    AcceptedFinding as AcceptedFinding,
    HeldByJob as HeldByJob,
    Job as Job,
    JobRide as JobRide,
    Section as Section,
    SectionNote as SectionNote,
)
from .new_job import (
    NewJob as NewJob,
    default_folder as default_folder,
    new_job as new_job,
    write_job as write_job,
)
from .notes.client_song import (
    client_song as client_song,
    client_song_of as client_song_of,
)
from .notes.merging import (
    Edition as Edition,
)
from .notes.note import (
    NOTES_SCHEMA as NOTES_SCHEMA,
    Note as Note,
    NotesFile as NotesFile,
    read_note_files as read_note_files,
)
from .notes.owners import (
    owners_of as owners_of,
)
from .notes.revising import (
    KeptNote as KeptNote,
    Proposal as Proposal,
    Revised as Revised,
    revise as revise,
    revised_by as revised_by,
    song_name as song_name,
)
from .notes.wishes import (
    Owner as Owner,
    Wish as Wish,
    wishes as wishes,
)
from .reading import (
    is_job as is_job,
    job_lines as job_lines,
    job_path as job_path,
    load_job as load_job,
    parse_job as parse_job,
)
from .remarks.beyond_end import (
    beyond_end as beyond_end,
)
from .remarks.large_rides import (
    large_rides as large_rides,
)
from .replacing.differences import (
    Span as Span,
    StemDifference as StemDifference,
)
from .replacing.placing import (
    Placed as Placed,
    place as place,
)
from .replacing.planning import (
    Replaced as Replaced,
    Replacement as Replacement,
    planned_replacement as planned_replacement,
)
from .song import (
    BESIDE_UNREADABLE as BESIDE_UNREADABLE,
    MixKind as MixKind,
    song_moves as song_moves,
    song_session as song_session,
    summed_tracks as summed_tracks,
)
from .times import (
    BarClock as BarClock,
    NoSuchBeatError as NoSuchBeatError,
    SongTime as SongTime,
    song_time as song_time,
)
from .titles import (
    title_of as title_of,
)

__all__ = [
    "BESIDE_UNREADABLE",
    "JOB",
    "KINDS",
    "NOTES_SCHEMA",
    "RAMP_S",
    "Acceptance",
    "AcceptedFinding",
    "BarClock",
    "Edition",
    "FrozenList",
    "FrozenSize",
    "FrozenSongs",
    "FrozenStep",
    "HeldByJob",
    "Job",
    "JobEdit",
    "JobError",
    "JobRide",
    "KeptNote",
    "MixKind",
    "NewJob",
    "NoSuchBeatError",
    "Note",
    "NotesFile",
    "Owner",
    "Placed",
    "Proposal",
    "Replaced",
    "Replacement",
    "Revised",
    "Section",
    "SectionNote",
    "SongTime",
    "Span",
    "StemDifference",
    "Wish",
    "accept",
    "beyond_end",
    "client_song",
    "client_song_of",
    "default_folder",
    "edited",
    "freeze_revision",
    "frozen_named",
    "frozen_sizes",
    "frozen_songs",
    "held_of",
    "hold",
    "is_job",
    "job_lines",
    "job_path",
    "job_schema",
    "large_rides",
    "load_job",
    "needs_bars",
    "new_job",
    "owners_of",
    "parse_job",
    "place",
    "planned_replacement",
    "read_note_files",
    "revise",
    "revised_by",
    "song_moves",
    "song_name",
    "song_session",
    "song_time",
    "stand_in",
    "summed_tracks",
    "thawed",
    "timed_edits",
    "title_of",
    "why_accepted",
    "wishes",
    "write_job",
]
