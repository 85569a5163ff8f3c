from .bundle.naming import (
    AUDIO_EXTENSIONS as AUDIO_EXTENSIONS,
    OTHER_AUDIO_EXTENSIONS as OTHER_AUDIO_EXTENSIONS,
    file_extension as file_extension,
    folded as folded,
    natural_key as natural_key,
    words_as_written as words_as_written,
)
from .bundle.roles import (
    OTHER as OTHER,
    role_of as role_of,
)
from .errors import (
    SessionError as SessionError,
)
from .formats.dawproject.write_channels import (
    carried_by_dawproject as carried_by_dawproject,
)
from .formats.dawproject.writer import (
    write_dawproject as write_dawproject,
)
from .formats.project_files.media import (
    Audio as Audio,
    Copier as Copier,
    refuse_existing as refuse_existing,
    used_media as used_media,
)
from .formats.reaper.reader import (
    FORMAT as FORMAT,
)
from .formats.reaper.write_effects import (
    carried_by_rpp as carried_by_rpp,
)
from .formats.reaper.writer import (
    write_rpp as write_rpp,
)
from .media.archives import (
    Entry as Entry,
)
from .media.chunks import (
    Readable as Readable,
    find_chunk as find_chunk,
)
from .media.file_headers import (
    A_STEM as A_STEM,
    read_header as read_header,
)
from .media.flac import (
    STREAMINFO_BYTES as STREAMINFO_BYTES,
    with_frames as with_frames,
)
from .media.search import (
    check_given as check_given,
)
from .media.sound_headers import (
    HIGHEST_RATE_HZ as HIGHEST_RATE_HZ,
    LOSSY_FORMATS as LOSSY_FORMATS,
    LOWEST_RATE_HZ as LOWEST_RATE_HZ,
    Fault as Fault,
    Sound as Sound,
    View as View,
    identify as identify,
)
from .model.session import (
    Automation as Automation,
    AutomationPoint as AutomationPoint,
    Clip as Clip,
    Device as Device,
    DeviceState as DeviceState,
    Marker as Marker,
    Media as Media,
    Meter as Meter,
    PluginParameter as PluginParameter,
    Reference as Reference,
    Send as Send,
    Session as Session,
    Tempo as Tempo,
    Track as Track,
    Written as Written,
)
from .model.tempo import (
    TempoMap as TempoMap,
)
from .reading import (
    installed_formats as installed_formats,
    is_project as is_project,
    read as read,
)
from .states.device_states import (
    FXP_HEAD_BYTES as FXP_HEAD_BYTES,
    VSTPRESET_HEAD_BYTES as VSTPRESET_HEAD_BYTES,
    StateError as StateError,
    fxp_file as fxp_file,
    fxp_unique_id as fxp_unique_id,
    is_bank as is_bank,
    is_juce as is_juce,
    juce as juce,
    parse_fxp as parse_fxp,
    parse_vstpreset as parse_vstpreset,
    vstpreset_class_id as vstpreset_class_id,
    vstpreset_file as vstpreset_file,
)

__all__ = [
    "AUDIO_EXTENSIONS",
    "A_STEM",
    "FORMAT",
    "FXP_HEAD_BYTES",
    "HIGHEST_RATE_HZ",
    "LOSSY_FORMATS",
    "LOWEST_RATE_HZ",
    "OTHER",
    "OTHER_AUDIO_EXTENSIONS",
    "STREAMINFO_BYTES",
    "VSTPRESET_HEAD_BYTES",
    "Audio",
    "Automation",
    "AutomationPoint",
    "Clip",
    "Copier",
    "Device",
    "DeviceState",
    "Entry",
    "Fault",
    "Marker",
    "Media",
    "Meter",
    "PluginParameter",
    "Readable",
    "Reference",
    "Send",
    "Session",
    "SessionError",
    "Sound",
    "StateError",
    "Tempo",
    "TempoMap",
    "Track",
    "View",
    "Written",
    "carried_by_dawproject",
    "carried_by_rpp",
    "check_given",
    "file_extension",
    "find_chunk",
    "folded",
    "fxp_file",
    "fxp_unique_id",
    "identify",
    "installed_formats",
    "is_bank",
    "is_juce",
    "is_project",
    "juce",
    "natural_key",
    "parse_fxp",
    "parse_vstpreset",
    "read",
    "read_header",
    "refuse_existing",
    "role_of",
    "used_media",
    "vstpreset_class_id",
    "vstpreset_file",
    "with_frames",
    "words_as_written",
    "write_dawproject",
    "write_rpp",
]
