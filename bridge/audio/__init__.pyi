from .block_levels import (
    BlockLevels as BlockLevels,
    block_levels as block_levels,
    frames_until_quiet as frames_until_quiet,
)
from .blocks import (
    Block as Block,
    Cursor as Cursor,
    Framer as Framer,
    Part as Part,
    reblocked as reblocked,
    summed as summed,
)
from .decode import (
    Header as Header,
    Samples as Samples,
    opened as opened,
    opened_samples as opened_samples,
    probe as probe,
    read_blocks as read_blocks,
)
from .facts.ends import (
    edge_levels as edge_levels,
    edge_rms as edge_rms,
)
from .facts.floor import (
    FloorMeter as FloorMeter,
)
from .facts.inspected import (
    END_S as END_S,
    LAST_S as LAST_S,
    NEXT_S as NEXT_S,
    SOUNDS_POWER as SOUNDS_POWER,
    START_S as START_S,
    Ends as Ends,
    Inspection as Inspection,
    refuse_bad_samples as refuse_bad_samples,
)
from .facts.sizes import (
    BLOCK_FRAMES as BLOCK_FRAMES,
    Subtype as Subtype,
)
from .inspection import (
    PcmHash as PcmHash,
    inspect as inspect,
    unchanged as unchanged,
)
from .interpolation import (
    BAND_BOUND as BAND_BOUND,
    FINE_HALF_TAPS as FINE_HALF_TAPS,
    HALF_TAPS as HALF_TAPS,
    fine_peaks as fine_peaks,
    narrow_frame_peaks as narrow_frame_peaks,
)
from .kaiser import (
    as_taps as as_taps,
    kaiser as kaiser,
)
from .loudness import (
    ABSOLUTE_GATE_LUFS as ABSOLUTE_GATE_LUFS,
    MOST_CHANNELS as MOST_CHANNELS,
    KWeighting as KWeighting,
    energy as energy,
    gated_lufs as gated_lufs,
    layout as layout,
    loudness_range_lu as loudness_range_lu,
    lufs as lufs,
)
from .pcm import (
    Dtype as Dtype,
    GrowingPcm as GrowingPcm,
    PcmSummary as PcmSummary,
    PcmTally as PcmTally,
    PcmWriter as PcmWriter,
    pcm_head as pcm_head,
    read_growing_pcm as read_growing_pcm,
    read_pcm as read_pcm,
)
from .quantise import (
    Quantiser as Quantiser,
)
from .resample import (
    resampled as resampled,
    resampled_frames as resampled_frames,
)
from .sections import SectionsRun as SectionsRun
from .tags import (
    can_carry as can_carry,
    read_texts as read_texts,
    write_texts as write_texts,
)
from .true_peak import (
    FramePeaks as FramePeaks,
    LibraryPeak as LibraryPeak,
    TruePeak as TruePeak,
    library_phases as library_phases,
    library_readings as library_readings,
)
from .wav_files import (
    GrowingWav as GrowingWav,
    WavWriter as WavWriter,
    Written as Written,
    pcm_sha256 as pcm_sha256,
    read_growing_wav as read_growing_wav,
)
from .zip_members import (
    open_member as open_member,
)

__all__ = [
    "ABSOLUTE_GATE_LUFS",
    "BAND_BOUND",
    "BLOCK_FRAMES",
    "END_S",
    "FINE_HALF_TAPS",
    "HALF_TAPS",
    "LAST_S",
    "MOST_CHANNELS",
    "NEXT_S",
    "SOUNDS_POWER",
    "START_S",
    "Block",
    "Cursor",
    "Dtype",
    "Ends",
    "FloorMeter",
    "FramePeaks",
    "Framer",
    "GrowingPcm",
    "GrowingWav",
    "Header",
    "Inspection",
    "KWeighting",
    "LibraryPeak",
    "Part",
    "PcmHash",
    "PcmSummary",
    "PcmTally",
    "PcmWriter",
    "Quantiser",
    "Samples",
    "Subtype",
    "TruePeak",
    "WavWriter",
    "Written",
    "as_taps",
    "can_carry",
    "edge_levels",
    "edge_rms",
    "energy",
    "fine_peaks",
    "frames_until_quiet",
    "gated_lufs",
    "inspect",
    "kaiser",
    "layout",
    "library_phases",
    "library_readings",
    "loudness_range_lu",
    "lufs",
    "narrow_frame_peaks",
    "open_member",
    "opened",
    "opened_samples",
    "pcm_head",
    "pcm_sha256",
    "probe",
    "read_blocks",
    "read_growing_pcm",
    "read_growing_wav",
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
