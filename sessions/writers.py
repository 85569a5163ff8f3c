"""Writing a Session as a project that a DAW opens; what it cannot hold is told, never dropped."""

from sessions.formats.dawproject.writer import write_dawproject
from sessions.formats.project_files.media import Audio
from sessions.formats.reaper.writer import write_rpp

__all__ = ["Audio", "write_dawproject", "write_rpp"]
