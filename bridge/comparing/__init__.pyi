from .aligning.aligned_pair import (
    overlap as overlap,
    together as together,
)
from .aligning.alignment import (
    Alignment as Alignment,
    align as align,
    alignment_words as alignment_words,
)
from .causes.first_step import (
    FirstStep as FirstStep,
    Renderings as Renderings,
    compare_renders as compare_renders,
)
from .diffing import (
    diff as diff,
)
from .golden.golden import (
    DifferentSoundError as DifferentSoundError,
    assert_same_render as assert_same_render,
)
from .judging.limits import (
    VERDICTS as VERDICTS,
    Limits as Limits,
    Policy as Policy,
    Verdict as Verdict,
    given as given,
    load_policy as load_policy,
)
from .model import (
    Diff as Diff,
    FileDiff as FileDiff,
)
from .readings import (
    delta as delta,
)
from .reports import (
    check_outputs as check_outputs,
    junit as junit,
    markdown as markdown,
)
from .residual import (
    Residual as Residual,
)
from .side_by_side import (
    Streams as Streams,
    opened as opened,
)
from .sound import (
    EVERY_STEPS as EVERY_STEPS,
    STEPS_PER_S as STEPS_PER_S,
    WINDOW_STEPS as WINDOW_STEPS,
)
from .verifying.digest_checks import (
    DigestCheck as DigestCheck,
    DigestChecks as DigestChecks,
)
from .verifying.verify import (
    Verified as Verified,
    verify as verify,
    verify_digests as verify_digests,
)
from .wording import (
    MEANING as MEANING,
    headline as headline,
    lines as lines,
    meaning as meaning,
)

__all__ = [
    "EVERY_STEPS",
    "MEANING",
    "STEPS_PER_S",
    "VERDICTS",
    "WINDOW_STEPS",
    "Alignment",
    "Diff",
    "DifferentSoundError",
    "DigestCheck",
    "DigestChecks",
    "FileDiff",
    "FirstStep",
    "Limits",
    "Policy",
    "Renderings",
    "Residual",
    "Streams",
    "Verdict",
    "Verified",
    "align",
    "alignment_words",
    "assert_same_render",
    "check_outputs",
    "compare_renders",
    "delta",
    "diff",
    "given",
    "headline",
    "junit",
    "lines",
    "load_policy",
    "markdown",
    "meaning",
    "opened",
    "overlap",
    "together",
    "verify",
    "verify_digests",
]
