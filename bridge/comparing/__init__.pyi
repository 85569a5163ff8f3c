from .aligning.aligned_pair import (
    overlap as overlap,
)
from .aligning.aligned_pair import (
    together as together,
)
from .aligning.alignment import (
    Alignment as Alignment,
)
from .aligning.alignment import (
    align as align,
)
from .aligning.alignment import (
    alignment_words as alignment_words,
)
from .causes.first_step import (
    FirstStep as FirstStep,
)
from .causes.first_step import (
    Renderings as Renderings,
)
from .causes.first_step import (
    compare_renders as compare_renders,
)
from .diffing import (
    diff as diff,
)
from .golden.golden import (
    DifferentSoundError as DifferentSoundError,
)
from .golden.golden import (
    assert_same_render as assert_same_render,
)
from .judging.limits import (
    VERDICTS as VERDICTS,
)
from .judging.limits import (
    Limits as Limits,
)
from .judging.limits import (
    Policy as Policy,
)
from .judging.limits import (
    Verdict as Verdict,
)
from .judging.limits import (
    given as given,
)
from .judging.limits import (
    load_policy as load_policy,
)
from .levels import (
    delta as delta,
)
from .model import (
    Diff as Diff,
)
from .model import (
    FileDiff as FileDiff,
)
from .render_folder import (
    RenderFolder as RenderFolder,
)
from .render_folder import (
    open_render as open_render,
)
from .reports import (
    check_outputs as check_outputs,
)
from .reports import (
    junit as junit,
)
from .reports import (
    markdown as markdown,
)
from .residual import (
    Residual as Residual,
)
from .side_by_side import (
    Streams as Streams,
)
from .side_by_side import (
    opened as opened,
)
from .sound import (
    EVERY_STEPS as EVERY_STEPS,
)
from .sound import (
    STEPS_PER_S as STEPS_PER_S,
)
from .sound import (
    WINDOW_STEPS as WINDOW_STEPS,
)
from .verifying.digest_checks import (
    DigestCheck as DigestCheck,
)
from .verifying.digest_checks import (
    DigestChecks as DigestChecks,
)
from .verifying.verify import (
    Verified as Verified,
)
from .verifying.verify import (
    verify as verify,
)
from .verifying.verify import (
    verify_digests as verify_digests,
)
from .wording import (
    MEANING as MEANING,
)
from .wording import (
    headline as headline,
)
from .wording import (
    lines as lines,
)
from .wording import (
    meaning as meaning,
)

__all__ = [
    "Alignment",
    "Diff",
    "DifferentSoundError",
    "DigestCheck",
    "DigestChecks",
    "EVERY_STEPS",
    "FileDiff",
    "FirstStep",
    "Limits",
    "MEANING",
    "Policy",
    "RenderFolder",
    "Renderings",
    "Residual",
    "STEPS_PER_S",
    "Streams",
    "VERDICTS",
    "Verdict",
    "Verified",
    "WINDOW_STEPS",
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
    "open_render",
    "opened",
    "overlap",
    "together",
    "verify",
    "verify_digests",
]
