"""Two renders, one verdict: how far apart, where, and what it does to the sound."""

from bridge.comparing.aligning.alignment import Alignment, align
from bridge.comparing.causes.first_step import FirstStep, Renderings, compare_renders
from bridge.comparing.diffing import diff
from bridge.comparing.golden.golden import DifferentSoundError, assert_same_render
from bridge.comparing.judging.limits import VERDICTS, Limits, Policy, Verdict, given, load_policy
from bridge.comparing.model import Diff, FileDiff
from bridge.comparing.reports import check_outputs, junit, markdown
from bridge.comparing.residual import Residual
from bridge.comparing.side_by_side import Streams
from bridge.comparing.verifying.digest_checks import DigestCheck, DigestChecks
from bridge.comparing.verifying.verify import Verified, verify, verify_digests

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
