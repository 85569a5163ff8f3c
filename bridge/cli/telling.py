"""Every error leaves as a clear paragraph or as JSON, with its exit code; never as a traceback."""

from __future__ import annotations

import errno
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

import typer

from bridge.cli.printing import print_json, say
from bridge.cli.process import asked_to_stop
from stemwright.files import too_long_hint
from stemwright.problems import InputError, Problem, StemwrightError

EXIT_MACHINE, EXIT_BUG, EXIT_INTERRUPTED = 3, 70, 130

_STOPPED = Problem("stopped", "stopped; finished steps stay in the store for the next run")
_MEMORY = Problem(
    "out_of_memory",
    "the memory for this is not there",
    hint="close other programs, raise the limit on memory (ulimit -v), or say --jobs 1",
)
_NO_MEMORY = re.compile(
    "failed to map segment|cannot allocate memory|unable to allocate|can't start new thread"
    "|thread pool has not been initialized",
    re.IGNORECASE,
)
_HELP_ASKED = "NoArgsIsHelpError"
"""What a group of commands raises that is named alone; typer gives its name away, not its class."""
_ENDED = Problem("stopped", "stopped before the end")


def run_told(
    app: typer.Typer, args: Sequence[str], before: Callable[[], None] = lambda: None
) -> int:
    """Run `before`, then `app` on `args`; tell what went wrong; return the exit code."""
    words = list(args) or ["--help"]
    stopped = _ENDED if words[0] in ("diff", "verify") else _STOPPED  # these two keep no steps
    return outcome(lambda: _called(app, words, before), "--json" in words, stopped)


def told_stopped(*, as_json: bool) -> int:
    """Tell of an interrupt that came when the work was through; return the exit code."""
    return _told([_ENDED], EXIT_INTERRUPTED, as_json)


def _called(app: typer.Typer, words: Sequence[str], before: Callable[[], None]) -> object:
    try:
        if not {"--help", "-h", "--version"}.intersection(words):
            before()
        return app(args=[*words], standalone_mode=False)
    except typer.Abort:
        raise
    except typer.TyperException as error:
        if type(error).__name__ == _HELP_ASKED:
            say(*error.format_message().splitlines(), err=True)
            return InputError.exit_code
        raise InputError(_usage(error)) from error


def outcome(work: Callable[[], object], as_json: bool, stopped: Problem = _STOPPED) -> int:
    """Do `work`; tell what went wrong; return the exit code: what it returned, when a number."""
    try:
        code = work()
    except StemwrightError as error:
        told = [stopped if each.kind == "stopped" else each for each in error.problems]
        return _told(told if stopped is _ENDED else error.problems, error.exit_code, as_json)
    except (typer.Abort, KeyboardInterrupt):
        return _told([stopped], EXIT_INTERRUPTED, as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if asked_to_stop():  # inside an import it may become any other error
            return _told([stopped], EXIT_INTERRUPTED, as_json)
        return _foreign(error, as_json)
    except BaseException as error:
        if not out_of_memory(error):
            raise
        return _told([_MEMORY], EXIT_MACHINE, as_json)
    if code == EXIT_INTERRUPTED:  # what typer makes of Ctrl-C
        return _told([stopped], EXIT_INTERRUPTED, as_json)
    return code if isinstance(code, int) else 0


def _foreign(error: Exception, as_json: bool) -> int:
    """Errors of the system, and our own bugs."""
    if out_of_memory(error):
        return _told([_MEMORY], EXIT_MACHINE, as_json)
    if isinstance(error, OSError):
        return _told([_system(error)], EXIT_MACHINE, as_json)
    return _told([_bug(error)], EXIT_BUG, as_json)


def _system(error: OSError) -> Problem:
    """What the system refused; without a file it was one of the streams we print on."""
    said = str(error.strerror or error)
    if error.filename is None:
        return Problem("system", f"the output cannot be written: {said}")
    where: dict[str, str | int] = {"file": os.fsdecode(error.filename)}
    return Problem("system", said, where, hint=too_long_hint(error))


def out_of_memory(error: BaseException | None) -> bool:
    """Tell whether memory ran out: libraries say so in words of their own, and hide the cause."""
    while error is not None:
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
            return True
        if _NO_MEMORY.search(str(error)) and not isinstance(error, StemwrightError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _usage(error: typer.TyperException) -> Problem:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "stemwright"
    message = _missing(error) or error.format_message()
    return Problem("usage", message, hint=f"see {command} --help")


def _missing(error: typer.TyperException) -> str | None:
    """Say that both SESSION and CHAIN are missing; a single word goes to the last."""
    context, asked = getattr(error, "ctx", None), getattr(error, "param", None)
    if context is None or asked is None or asked.name != "chain":
        return None
    names = {each.name for each in context.command.params}
    return "Missing arguments 'SESSION' and 'CHAIN'." if "session" in names else None


def _bug(error: Exception) -> Problem:
    with tempfile.NamedTemporaryFile(
        "w", prefix="stemwright-bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as report:
        traceback.print_exception(error, file=report)
    return Problem(
        "bug",
        f"stemwright made a mistake: {type(error).__name__}: {error}",
        {"file": report.name},
        hint="please send the report named here to the makers; your files are as they were",
    )


def _told(problems: Sequence[Problem], code: int, as_json: bool) -> int:
    """Tell them where that can be done: a full disk may be what they are about."""
    try:
        if as_json:
            print_json({"errors": [problem.as_json() for problem in problems]})
            return code
    except OSError:
        pass
    with suppress(OSError):
        for problem in problems:
            say(*paragraph(problem), err=True)
    return code


def aside(problems: Sequence[Problem], then: str) -> None:
    """Tell problems at once, on stderr, and what is done in spite of them."""
    say(*(line for problem in problems for line in paragraph(problem)), then, err=True)


def warn(problems: Iterable[Problem]) -> None:
    """Tell problems on stderr as warnings, a line each, with what to do."""
    for each in problems:
        said = f"warning: {each}"
        say(said if each.hint is None else f"{said} ({each.hint})", err=True)


def paragraph(problem: Problem) -> list[str]:
    """Return a problem as people read it: place, what is wrong, what was expected, what to do."""
    lines = [f"error: {problem}"]
    clauses = {
        "expected": problem.expected,
        "did you mean": problem.nearest,
        "what to do": problem.hint,
    }
    for name, clause in clauses.items():
        if clause and not (name == "expected" and clause in problem.message):
            lines.append(f"  {name}: {clause}")
    return lines


def say_diagnostics(diagnostics: Iterable[Mapping[str, str]]) -> None:
    """Print diagnostics on stderr, equal ones once, with every place they are about."""
    places: dict[tuple[str, str], list[str]] = {}
    for said in diagnostics:
        found = places.setdefault((said["severity"], said["message"]), [])
        if said["where"] not in found and not _is_said(said["where"], said["message"]):
            found.append(said["where"])
    lines = [
        f"{severity}: {''.join([', '.join(found), ': ']) if found else ''}{message}"
        for (severity, message), found in places.items()
    ]
    say(*lines, err=True)


def _is_said(where: str, message: str) -> bool:
    """Tell whether a message names its place by itself, in full or by its last part."""
    return where in message or message.startswith(f"{where.rpartition('/')[2]}:")
