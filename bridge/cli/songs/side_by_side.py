"""Several songs rendered side by side: each by the command that would render it alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.cli import EXIT_INTERRUPTED
from bridge.cli.printing import print_json, say
from stemwright.problems import InputError, Problem, RenderError
from stemwright.values import dataclass
from stemwright.words import quoted

if TYPE_CHECKING:
    import typer

_POLL_S = 0.05
_OF_ONE_SONG = ("out", "watch", "residual", "title", "revision")
_SAID_ANEW = ("session", "chain", "jobs")
_WORST_FIRST = (EXIT_INTERRUPTED, 70, 2, 3, 4, 1)
"""Exit codes, by which speaks for all: stopped, our mistake, then the stage that fails first."""
_IN_WORDS: Mapping[int, str] = {
    0: "done",
    1: "done, TARGET MISSED",
    2: "not rendered: its files or options",
    3: "not rendered: something is not on this machine",
    4: "not rendered: a plugin or the render failed",
    EXIT_INTERRUPTED: "stopped",
}


@dataclass(frozen=True)
class Ended:
    """A song's command that is over: its exit code and what it printed."""

    job: Path
    code: int
    seconds: float
    printed: str
    told: str

    @property
    def words(self) -> str:
        """What became of the song."""
        if self.code < 0:
            return f"not rendered: its process was ended by signal {-self.code}"
        return _IN_WORDS.get(self.code, f"not rendered: exit code {self.code}")

    def as_json(self) -> dict[str, Any]:
        """Its record as `render` prints it, or its errors."""
        said: dict[str, Any] = {}
        with suppress(ValueError):
            said = json.loads(self.printed)
        errors = said.get("errors", [])
        if not said:
            hint = _last(self.told) or "render it again: its finished steps are in the store"
            lost = Problem("song_lost", self.words, {"file": str(self.job)}, hint=hint)
            errors = [lost.as_json()]
        return {
            "job": str(self.job),
            "exit_code": _known(self.code),
            "seconds": round(self.seconds, 3),
            "render": said if "outputs" in said else None,
            "errors": errors,
        }


def render_all(songs: Sequence[Path], context: typer.Context, cores: int, *, as_json: bool) -> int:
    """Render every job's draft, as many at once as there are cores; return one code for all.

    A song that fails or whose process dies leaves the others as they are. Whoever stops it stops
    all: finished steps are in the store. Raises InputError before any is begun: what is no job,
    a job that stands twice, one that cannot be read, an option that is about one song.
    """
    _refuse(songs, context)
    given = list(_words(context))
    ended: list[Ended] = []
    at_once = min(cores, len(songs))
    from bridge.cli.progress import SongsBar

    with SongsBar(len(songs)) as bar:

        def over(song: Ended) -> None:
            ended.append(song)
            bar.over()
            if not as_json:
                _show(song, len(ended), len(songs))

        _run(songs, [*given, "--jobs", str(max(1, cores // at_once))], at_once, bar.busy, over)
    by_job = {each.job: each for each in ended}
    in_order = [by_job[each] for each in songs if each in by_job]
    if as_json:
        print_json({"jobs": [each.as_json() for each in in_order]})
    else:
        _sum_up(in_order)
    return _code_of_all({each.code for each in ended})


def _code_of_all(codes: Set[int]) -> int:
    """The code that speaks for all; a process that ended by a signal is a render that failed."""
    known = {_known(code) for code in codes}
    return next((code for code in _WORST_FIRST if code in known), 0)


def _known(code: int) -> int:
    """An exit code as they are documented."""
    return code if code in (0, *_WORST_FIRST) else RenderError.exit_code


def _run(
    songs: Sequence[Path],
    words: Sequence[str],
    at_once: int,
    busy: Callable[[Sequence[Path]], None],
    over: Callable[[Ended], None],
) -> None:
    """Keep so many commands at work until every song had its own."""
    waiting, working = list(songs), list[_Command]()
    try:
        while waiting or working:
            while waiting and len(working) < at_once:
                working.append(_Command(waiting.pop(0), words))
            busy([each.job for each in working])
            for each in [each for each in working if each.is_over]:
                working.remove(each)
                over(each.ended())
            time.sleep(_POLL_S)
    except BaseException:
        for each in working:
            each.stop()
        for each in working:
            over(each.ended())
        raise


class _Command:
    """A song's own command, in a process that ends with this one."""

    def __init__(self, job: Path, words: Sequence[str]) -> None:
        self.job = job
        self._begun_s = time.monotonic()
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - closed where it is read
        self._told = tempfile.TemporaryFile()  # noqa: SIM115 - likewise
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "stemwright", "render", *words, "--", str(job)],
            stdin=subprocess.DEVNULL,
            stdout=self._printed,
            stderr=self._told,
            env={**os.environ, "STEMWRIGHT_ENDS_WITH": str(os.getpid())},
        )

    @property
    def is_over(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> None:
        self._process.terminate()

    def ended(self) -> Ended:
        code = self._process.wait()
        seconds = time.monotonic() - self._begun_s
        return Ended(self.job, code, seconds, _text(self._printed), _text(self._told))


def _text(file: Any) -> str:
    with file:
        file.seek(0)
        return str(file.read().decode(errors="backslashreplace"))


def _refuse(songs: Sequence[Path], context: typer.Context) -> None:
    from bridge.cli.given_song import names_job
    from bridge.jobs import JobError, load_job

    problems = [
        Problem(
            "usage",
            f"{name} is about one song, and these are {len(songs)}",
            hint="leave it out: every job's draft is written into its own folder",
        )
        for name in _about_one(context)
    ]
    counted = Counter(each.resolve().parent if each.is_file() else each.resolve() for each in songs)
    problems += [
        Problem("usage", f"{folder} is named {times} times", hint="name each job once")
        for folder, times in counted.items()
        if times > 1
    ]
    for each in songs:
        if not names_job(each):
            problems.append(
                Problem(
                    "usage",
                    f"{each} is no job, and several songs at once are jobs",
                    hint=f"make it one: stemwright job new {quoted(each)} --chain CHAIN",
                )
            )
            continue
        try:
            load_job(each)
        except JobError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)


def _about_one(context: typer.Context) -> Iterator[str]:
    for option in context.command.params:
        if option.name in _OF_ONE_SONG and _is_given(context, option.name):
            yield option.opts[-1]


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _words(context: typer.Context) -> Iterator[str]:
    """The options that were given, as they stand on a command line."""
    for option in context.command.params:
        name = option.name or ""
        if name in _SAID_ANEW or not _is_given(context, name):
            continue
        value = context.params[name]
        if isinstance(value, bool):
            yield (option.opts if value else option.secondary_opts)[0]
            continue
        for each in value if isinstance(value, (list, tuple)) else [value]:
            yield from (option.opts[0], str(each))


def _show(song: Ended, done: int, total: int) -> None:
    say(f"{song.job}  {song.words}  ({done} of {total}, {song.seconds:.1f} s)")
    say(*(f"  {line}" for line in song.printed.splitlines()))
    say(*(f"  {line}" for line in song.told.splitlines()), err=True)


def _sum_up(songs: Sequence[Ended]) -> None:
    said = Counter(each.words for each in songs)
    say(f"{len(songs)} songs: {', '.join(f'{times} {words}' for words, times in said.items())}")


def _last(told: str) -> str | None:
    lines = told.strip().splitlines()
    return lines[-1] if lines else None
