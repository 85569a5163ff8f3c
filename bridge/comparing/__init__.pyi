from .aligning.alignment import (
    TRUSTED as TRUSTED,
    Alignment as Alignment,
    align as align,
    aligned_blocks as aligned_blocks,
    aligned_overlap as aligned_overlap,
    alignment_words as alignment_words,
)
from .aligning.delay import (
    HALF_TAPS as HALF_TAPS,
    advanced_stream as advanced_stream,
)
from .beside.mix_figures import (
    BandFigures as BandFigures,
    MixFigures as MixFigures,
    MixFiguresMeter as MixFiguresMeter,
    mix_figures_of as mix_figures_of,
)
from .beside.tone import (
    BandDifference as BandDifference,
    Tone as Tone,
    ToneDistance as ToneDistance,
    ToneMeter as ToneMeter,
    tone_distance as tone_distance,
    tone_of as tone_of,
    tone_of_file as tone_of_file,
)
from .diff_text import (
    VERDICT_MEANINGS as VERDICT_MEANINGS,
    diff_headline as diff_headline,
    diff_lines as diff_lines,
    verdict_meaning as verdict_meaning,
)
from .diff_values import (
    Diff as Diff,
    FileDiff as FileDiff,
)
from .diffing import (
    diff as diff,
)
from .digest_checks import (
    DigestCheck as DigestCheck,
    DigestChecks as DigestChecks,
)
from .documents.change import (
    Change as Change,
)
from .documents.document_diff import (
    DocumentDiff as DocumentDiff,
    document_lines as document_lines,
    document_markdown as document_markdown,
)
from .documents.of_chains.applying import (
    apply_changes as apply_changes,
)
from .documents.of_chains.chain_changes import (
    chain_changes as chain_changes,
)
from .documents.of_chains.chain_tree import (
    chain_digest as chain_digest,
)
from .documents.of_sessions.comparison import (
    Parameter as Parameter,
)
from .documents.of_sessions.session_changes import (
    session_changes as session_changes,
)
from .documents.values_in_words import (
    gain_became as gain_became,
    gain_words as gain_words,
    setting_name as setting_name,
    value_words as value_words,
)
from .file_pairs import (
    AUDIO_SUFFIXES as AUDIO_SUFFIXES,
)
from .first_step import (
    FirstStep as FirstStep,
    Renderings as Renderings,
    compare_renders as compare_renders,
)
from .goldens import (
    DifferentSoundError as DifferentSoundError,
    assert_same_render as assert_same_render,
)
from .judging.limits import (
    VERDICTS as VERDICTS,
    Limits as Limits,
    Policy as Policy,
    Verdict as Verdict,
    limits_given as limits_given,
    load_policy as load_policy,
)
from .paired_streams import (
    Streams as Streams,
    from_frame as from_frame,
    opened_streams as opened_streams,
)
from .reports import (
    check_outputs as check_outputs,
    junit as junit,
    markdown as markdown,
)
from .residual import (
    Residual as Residual,
)
from .sound import (
    EVERY_STEPS as EVERY_STEPS,
    STEPS_PER_S as STEPS_PER_S,
    WINDOW_STEPS as WINDOW_STEPS,
    level_change as level_change,
)
from .verifying_render import (
    Stand as Stand,
    Verified as Verified,
    verify as verify,
    verify_digests as verify_digests,
)

__all__ = [
    "AUDIO_SUFFIXES",
    "EVERY_STEPS",
    "HALF_TAPS",
    "STEPS_PER_S",
    "TRUSTED",
    "VERDICTS",
    "VERDICT_MEANINGS",
    "WINDOW_STEPS",
    "Alignment",
    "BandDifference",
    "BandFigures",
    "Change",
    "Diff",
    "DifferentSoundError",
    "DigestCheck",
    "DigestChecks",
    "DocumentDiff",
    "FileDiff",
    "FirstStep",
    "Limits",
    "MixFigures",
    "MixFiguresMeter",
    "Parameter",
    "Policy",
    "Renderings",
    "Residual",
    "Stand",
    "Streams",
    "Tone",
    "ToneDistance",
    "ToneMeter",
    "Verdict",
    "Verified",
    "advanced_stream",
    "align",
    "aligned_blocks",
    "aligned_overlap",
    "alignment_words",
    "apply_changes",
    "assert_same_render",
    "chain_changes",
    "chain_digest",
    "check_outputs",
    "compare_renders",
    "diff",
    "diff_headline",
    "diff_lines",
    "document_lines",
    "document_markdown",
    "from_frame",
    "gain_became",
    "gain_words",
    "junit",
    "level_change",
    "limits_given",
    "load_policy",
    "markdown",
    "mix_figures_of",
    "opened_streams",
    "session_changes",
    "setting_name",
    "tone_distance",
    "tone_of",
    "tone_of_file",
    "value_words",
    "verdict_meaning",
    "verify",
    "verify_digests",
]
