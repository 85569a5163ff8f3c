"""Whatever changes a chain or a job leaves every other line of it as it was written."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bridge.advising import Cut, FreeingCut
from bridge.cli.plugins.chain_file import hosted_row, with_params, with_state
from bridge.jobs import Acceptance, HeldByJob, accept, hold
from bridge.jobs.notes.note import Note, NotesFile
from bridge.jobs.notes.revising import revise
from bridge.jobs.notes.wishes import Owner
from bridge.jobs.revisions.agreed import with_agreed
from bridge.road.advising.chain_copy import changed_copy
from bridge.road.advising.fit_writing import edited_chain, fit_into_job
from bridge.road.advising.job_settings import written_settings
from bridge.road.advising.stand_in_writing import with_stand_in
from bridge.road.advising.standing_in import StoodIn
from bridge.road.advising.unmasking import with_cuts
from chains import Chain, loads

CHAIN = """\
# my chain
schema = 1 # s
name = "n"

# about the singer
[[group]]
id = "vocals"    # gid
stems = [
    "vox*", # hers
]

  # her air
  [[group.insert]]
  id = "air"   # x
  use = "plugin"  # why
  plugin = "ZamEQ2" # dead
  params = { "Boost/Cut 1" = "-4 dB" } # by hand

  # her tone
  [[group.insert]]
  id = "tone"
  use = "eq"
  bands = [
    { shape = "bell", hz = 1000, gain_db = 0.0, q = 1.0 },   # mid
    # between
    { shape = "low_shelf", hz = 100, gain_db = 0.0 },   # low
  ]
# spare = 1

# about the rest
[[group]]
id = "music" # q
stems = ["*"]

# about the master
[[master.insert]]
use = "limiter" # last

# about the aim
[target] # t
integrated_lufs = -14.0
# the end"""
JOB = """\
# my song
schema = 1 # s
chain = "chain.toml"   # the chain
stems = ["vox.wav"] # s

# the singer
[group.vocals] # g
gain_db = 1.25  # up

# the aim
  [target]
  integrated_lufs = -14.0 # loud
# the end"""


def stood_in(table: dict[str, Any]) -> StoodIn:
    no: Any = None
    return StoodIn("vocals/air", table, "ZamEQ2", "r0", no, -30.0, -120.0, -20.0, 0.0, 6.0, 0)


CUT = FreeingCut(Cut("music", "vocals", 890.0, 2.0, 3.0), 9.0, 3.5, 0.5, ())
EQ = {"id": "air", "use": "eq", "bands": [{"shape": "bell", "hz": 700.5, "gain_db": -4.0}]}
TONE = {
    "bands": [
        {"shape": "bell", "hz": 1000.0, "gain_db": 2.5, "q": 1.0},
        {"shape": "low_shelf", "hz": 140.0, "gain_db": 0.0, "q": 0.6},
    ]
}

CHAIN_EDITS: dict[str, tuple[Callable[[Chain, str], str], list[tuple[str, str]]]] = {
    "unmask": (
        lambda chain, text: with_cuts(chain, text, [CUT]),
        [
            (
                'stems = ["*"]\n',
                'stems = ["*"]\n\n  [[group.insert]]\n  id = "unmask-890"\n'
                '  use = "eq"  # frees vocals, +3.5 phon there\n  bands = [\n'
                '      { shape = "bell", hz = 890.0, q = 2.0, gain_db = -3.0 },\n  ]\n',
            )
        ],
    ),
    "fit": (
        lambda chain, text: edited_chain(chain, text, [("vocals/tone", TONE)]),
        [
            ("hz = 1000, gain_db = 0.0", "hz = 1000, gain_db = 2.5"),
            ("hz = 100, gain_db = 0.0 ", "hz = 140.0, gain_db = 0.0, q = 0.6 "),
        ],
    ),
    "fit of a plugin": (
        lambda chain, text: edited_chain(
            chain, text, [("vocals/air", {"params": {"Frequency 1": "700 Hz"}})]
        ),
        [('"-4 dB" }', '"-4 dB", "Frequency 1" = "700 Hz" }')],
    ),
    "a stand-in": (
        lambda chain, text: with_stand_in(chain, text, stood_in(EQ)),
        [
            (
                '  use = "plugin"  # why\n  plugin = "ZamEQ2" # dead\n'
                '  params = { "Boost/Cut 1" = "-4 dB" } # by hand\n',
                "  # stands in for ZamEQ2 of r0: the residual lies 100.0 dB under its output\n"
                '  use = "eq"  # why\n  # dead\n  # by hand\n  bands = [\n'
                '      { shape = "bell", hz = 700.5, gain_db = -4.0 },\n  ]\n',
            )
        ],
    ),
    "plugins set": (
        lambda chain, text: with_params(
            hosted_row(chain, "vocals/air"), text, {"Boost/Cut 1": "2 dB", "x": "1"}
        ),
        [('"-4 dB" }', '"2 dB", x = "1" }')],
    ),
    "plugins bake": (
        lambda chain, text: with_state(
            hosted_row(chain, "vocals/air"), text, Path("/songs/air.state")
        ),
        [
            (
                '  params = { "Boost/Cut 1" = "-4 dB" } # by hand\n',
                '  # by hand\n  state = "air.state"\n',
            )
        ],
    ),
}


@pytest.mark.parametrize("ends", ["", "\n", "\r\n"], ids=["no end", "LF", "CRLF"])
@pytest.mark.parametrize("edit", CHAIN_EDITS)
def test_a_chain_keeps_all_that_is_not_changed(edit: str, ends: str) -> None:
    change, moved = CHAIN_EDITS[edit]
    before = wanted = CHAIN + ends.lstrip("\r")
    for was, now in moved:
        assert wanted.count(was) == 1
        wanted = wanted.replace(was, now)
    if ends == "\r\n":
        before, wanted = (each.replace("\n", ends) for each in (before, wanted))
    assert change(loads(before, Path("/songs/chain.toml")), before) == wanted


def test_a_copy_of_a_chain_elsewhere_keeps_all_but_paths(tmp_path: Path) -> None:
    text = CHAIN.replace('params = { "Boost/Cut 1" = "-4 dB" }', 'state = "../air.state"')
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "air.state").write_bytes(b"state")
    (tmp_path / "a" / "chain.toml").write_text(text, encoding="utf-8")
    chain = loads(text, tmp_path / "a" / "chain.toml")
    changed_copy(chain, lambda _chain, same: same, tmp_path / "a" / "b" / "c.toml")
    copied = (tmp_path / "a" / "b" / "c.toml").read_text(encoding="utf-8")
    assert copied == text.replace('"../air.state"', '"../../air.state"')


def _set(job: Path) -> None:
    written_settings(job, {("group", "vocals", "gain_db"): -1.5, ("group", "music", "gain_db"): 2})


def _fit(job: Path) -> None:
    fit_into_job(job, [("vocals/tone", {"mix": 0.5}), ("vocals/air", {"params": {"x": "1 dB"}})])


def _accept(job: Path) -> None:
    accept(job, [Acceptance("hum-1", "hum", ("vox",), 0.0, 1.5, "b3:1")], "meant")


def _revise(job: Path) -> None:
    note = Note("n1", "r0", 3.0, 5.0, "Ann", "vocals up", "2026-11-01T10:00:00Z")
    files = [NotesFile(Path("n.json"), "s", "p", (note,))]
    revise(job, files, [Owner("group", "vocals")], apply_rides=True)


def _agree(job: Path) -> None:
    agreed = {"due": date(2026, 12, 4), "revisions_included": 3}
    job.write_bytes(with_agreed(job.read_bytes(), agreed))


_TABLES = (
    "\n[group.vocals.insert.tone]\nmix = 0.5\n"
    '\n[group.vocals.insert.air]\nparams = { x = "1 dB" }\n'
)
_NOTE = '{ id = "n1", by = "Ann", take = "r0", written = "2026-11-01T10:00:00Z" }'
_SECTION = (
    '\n# said of "r0", which this song has not\n[[section]]\nname = "Ann 0:03.000"\n'
    'from = "0:03.000"\nto = "0:05.000"\n'
    f'words = "vocals up"\nnote = {_NOTE}\n\n[[ride]]\ngroup = "vocals"\n'
    'section = "Ann 0:03.000"\ngain_db = 1.0\n'
)
JOB_EDITS: dict[str, tuple[Callable[[Path], object], list[tuple[str, str]]]] = {
    "balance": (
        _set,
        [("1.25  # up\n", "-1.5  # up\n\n[group.music]\ngain_db = 2\n")],
    ),
    "fit": (_fit, [("1.25  # up\n", f"1.25  # up\n{_TABLES}")]),
    "render --resolve": (
        lambda job: hold(job, HeldByJob(5.5, 0.0, 2.0)),
        [
            (
                '["vox.wav"] # s\n',
                '["vox.wav"] # s\n'
                "drive_db = 5.5  # held: stemwright render --resolve finds it anew\n"
                "tail_s = 2.0  # held: the master's time after the longest stem\n",
            )
        ],
    ),
    "check --accept": (
        _accept,
        [
            (
                "# the end",
                '# the end\n\n[[accepted]]\nid = "hum-1"\ncode = "hum"\nstems = ["vox"]\n'
                'from = 0.0\nto = 1.5\nwhy = "meant"\ncontent = "b3:1"',
            )
        ],
    ),
    "revise": (_revise, [("# the end", f"# the end\n{_SECTION.rstrip()}")]),
    "restore": (
        _agree,
        [('["vox.wav"] # s\n', '["vox.wav"] # s\ndue = 2026-12-04\nrevisions_included = 3\n')],
    ),
}


@pytest.mark.parametrize("ends", ["", "\n", "\r\n"], ids=["no end", "LF", "CRLF"])
@pytest.mark.parametrize("edit", JOB_EDITS)
def test_a_job_keeps_all_that_is_not_changed(tmp_path: Path, edit: str, ends: str) -> None:
    change, moved = JOB_EDITS[edit]
    before = wanted = JOB + ends.lstrip("\r")
    for was, now in moved:
        assert wanted.count(was) == 1
        wanted = wanted.replace(was, now)
    if ends == "\r\n":
        before, wanted = (each.replace("\n", ends) for each in (before, wanted))
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "chain.toml").write_text(CHAIN, encoding="utf-8")
    (folder / "vox.wav").write_bytes(b"")
    job = folder / "job.toml"
    job.write_bytes(before.encode())
    change(job)
    assert job.read_bytes().decode() == wanted
    change(job)
    assert tomllib.loads(job.read_text(encoding="utf-8")) == tomllib.loads(wanted)
