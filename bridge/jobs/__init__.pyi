from .checks import (
    KINDS as KINDS,
)
from .editing import (
    edited as edited,
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
    HeldByJob as HeldByJob,
    Job as Job,
    JobRide as JobRide,
    Section as Section,
)
from .new_job import (
    STEM_FOLDERS as STEM_FOLDERS,
    NewJob as NewJob,
    default_folder as default_folder,
    new_job as new_job,
    write_job as write_job,
)
from .reading import (
    is_job as is_job,
    job_path as job_path,
    load_job as load_job,
    parse_job as parse_job,
)
from .song import (
    song_moves as song_moves,
    song_session as song_session,
)
from .times import (
    BarClock as BarClock,
    NoSuchBeatError as NoSuchBeatError,
    SongTime as SongTime,
    song_time as song_time,
)

__all__ = [
    "JOB",
    "KINDS",
    "RAMP_S",
    "STEM_FOLDERS",
    "BarClock",
    "HeldByJob",
    "Job",
    "JobError",
    "JobRide",
    "NewJob",
    "NoSuchBeatError",
    "Section",
    "SongTime",
    "default_folder",
    "edited",
    "held_of",
    "hold",
    "is_job",
    "job_path",
    "job_schema",
    "load_job",
    "new_job",
    "parse_job",
    "song_moves",
    "song_session",
    "song_time",
    "write_job",
]
