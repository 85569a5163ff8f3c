"""The command line, one file a command.

Imports only what the interpreter has loaded by itself, so that an interrupt has no import to meet
before `main` is there to take it.
"""

import _signal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

EXIT_INTERRUPTED = 130
SIGNALS = (_signal.SIGINT, _signal.SIGTERM)
_EARLY = "stopped before anything was begun"
_JSON = (
    '{{"errors": [{{"kind": "stopped", "message": "{}", "where": {{}}, "expected": null,'
    ' "nearest": null, "hint": null}}]}}'
)


def main() -> None:
    """Run the command line and leave with its exit code; SIGTERM stops it as Ctrl-C does."""
    for number in SIGNALS:
        if _signal.getsignal(number) != _signal.SIG_IGN:  # nohup, or a script's background
            _signal.signal(number, leave_early)
    from bridge.cli import process

    process.watch_signals()
    process.end_with_starter()
    process.collect_seldom()
    process.leave_out_plugins()
    from bridge.cli.app import app
    from bridge.cli.telling import run_told, told_stopped

    try:
        process.begin()
        try:
            code = run_told(app, sys.argv[1:], process.check_memory)
        finally:
            process.over()
    except KeyboardInterrupt:  # it came between the work and its end
        code = told_stopped(as_json="--json" in sys.argv)
    process.leave_rings()
    sys.exit(process.leave_stream(code))


def leave_early(_: int, __: object) -> "NoReturn":
    """End the process with a word, as a signal's handler: nothing was begun."""
    as_json = "--json" in sys.argv
    text = _JSON.format(_EARLY) if as_json else f"error: {_EARLY}"
    os.write(1 if as_json else 2, f"{text}\n".encode())
    os._exit(EXIT_INTERRUPTED)


__all__ = ["main"]
