from .model import (
    ENDINGS as ENDINGS,
    LIMITS as LIMITS,
    LOSSLESS as LOSSLESS,
    Aim as Aim,
    Bits as Bits,
    FileFormat as FileFormat,
    FileWish as FileWish,
    Profile as Profile,
    RecordSide as RecordSide,
    Rule as Rule,
)
from .profile_file import (
    PROFILE_FILE as PROFILE_FILE,
    ProfileError as ProfileError,
)
from .reading import (
    load_profile as load_profile,
    parse_profile as parse_profile,
    profile_text as profile_text,
    shipped_profiles as shipped_profiles,
)
from .records import (
    RecordSize as RecordSize,
    record_size as record_size,
    record_sizes as record_sizes,
)

__all__ = [
    "ENDINGS",
    "LIMITS",
    "LOSSLESS",
    "PROFILE_FILE",
    "Aim",
    "Bits",
    "FileFormat",
    "FileWish",
    "Profile",
    "ProfileError",
    "RecordSide",
    "RecordSize",
    "Rule",
    "load_profile",
    "parse_profile",
    "profile_text",
    "record_size",
    "record_sizes",
    "shipped_profiles",
]
