"""Writing a Session as a project that a DAW opens; what it cannot hold is told, never dropped."""

from sessions.writing.dawproject import write_dawproject
from sessions.writing.media import Audio
from sessions.writing.reaper import write_rpp

__all__ = ["Audio", "write_dawproject", "write_rpp"]
