"""`stemwright fit`: the settings of a print are found again, and written where they are asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

pytestmark = pytest.mark.usefixtures("no_report")

RATE_HZ = 48000
HIDDEN = 'use = "compressor"\n  id = "glue"\n  threshold_db = -26 # as mixed\n  ratio = 3\n'
BEGUN = HIDDEN.replace("-26", "-20").replace("ratio = 3", "ratio = 1.5")


def chain_of(insert: str) -> str:
    return (
        f'[[group]]\nid = "all"\nstems = ["*"] # everything\n\n  [[group.insert]]\n  {insert}\n'
        '[master]\n  [[master.insert]]\n  use = "gain"\n'
    )


@pytest.fixture
def hits(tmp_path: Path) -> Path:
    """A folder with one stem: decaying noise four times a second, louder and softer."""
    frames = 2 * RATE_HZ
    at = np.arange(frames) % (RATE_HZ // 4)
    loud = 0.3 + 0.7 * ((np.arange(frames) // (RATE_HZ // 4)) % 3) / 2
    noise = np.random.default_rng(3).standard_normal((2, frames))
    (tmp_path / "stems").mkdir()
    samples = 0.25 * noise * loud * np.exp(-at / 3000)
    soundfile.write(tmp_path / "stems" / "drums.wav", samples.T, RATE_HZ, "FLOAT")
    return tmp_path / "stems"


@pytest.fixture
def printed(
    run: Any, hits: Path, chain: Callable[..., Path], tmp_path: Path
) -> Callable[[str], Path]:
    """Render the stem through an insert; the file."""

    def made(insert: str) -> Path:
        path = chain(chain_of(insert), "hidden.toml")
        assert run("render", hits, path, "-o", tmp_path / "m", "--subtype", "float32").code == 0
        return tmp_path / "m" / "main.wav"

    return made


def test_a_fit_finds_a_prints_settings_and_writes_them_where_it_is_told_to(
    run: Any, hits: Path, chain: Callable[..., Path], printed: Callable[[str], Path], tmp_path: Path
) -> None:
    target, begun = printed(HIDDEN), chain(chain_of(BEGUN))
    before = begun.read_text()
    asked = ("fit", begun, "--stems", hits, "--insert", "all/glue", "--to", target)
    asked = (*asked, "--range", "0.5-2", "--evaluations", "500", "--seed", "1")
    made = run(*asked, "--json")
    assert made.code == 0, made.err
    told = json.loads(made.out)
    assert told["distance"]["before"] > -50.0
    assert told["distance"]["after"] < -90.0
    assert told["evaluations"]["made"] <= told["evaluations"]["most"] == 500
    assert told["written"] is False
    assert told["ends_early_s"] == 0.0
    assert begun.read_text() == before
    early = tmp_path / "early.wav"
    soundfile.write(early, soundfile.read(target)[0][: round(1.75 * RATE_HZ)], RATE_HZ, "FLOAT")
    cut = run(*asked[:7], early, "--range", "0.5-2", "--evaluations", "20")
    assert "0.25 s before the song's stems do" in cut.err
    copy = tmp_path / "fitted.toml"
    page = tmp_path / "fit.html"
    assert run(*asked, "-o", copy, "--page", page).code == 0
    shown = page.read_text()
    assert all(each in shown for each in ("threshold_db", "target", "before", "after", "Spectra"))
    far = {
        name: float(mid)
        for name, mid in re.findall(r'row">(\w+ beside \w+)[^<]*</th><td>([\d.]+)', shown)
    }
    assert list(far) == ["before beside target", "after beside target", "after beside before"]
    assert far["after beside target"] == 0.0
    assert far["before beside target"] == far["after beside before"] > 0.0
    assert "As services play it" not in shown
    assert begun.read_text() == before
    applied = run(*asked, "--apply")
    assert applied.code == 0
    assert begun.read_text() == copy.read_text()
    assert "# as mixed" in copy.read_text()
    assert "# everything" in copy.read_text()
    assert "+  threshold_db = -26" in applied.out
    again = run(*asked, "--apply")
    assert again.code == 1
    assert "nothing was nearer" in again.out
    refused = run(*asked, "-o", copy)
    assert (refused.code, begun.read_text()) == (2, copy.read_text())


def test_a_fit_of_a_job_goes_into_its_own_settings(
    run: Any, hits: Path, chain: Callable[..., Path], printed: Callable[[str], Path], tmp_path: Path
) -> None:
    target, begun = printed(HIDDEN), chain(chain_of(BEGUN))
    job = tmp_path / "song"
    assert run("job", "new", hits, "--chain", begun, "-o", job).code == 0
    with (job / "job.toml").open("a") as file:
        file.write("\n[group.all]\ngain_db = 0.0 # kept\n")
    before = begun.read_text()
    made = run(
        "fit", job, "--insert", "all/glue", "--to", target, "--evaluations", "500", "--apply"
    )
    assert made.code == 0, made.err
    assert begun.read_text() == before
    text = (job / "job.toml").read_text()
    assert "[group.all.insert.glue]" in text
    assert "gain_db = 0.0 # kept" in text
    assert run("plan", job).code == 0


def test_a_plugins_settings_are_found_and_written_as_it_displays_them(
    run: Any,
    hits: Path,
    chain: Callable[..., Path],
    printed: Callable[[str], Path],
    zam: Callable[[str], Path],
) -> None:
    plugin = f'use = "plugin"\n  id = "air"\n  plugin = "{zam("ZamEQ2")}"\n'
    target = printed(f'{plugin}  params = {{ "Boost/Cut 1" = "6.5 dB", "Master Gain" = "-3 dB" }}')
    begun = chain(chain_of(plugin))
    made = run(
        *("fit", begun, "--stems", hits, "--insert", "all/air", "--to", target, "--json"),
        *("--evaluations", "400", "--range", "0-1", "--apply", "--trust", zam("ZamEQ2").parent),
    )
    assert made.code == 0, made.err
    told = json.loads(made.out)
    assert told["distance"]["after"] < -90.0
    after = {each["setting"]: each["after"] for each in told["turned"]}
    assert after["params.Boost/Cut 1"] == "6.5 dB"
    assert after["params.Master Gain"] == "-3 dB"
    assert '"6.5 dB"' in begun.read_text()
    assert run("plan", hits, begun, "--trust", zam("ZamEQ2").parent).code == 0


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("--insert", "all/glu", "--to", "T"), "unknown_insert"),
        (("--insert", "all/glue", "--insert", "master/gain", "--to", "T"), "fit_apart"),
        (("--insert", "all/off", "--to", "T"), "fit_bypassed"),
        (("--insert", "all/keyed", "--to", "T"), "fit_keyed"),
        (("--insert", "all/glue"), "usage"),
        (("--insert", "all/glue", "--to", "T", "--budget", "soon"), "usage"),
        (("--insert", "all/glue", "--to", "T", "--apply", "-o", "x.toml"), "usage"),
        (("--insert", "all/glue", "--to", "T", "--page", "T"), "page_over_input"),
        (("--insert", "all/glue", "--stand-in", "eq", "--page", "p.html"), "usage"),
        (("--insert", "master/gain", "--to", "OTHER"), "other_performance"),
        (("--insert", "all/glue", "--to", "missing.wav"), "missing_file"),
        (("--insert", "all/glue", "--to", "SHORT"), "target_too_short"),
        (("--insert", "all/glue", "--to", "T", "--range", "1.5-2"), "target_too_short"),
        (("--insert", "all/glue", "--reference", "SHORT"), "target_too_short"),
    ],
    ids=lambda each: each if isinstance(each, str) else None,
)
def test_what_cannot_be_fitted_is_told_and_nothing_is_written(
    run: Any,
    hits: Path,
    chain: Callable[..., Path],
    tmp_path: Path,
    words: tuple[str, ...],
    kind: str,
) -> None:
    more = '  [[group.insert]]\n  use = "gain"\n  id = "off"\n  bypass = true\n'
    more += '  [[group.insert]]\n  use = "compressor"\n  id = "keyed"\n  key = "all2"\n'
    more += '[[group]]\nid = "all2"\nstems = ["nothing"]\n'
    begun = chain(chain_of(BEGUN).replace("[master]", f"{more}[master]"))
    other = tmp_path / "other.wav"
    noise = np.random.default_rng(9).standard_normal((2 * RATE_HZ, 2))
    soundfile.write(other, 0.1 * noise, RATE_HZ, "FLOAT")
    short = tmp_path / "short.wav"
    soundfile.write(short, 0.1 * noise[: RATE_HZ // 10], RATE_HZ, "FLOAT")
    files = {"T": hits / "drums.wav", "OTHER": other, "SHORT": short}
    before = begun.read_text()
    made = run("fit", begun, "--stems", hits, "--json", *(files.get(each, each) for each in words))
    assert [each["kind"] for each in json.loads(made.out)["errors"]] == [kind]
    assert made.code == 2
    assert begun.read_text() == before


def test_a_built_in_stands_in_for_a_plugin_that_is_gone_and_says_so(
    run: Any, hits: Path, chain: Callable[..., Path], zam: Callable[[str], Path], tmp_path: Path
) -> None:
    """What stands in is held to the frozen output; the song gets a chain of its own for it."""
    params = 'params = { "Master Gain" = "-6 dB" }'
    gain = f'use = "plugin"\n  id = "air"\n  plugin = "ZamEQ2"\n  {params}\n'
    path, job = chain(chain_of(gain) + "  gain_db = -3\n"), tmp_path / "song"
    folder = zam("ZamEQ2").parent
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "ZamEQ2.vst3").symlink_to(folder / "ZamEQ2.vst3")
    assert run("job", "new", hits, "--chain", path, "-o", job).code == 0
    assert run("render", job, "--plugins", plugins).code == 0
    sent = run("send", job, "--words", "x", "--freeze", "--plugin-path", plugins)
    assert sent.code == 0, sent.err
    before = path.read_text()
    asked = ("fit", job, "--insert", "all/air", "--stand-in", "gain", "--from", "revisions/r0")
    asked = (*asked, "--evaluations", "60")
    shown = run(*asked)
    assert shown.code == 0, shown.err
    assert "gain_db = -6.0" in shown.out
    assert "nothing was swapped" in shown.err
    (job / "chain.toml").write_text("another")
    taken = run(*asked, "--apply")
    assert (taken.code, taken.out) == (2, ""), "refused after the search"
    (job / "chain.toml").unlink()
    poor = run(*asked[:5], "width", *asked[6:], "--apply")
    assert (poor.code, "--anyway" in poor.err, "use = " in poor.out) == (1, True, True), poor.err
    assert not (job / "chain.toml").exists()
    told = json.loads(run(*asked, "--apply", "--json").out)
    assert (told["under_db"] > 60.0, told["poor"]) == (True, False)
    assert told["table"] == {"id": "air", "use": "gain", "gain_db": pytest.approx(-6.0, abs=0.01)}
    assert path.read_text() == before
    text = (job / "chain.toml").read_text()
    assert "# stands in for ZamEQ2 of r0: the residual lies" in text
    assert "ZamEQ2" not in text.replace("ZamEQ2 of r0", "")
    empty = tmp_path / "none"
    empty.mkdir()
    assert run("render", job, "--plugins", empty).code == 0
    for words, kind in (
        (("all/none", "gain"), "not_frozen"),
        (("all/air", "multiband"), "unknown_stand_in"),
    ):
        refused = run(
            "fit", job, "--insert", words[0], "--stand-in", words[1], "--from", "r0", "--json"
        )
        assert [each["kind"] for each in json.loads(refused.out)["errors"]] == [kind]
