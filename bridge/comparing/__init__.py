"""Two renders, one verdict: how far apart, where, and what it does to the sound."""

from bridge.comparing.alignment import Alignment, align
from bridge.comparing.diffing import diff
from bridge.comparing.digest_checks import DigestCheck, DigestChecks
from bridge.comparing.first_step import FirstStep, Renderings, compare_renders
from bridge.comparing.junit import junit
from bridge.comparing.limits import VERDICTS, Limits, Verdict, given
from bridge.comparing.markdown import markdown
from bridge.comparing.model import Diff, FileDiff
from bridge.comparing.outputs import check_outputs
from bridge.comparing.policy import Policy, load_policy
from bridge.comparing.residual import Residual
from bridge.comparing.same import DifferentSoundError, assert_same_render
from bridge.comparing.verifying import Verified, verify, verify_digests
from bridge.comparing.walking import Streams

__all__ = [
    "VERDICTS",
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
    "assert_same_render",
    "check_outputs",
    "compare_renders",
    "diff",
    "given",
    "junit",
    "load_policy",
    "markdown",
    "verify",
    "verify_digests",
]
