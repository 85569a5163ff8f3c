"""A worker child's entry: `python -m bridge.hosting.child.worker PARENT_PID`, jobs on stdin.

Nearly always it is one; what is asked again keeps what its first job has loaded.

Answers on a private copy of stdout, which it takes away from plugins; leaves by `os._exit`, because
plugins crash or hang when they are unloaded. What a host raises becomes a named problem.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

from bridge.hosting.answers import Answer, Refusal, Refused, Tell, as_wire, problem_of
from bridge.hosting.child.family import enter_worker
from bridge.hosting.engines.table import adapter
from bridge.hosting.jobs import Describe, Job, from_wire

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
"""Where a program looks for a screen."""


def answer(job: Job[Any], tell: Tell) -> Answer | Refusal:
    """Do the job; a problem, or whatever a host raises, becomes a refusal."""
    try:
        module = importlib.import_module(adapter(job.op, job.host))
        done: Answer = getattr(module, job.op)(job, tell)
    except Refused as refused:
        return Refusal(refused.problems)
    except Exception as error:
        return Refusal((problem_of(error),))
    return done


def _private_stdout() -> int:
    """Keep the pipe to the parent, and let what plugins print go to stderr."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return kept


def _write(pipe: int, line: bytes) -> None:
    """Write all of `line`; leave where the pipe is gone, as there is nobody to tell."""
    left = memoryview(line)
    while left:
        try:
            os.set_blocking(pipe, True)  # a plugin may have found it, and made it refuse
            left = left[os.write(pipe, left) :]
        except BlockingIOError:
            continue
        except OSError:
            os._exit(1)


def _no_core_files() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read a job a line, answer each, leave after the last."""
    _no_core_files()
    os.umask(0o077)  # the same for everybody: what plugins and this write is their user's alone
    enter_worker(int(sys.argv[1]))
    out = _private_stdout()

    def say(message: dict[str, Any]) -> None:
        _write(out, json.dumps(message).encode() + b"\n")

    for line in sys.stdin:
        told = json.loads(line)
        token = told.pop("token", None)
        job = from_wire(told)
        if isinstance(job, Describe) and job.hide_display:
            for name in SCREENS:
                os.environ.pop(name, None)
        answered = answer(job, lambda stage: say({"stage": stage}))
        say({"answer": as_wire(answered), "token": token})
    os._exit(0)


if __name__ == "__main__":
    main()
