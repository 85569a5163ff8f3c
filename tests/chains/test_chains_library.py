"""The chains that come along, the public surface, the schema's pin, what a chain says of itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import jsonschema
import pytest

import chains
from chains import (
    InsertSettings,
    Source,
    StemName,
    as_document,
    assign,
    describe_chain,
    dumps,
    load,
    loads,
)
from chains.inserts import settings_class
from chains.json_schema import SCHEMA_PATH, text
from chains.readable import read_on
from chains.validation import frozen
from chains.wire import build, chain_file

LIBRARY = sorted(chains.LIBRARY.glob("*.toml"))

DEMO_STEMS = [
    StemName(name, name, role)
    for name, role in {
        "backing": "vocals/backing",
        "bass": "bass",
        "drums": "drums",
        "fx": "fx",
        "guitar": "guitar",
        "keys": "keys",
        "lead": "vocals/lead",
        "pad": "synth/pad",
    }.items()
]


def design_example(shared_data: Callable[[str], Path]) -> str:
    found = re.search(r"```toml\n(.*?)```", shared_data("design.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def refusals(text: str) -> list[str]:
    """What the schema has against a chain file."""
    validator = jsonschema.Draft202012Validator(chains.schema())
    return [error.message for error in validator.iter_errors(tomllib.loads(text))]


def test_public_surface_is_what_all_says() -> None:
    for name in chains.__all__:
        getattr(chains, name)  # loaded when it is first asked for
    public = {
        name
        for name, value in vars(chains).items()
        if not name.startswith("_") and not isinstance(value, type(sys)) and name != "annotations"
    }
    assert public - {"Path"} == set(chains.__all__)


def test_no_function_shadows_a_module_of_its_name() -> None:
    modules = {path.stem for path in Path(chains.__file__).parent.glob("*.py")}
    assert modules & set(chains.__all__) == set()


def test_reading_a_chain_imports_nothing_heavy() -> None:
    heavy = {"tomlkit", "numpy", "scipy", "soundfile", "bridge", "sessions"}
    code = "import sys, chains; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy & set(shown.stdout.split()) == set()


def test_reading_a_chain_imports_the_kinds_of_its_own_inserts_alone() -> None:
    text = 'schema = 1\n[[group]]\nid = "a"\nstems = ["*"]\ninsert = [{ use = "gain" }]\n'
    code = f"import sys, chains; chains.loads({text!r}); print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    named = {f"chains.inserts.{use}" for use in chains.USES}
    assert named & set(shown.stdout.split()) == {"chains.inserts.gain", "chains.inserts.plugin"}


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_library_chains_say_the_same_to_the_model_of_all_kinds(path: Path) -> None:
    data = frozen(as_document(load(path)))
    meant = read_on(data, Source()).wire
    assert meant is not None
    whole = chain_file().model_validate(data)
    assert build(whole, Source(), None, ()) == build(meant, Source(), None, ())


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_library_chains_load_without_notes_and_round_trip(path: Path) -> None:
    chain = load(path)
    assert chain.notes == ()
    assert chain.path == path
    assert loads(dumps(chain)) == chain


def test_the_library_is_whole() -> None:
    masters = {"transparent", "loud", "gentle", "vinyl", "vocal-forward", "dance", "zam"}
    assert {path.stem for path in LIBRARY} == {*masters, "template", "demo"}


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_library_chains_fit_any_bundle_and_say_where_they_end(path: Path) -> None:
    chain = load(path)
    names = [StemName(f"{n}", f"{n}", role) for n, role in enumerate([*chains.ROLES, None])]
    found = assign(chain.groups, names if path.stem != "demo" else DEMO_STEMS)
    assert (found.unmatched, found.twice, found.empty) == ((), (), ())
    assert chain.target is not None
    assert chain.target.integrated_lufs is not None
    assert chain.versions


def test_the_template_shows_everything_a_chain_can_say() -> None:
    shown = (chains.LIBRARY / "template.toml").read_text("utf-8")
    tables = chains.schema()["$defs"].values()
    words = {word for table in tables for word in table.get("properties", {})}
    uses = {use for use in chains.USES if f'use = "{use}"' not in shown}
    assert {word for word in words if not re.search(rf"\b{word}\b", shown)} == set()
    assert uses == set()


def test_demo_takes_every_stem_of_the_demo_song_once() -> None:
    chain = load(chains.LIBRARY / "demo.toml")
    found = assign(chain.groups, DEMO_STEMS)
    assert {group: [stem.id for stem in stems] for group, stems in found.groups} == {
        "drums": ["drums"],
        "bass": ["bass"],
        "music": ["guitar", "keys", "pad"],
        "vocals": ["backing", "lead"],
        "fx": ["fx"],
    }
    assert (found.unmatched, found.twice, found.empty) == ((), (), ())


def test_demo_finishes_as_its_comment_says() -> None:
    chain = load(chains.LIBRARY / "demo.toml")
    assert chain.target is not None
    assert (chain.target.integrated_lufs, chain.target.true_peak_dbtp) == (-14.0, -1.0)
    assert [insert.id for insert in chain.master] == ["tone", "glue", "last"]
    assert [(version.id, version.mute) for version in chain.versions] == [
        ("instrumental", ("vocals",))
    ]


def test_schema_file_is_the_generated_schema() -> None:
    """When this fails: SCHEMA_PATH.write_text(text()) from chains.json_schema."""
    assert SCHEMA_PATH.read_text("utf-8") == text()
    assert json.loads(text()) == chains.schema()


def test_schema_is_a_valid_schema_and_a_copy_each_time() -> None:
    jsonschema.Draft202012Validator.check_schema(chains.schema())
    chains.schema().clear()
    assert chains.schema()["title"] == "ChainFile"


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_schema_accepts_the_library(path: Path) -> None:
    assert refusals(path.read_text("utf-8")) == []


def test_schema_accepts_the_design_example(shared_data: Callable[[str], Path]) -> None:
    assert refusals(design_example(shared_data)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema = 1", "schema = 2"),
        ('host = "dawdreamer"', 'host = "reaper"'),
        ("buffer_size = 512", "buffer_size = 8"),
        ("max_cut_db = 4.0", "max_cut = 4.0"),
        ('use = "reverb"', 'use = "revreb"'),
        ("mix = 0.6", "mix = 1.5"),
        ('stems = ["*"]', "stems = []"),
        ('id = "plate"', 'id = "pl/ate"'),
        ('shape = "bell"', 'shape = "notch"'),
    ],
)
def test_schema_and_reader_refuse_the_same(
    shared_data: Callable[[str], Path], old: str, new: str
) -> None:
    broken = design_example(shared_data).replace(old, new)
    assert refusals(broken)
    with pytest.raises(chains.ChainError):
        loads(broken)


def test_design_example_means_what_the_design_says(shared_data: Callable[[str], Path]) -> None:
    chain = loads(design_example(shared_data))
    vocals, music = chain.groups
    assert chain.engine == chains.Engine("dawdreamer", 512, 48000)
    assert (vocals.trim_db, vocals.gain_db, vocals.sends) == (-2.0, 0.0, (("plate", -18.0),))
    air = vocals.inserts[1]
    assert (air.id, air.on, air.mix, air.bypass) == ("air", "side", 0.6, False)
    assert air.settings == chains.Plugin(
        plugin="Pro-Q 3",
        state="states/vocals-air.vstpreset",
        params={"Output Level": "-1.0 dB"},
    )
    assert music.inserts[0].id == "dynamic_eq"
    assert [insert.id for insert in chain.master] == ["compressor", "last"]
    assert chain.target == chains.Target(-10.0, -1.0)


def test_a_chain_is_told_one_short_line_an_insert(shared_data: Callable[[str], Path]) -> None:
    assert describe_chain(loads(design_example(shared_data))) == (
        ("vocals/deess", "de-esser above 6.8 kHz over -30 dB, up to -4 dB"),
        (
            "vocals/air",
            "plugin Pro-Q 3, state states/vocals-air.vstpreset, Output Level -1.0 dB,"
            " on side, mix 60 %",
        ),
        (
            "music/dynamic_eq",
            "dynamic eq: bell 2.5 kHz q 0.8 up to -2 dB over -30 dB, key vocals",
        ),
        ("plate/reverb", "reverb size 50 %, damping 50 %, pre-delay 20 ms, low cut 200 Hz"),
        ("master/compressor", "compressor -18 dB 2:1, 30/150 ms"),
        ("master/last", "limiter at the target's ceiling, 2 ms ahead, release 100 ms"),
    )


SAID = {
    "gain": ("gain_db = 1.5", "gain +1.5 dB"),
    "eq": (
        'bands = [{ shape = "high_pass", hz = 30, slope_db_per_octave = 24 },'
        ' { shape = "bell", hz = 2500, gain_db = -2, q = 0.8 }]',
        "eq: high-pass 30 Hz 24 dB/oct, bell 2.5 kHz -2 dB q 0.8",
    ),
    "compressor": (
        'threshold_db = -20\nmakeup_db = 2\non = "mid"\nbypass = true',
        "compressor -20 dB 2:1, 30/150 ms, make-up +2 dB, on mid, bypassed",
    ),
    "limiter": ("ceiling_dbtp = -0.5", "limiter at -0.5 dBTP, 2 ms ahead, release 100 ms"),
    "dynamic_eq": (
        "bands = [{ hz = 300, threshold_db = -40, max_boost_db = 3 }]",
        "dynamic eq: bell 300 Hz q 1 up to +3 dB over -40 dB",
    ),
    "multiband": (
        "crossovers_hz = [200]\nbands = [{ threshold_db = -20, ratio = 2 }, {}]",
        "multiband at 200 Hz: -20 dB 2:1, 20/150 ms; 0 dB 1:1, 20/150 ms",
    ),
    "deesser": ("hz = 7000", "de-esser above 7 kHz over -30 dB, up to -6 dB"),
    "saturation": ("drive_db = 3", "saturation +3 dB in, 0 dB out, 4x oversampled"),
    "reverb": ("low_cut_hz = 0", "reverb size 50 %, damping 50 %, pre-delay 20 ms"),
    "width": ("width = 1.2\nmono_below_hz = 120", "width 120 %, mono below 120 Hz"),
    "gate": ("", "gate -50 dB 10:1, up to -60 dB, 1/50/150 ms"),
    "plugin": ('plugin = { id = "AB12" }', "plugin class AB12"),
}


@pytest.mark.parametrize("use", chains.USES)
def test_every_processor_is_told_in_words(use: str) -> None:
    settings, said = SAID[use]
    group = 'schema = 1\n[[group]]\nid = "a"\nstems = ["*"]\n'
    chain = loads(f'{group}[[group.insert]]\nuse = "{use}"\n{settings}')
    assert chains.describe(chain.groups[0].inserts[0]) == said


def test_uses_are_the_settings_there_are() -> None:
    union = get_args(InsertSettings)
    assert set(chains.USES) == {get_args(each.model_fields["use"].annotation)[0] for each in union}
    assert len(chains.USES) == len(set(chains.USES)) == len(union) > 1
    assert set(SAID) == set(chains.USES)
    assert tuple(settings_class(use) for use in chains.USES) == union
