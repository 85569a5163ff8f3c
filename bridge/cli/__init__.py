"""The command line, one file a command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code; SIGTERM stops it as Ctrl-C does."""
    from bridge.cli import process

    process.watch_signals(as_json="--json" in sys.argv)
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
    sys.exit(process.leave_stream(code))


__all__ = ["main"]
