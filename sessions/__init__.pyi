from .bundle.naming import (
    AUDIO_EXTENSIONS as AUDIO_EXTENSIONS,
)
from .bundle.naming import (
    OTHER_AUDIO_EXTENSIONS as OTHER_AUDIO_EXTENSIONS,
)
from .bundle.naming import (
    file_extension as file_extension,
)
from .bundle.naming import (
    folded as folded,
)
from .bundle.naming import (
    natural_key as natural_key,
)
from .bundle.roles import (
    OTHER as OTHER,
)
from .bundle.roles import (
    role_of as role_of,
)
from .errors import (
    SessionError as SessionError,
)
from .formats.project_files.media import (
    Copier as Copier,
)
from .formats.project_files.media import (
    refuse_existing as refuse_existing,
)
from .formats.project_files.media import (
    used_media as used_media,
)
from .formats.reaper.reader import (
    FORMAT as FORMAT,
)
from .media.chunks import (
    Readable as Readable,
)
from .media.chunks import (
    find_chunk as find_chunk,
)
from .media.entry import (
    Entry as Entry,
)
from .media.files import (
    A_STEM as A_STEM,
)
from .media.files import (
    read_header as read_header,
)
from .media.flac import (
    STREAMINFO_BYTES as STREAMINFO_BYTES,
)
from .media.flac import (
    with_frames as with_frames,
)
from .media.headers import (
    HIGHEST_RATE_HZ as HIGHEST_RATE_HZ,
)
from .media.headers import (
    LOWEST_RATE_HZ as LOWEST_RATE_HZ,
)
from .media.headers import (
    Fault as Fault,
)
from .media.headers import (
    Sound as Sound,
)
from .media.headers import (
    View as View,
)
from .media.headers import (
    identify as identify,
)
from .media.search import (
    check_given as check_given,
)
from .model.session import (
    Automation as Automation,
)
from .model.session import (
    AutomationPoint as AutomationPoint,
)
from .model.session import (
    Clip as Clip,
)
from .model.session import (
    Device as Device,
)
from .model.session import (
    DeviceState as DeviceState,
)
from .model.session import (
    Marker as Marker,
)
from .model.session import (
    Media as Media,
)
from .model.session import (
    Meter as Meter,
)
from .model.session import (
    PluginParameter as PluginParameter,
)
from .model.session import (
    Reference as Reference,
)
from .model.session import (
    Send as Send,
)
from .model.session import (
    Session as Session,
)
from .model.session import (
    Tempo as Tempo,
)
from .model.session import (
    Track as Track,
)
from .model.session import (
    Written as Written,
)
from .reading import (
    read as read,
)
from .states.neutral import (
    StateError as StateError,
)
from .states.neutral import (
    is_bank as is_bank,
)
from .states.neutral import (
    parse_vstpreset as parse_vstpreset,
)
from .writers import (
    Audio as Audio,
)
from .writers import (
    write_dawproject as write_dawproject,
)
from .writers import (
    write_rpp as write_rpp,
)

__all__ = [
    "AUDIO_EXTENSIONS",
    "A_STEM",
    "Audio",
    "Automation",
    "AutomationPoint",
    "Clip",
    "Copier",
    "Device",
    "DeviceState",
    "Entry",
    "FORMAT",
    "Fault",
    "HIGHEST_RATE_HZ",
    "LOWEST_RATE_HZ",
    "Marker",
    "Media",
    "Meter",
    "OTHER",
    "OTHER_AUDIO_EXTENSIONS",
    "PluginParameter",
    "Readable",
    "Reference",
    "STREAMINFO_BYTES",
    "Send",
    "Session",
    "SessionError",
    "Sound",
    "StateError",
    "Tempo",
    "Track",
    "View",
    "Written",
    "check_given",
    "file_extension",
    "find_chunk",
    "folded",
    "identify",
    "is_bank",
    "natural_key",
    "parse_vstpreset",
    "read",
    "read_header",
    "refuse_existing",
    "role_of",
    "used_media",
    "with_frames",
    "write_dawproject",
    "write_rpp",
]
