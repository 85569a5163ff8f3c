from .blocks import (
    BLOCK_FRAMES as BLOCK_FRAMES,
)
from .blocks import (
    Block as Block,
)
from .blocks import (
    Cursor as Cursor,
)
from .blocks import (
    Framer as Framer,
)
from .blocks import (
    Part as Part,
)
from .blocks import (
    reblocked as reblocked,
)
from .blocks import (
    summed as summed,
)
from .decode import (
    Header as Header,
)
from .decode import (
    opened as opened,
)
from .decode import (
    probe as probe,
)
from .decode import (
    read_blocks as read_blocks,
)
from .inspection import (
    Inspection as Inspection,
)
from .inspection import (
    inspect as inspect,
)
from .inspection import (
    refuse_bad_samples as refuse_bad_samples,
)
from .inspection import (
    unchanged as unchanged,
)
from .interpolation import (
    BAND_BOUND as BAND_BOUND,
)
from .interpolation import (
    FINE_HALF_TAPS as FINE_HALF_TAPS,
)
from .interpolation import (
    fine_peaks as fine_peaks,
)
from .interpolation import (
    narrow_frame_peaks as narrow_frame_peaks,
)
from .loudness import (
    ABSOLUTE_GATE_LUFS as ABSOLUTE_GATE_LUFS,
)
from .loudness import (
    MOST_CHANNELS as MOST_CHANNELS,
)
from .loudness import (
    KWeighting as KWeighting,
)
from .loudness import (
    energy as energy,
)
from .loudness import (
    gated_lufs as gated_lufs,
)
from .loudness import (
    layout as layout,
)
from .loudness import (
    lufs as lufs,
)
from .pcm import (
    Dtype as Dtype,
)
from .pcm import (
    PcmWriter as PcmWriter,
)
from .pcm import (
    read_pcm as read_pcm,
)
from .quantise import (
    Quantiser as Quantiser,
)
from .quantise import (
    Subtype as Subtype,
)
from .resample import (
    resampled as resampled,
)
from .resample import (
    resampled_frames as resampled_frames,
)
from .tags import (
    can_carry as can_carry,
)
from .tags import (
    read_texts as read_texts,
)
from .tags import (
    write_texts as write_texts,
)
from .true_peak import (
    FramePeaks as FramePeaks,
)
from .true_peak import (
    LibraryPeak as LibraryPeak,
)
from .true_peak import (
    TruePeak as TruePeak,
)
from .wav_files import (
    WavWriter as WavWriter,
)
from .wav_files import (
    pcm_sha256 as pcm_sha256,
)
from .zip_members import (
    open_member as open_member,
)

__all__ = [
    "ABSOLUTE_GATE_LUFS",
    "BAND_BOUND",
    "BLOCK_FRAMES",
    "Block",
    "Cursor",
    "Dtype",
    "FINE_HALF_TAPS",
    "FramePeaks",
    "Framer",
    "Header",
    "Inspection",
    "KWeighting",
    "LibraryPeak",
    "MOST_CHANNELS",
    "Part",
    "PcmWriter",
    "Quantiser",
    "Subtype",
    "TruePeak",
    "WavWriter",
    "can_carry",
    "energy",
    "fine_peaks",
    "gated_lufs",
    "inspect",
    "layout",
    "lufs",
    "narrow_frame_peaks",
    "open_member",
    "opened",
    "pcm_sha256",
    "probe",
    "read_blocks",
    "read_pcm",
    "read_texts",
    "reblocked",
    "refuse_bad_samples",
    "resampled",
    "resampled_frames",
    "summed",
    "unchanged",
    "write_texts",
]
