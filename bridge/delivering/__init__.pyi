from .auditing import (
    Audit as Audit,
    audit as audit,
)
from .checks.result import (
    Checked as Checked,
)
from .delivering import (
    Delivery as Delivery,
    FloatMaster as FloatMaster,
    PageOf as PageOf,
    Progress as Progress,
    make_delivery as make_delivery,
)
from .enclosing import (
    Enclose as Enclose,
    Enclosure as Enclosure,
)
from .full_scale import (
    OverFullScaleError as OverFullScaleError,
    check_full_scale as check_full_scale,
)
from .manifest import (
    MANIFEST as MANIFEST,
    DeliveredFile as DeliveredFile,
    Manifest as Manifest,
    manifest_text as manifest_text,
    read_manifest as read_manifest,
)
from .overs import (
    LossyPeaks as LossyPeaks,
    MomentOf as MomentOf,
)
from .placing import (
    check_place as check_place,
)
from .planning import (
    PlannedFile as PlannedFile,
    SongToDeliver as SongToDeliver,
    SongVersion as SongVersion,
    planned_files as planned_files,
    versions_lacking_isrc as versions_lacking_isrc,
)
from .playback import (
    PlaybackGain as PlaybackGain,
    gains_of as gains_of,
    playback_gains as playback_gains,
)
from .profiles.model import (
    Profile as Profile,
    Rule as Rule,
)
from .profiles.reading import (
    load_profile as load_profile,
    shipped_profiles as shipped_profiles,
)
from .sides import (
    AskedRecord as AskedRecord,
    Side as Side,
    SidePart as SidePart,
    common_metadata as common_metadata,
)

__all__ = [
    "MANIFEST",
    "AskedRecord",
    "Audit",
    "Checked",
    "DeliveredFile",
    "Delivery",
    "Enclose",
    "Enclosure",
    "FloatMaster",
    "LossyPeaks",
    "Manifest",
    "MomentOf",
    "OverFullScaleError",
    "PageOf",
    "PlannedFile",
    "PlaybackGain",
    "Profile",
    "Progress",
    "Rule",
    "Side",
    "SidePart",
    "SongToDeliver",
    "SongVersion",
    "audit",
    "check_full_scale",
    "check_place",
    "common_metadata",
    "gains_of",
    "load_profile",
    "make_delivery",
    "manifest_text",
    "planned_files",
    "playback_gains",
    "read_manifest",
    "shipped_profiles",
    "versions_lacking_isrc",
]
