"""Linking resolves rates, lanes, steps, the finish; and its digests know content, not names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bridge.planning import (
    HostedStep,
    NativeStep,
    Plan,
    Stem,
    StemFile,
    Stems,
    commonest_rate_hz,
    group_digest,
    native_key,
    plan,
)
from bridge.plugins import Catalogue, Plugin
from bridge.processing import SUPPORTED, VERSIONS
from chains import ROLES, loads
from fake_host import fake_catalogue
from sessions.bundle.roles import ROLES as SESSION_ROLES
from stemwright.problems import InputError, MachineError


def _stem(name: str, rate_hz: int = 48000, frames: int = 48000, role: str = "other") -> Stem:
    file = StemFile(Path(f"{name}.wav"), f"hash of {name}", 2, rate_hz, frames)
    return Stem(name, name, role, (file,))


def _plan(
    text: str, *stems: Stem, catalogue: Catalogue | None = None, partial: bool = False
) -> Plan:
    return plan(
        Stems(stems or (_stem("kick"),)),
        loads("schema = 1\n" + text),
        catalogue or fake_catalogue(),
        supported=SUPPORTED,
        states={},
        partial=partial,
    )


ALL = '[[group]]\nid = "all"\nstems = ["*"]\n'


def _native(use: str, more: str = "") -> str:
    return f'[[group.insert]]\nuse = "{use}"\n{more}\n'


def _hosted(name: str, more: str = "") -> str:
    return f'[[group.insert]]\nuse = "plugin"\nplugin = "{name}"\n{more}\n'


def test_the_two_rooms_know_the_same_roles() -> None:
    assert set(ROLES) == set(SESSION_ROLES)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [([], 48000), ([44100], 44100), ([44100, 96000], 96000), ([44100, 44100, 96000], 44100)],
)
def test_the_commonest_rate_wins_and_ties_go_up(rates: list[int], expected: int) -> None:
    assert commonest_rate_hz([_stem(str(n), rate) for n, rate in enumerate(rates)]) == expected


def test_consecutive_built_ins_are_one_step_and_hosted_ones_stand_alone() -> None:
    text = ALL + _native("gain") + _native("compressor") + _hosted("Fake Gain")
    text += _hosted("Fake Shape") + _native("gain")
    (lane,) = _plan(text).lanes
    assert [step.id for step in lane.steps] == [
        "all/compressor",
        "all/plugin",
        "all/plugin-2",
        "all/gain-2",
    ]
    assert lane.steps[0].insert_ids == ("gain", "compressor")


def test_a_bypassed_insert_is_no_step_but_is_shown() -> None:
    made = _plan(ALL + _native("gain", "bypass = true") + _hosted("Nope", "bypass = true"))
    assert made.lanes[0].steps == ()
    assert made.bypassed == ("all/gain", "all/plugin")


def test_a_group_without_a_stem_is_a_note_and_no_lane() -> None:
    made = _plan(ALL + '[[group]]\nid = "choir"\nstems = ["role:choir"]\n')
    assert [lane.id for lane in made.lanes] == ["all"]
    assert [(said.code, said.where) for said in made.diagnostics] == [("group_empty", "choir")]


def test_length_is_the_longest_stem_at_the_masters_rate() -> None:
    made = _plan(ALL, _stem("a"), _stem("b"), _stem("c", 44100, 88200))
    assert (made.frames, made.render_frames) == (96000, 96000)
    assert _plan(ALL + _native("gain")).render_frames == 48000 + 480000


@pytest.mark.parametrize(
    ("master", "target", "before", "driven", "own_limiter"),
    [
        (["gain"], "", ["gain"], [], True),
        (["gain", "limiter"], "", ["gain"], [], True),
        (["limiter", "gain"], "", [], ["limiter", "gain"], False),
        (
            ["gain", "compressor", "limiter"],
            'drive_at = "compressor"',
            ["gain"],
            ["compressor"],
            True,
        ),
        (["gain", "compressor"], 'drive_at = "compressor"', ["gain"], ["compressor"], False),
    ],
)
def test_the_drive_enters_where_the_design_says(
    master: list[str], target: str, before: list[str], driven: list[str], own_limiter: bool
) -> None:
    inserts = "".join(f'[[master.insert]]\nuse = "{use}"\n' for use in master)
    made = _plan(f"{ALL}{inserts}[target]\nintegrated_lufs = -14\n{target}\n")
    assert made.finish is not None
    assert [i for step in made.master for i in step.insert_ids] == before
    assert [i for step in made.finish.driven for i in step.insert_ids] == driven
    assert (made.finish.limiter is not None) == own_limiter


def test_a_limiter_inside_takes_the_targets_ceiling() -> None:
    text = ALL + _native("limiter") + "[target]\ntrue_peak_dbtp = -2.5\n"
    step = _plan(text).lanes[0].steps[0]
    assert isinstance(step, NativeStep)
    assert step.inserts[0].settings.model_dump()["ceiling_dbtp"] == -2.5


def test_faults_of_chain_and_stems_come_together_with_missing_plugins() -> None:
    text = '[[group]]\nid = "a"\nstems = ["kick"]\n' + _hosted("Nope")
    with pytest.raises(InputError) as caught:
        _plan(text, _stem("kick"), _stem("bass"))
    assert {problem.kind for problem in caught.value.problems} == {
        "stem_unmatched",
        "plugin_not_found",
    }


def test_only_missing_plugins_are_the_machines_fault_with_the_nearest_name() -> None:
    with pytest.raises(MachineError) as caught:
        _plan(ALL + _hosted("Fake Gian"))
    (problem,) = caught.value.problems
    assert problem.nearest == "Fake Gain"
    assert problem.where["line"] == 5


def _group(name: str, inserts: str) -> str:
    return f'[[group]]\nid = "{name}"\nstems = ["{name}"]\n{inserts}'


def _listening(key: str) -> str:
    band = '{ shape = "bell", hz = 900, threshold_db = -30, max_cut_db = 2 }'
    return _native("dynamic_eq", f'key = "{key}"\nbands = [{band}]')


def test_a_partial_plan_knows_the_lanes_that_can_do_without_what_is_missing() -> None:
    lanes = {
        "a": _native("gain") + _hosted("Nope"),
        "b": _hosted("Fake Gain"),
        "c": _listening("a"),
        "d": _listening("c"),
        "e": _listening("b"),
    }
    text = "".join(_group(name, inserts) for name, inserts in lanes.items())
    text += '[[master.insert]]\nuse = "plugin"\nplugin = "Not"\n'
    made = _plan(text, *map(_stem, lanes), partial=True)
    assert [problem.where["plugin"] for problem in made.missing] == ["Nope", "Not"]
    assert [lane.id for lane in made.able] == ["b", "e"]
    steps = [step for lane in made.lanes for step in lane.steps] + list(made.master)
    lacking = [step.id for step in steps if isinstance(step, HostedStep) and step.missing]
    assert lacking == ["a/plugin", "master/plugin"]


def test_a_partial_plan_still_refuses_what_is_wrong_in_the_chain() -> None:
    with pytest.raises(InputError) as caught:
        _plan(_group("a", _hosted("Nope")), _stem("a"), _stem("b"), partial=True)
    assert {problem.kind for problem in caught.value.problems} == {
        "stem_unmatched",
        "plugin_not_found",
    }


@pytest.mark.parametrize(
    ("said", "nearest", "expected"),
    [
        ("fake gian", "Fake Gain", "a plugin in "),
        ("Nope", None, "a plugin in "),
        ("plugins/Fake Gains.vst3", "Fake Gain", "a plugin at "),
    ],
)
def test_a_missing_plugin_is_told_with_its_neighbours_and_the_places(
    said: str, nearest: str | None, expected: str
) -> None:
    with pytest.raises(MachineError) as caught:
        _plan(ALL + _hosted(said))
    (problem,) = caught.value.problems
    assert problem.nearest == nearest
    assert str(problem.expected).startswith(expected)


def test_a_name_that_two_plugins_have_asks_for_the_vendor() -> None:
    twins = tuple(
        Plugin("EQ", vendor, "1", "VST3", f"{n}" * 32, Path(f"{vendor}.vst3"), f"hash {n}")
        for n, vendor in enumerate(("One", "Two"))
    )
    with pytest.raises(InputError, match=r"One.*Two"):
        _plan(ALL + _hosted("EQ"), catalogue=Catalogue(twins))
    table = '[[group.insert]]\nuse = "plugin"\nplugin = { name = "EQ", vendor = "two" }\n'
    step = _plan(ALL + table, catalogue=Catalogue(twins)).lanes[0].steps[0]
    assert step.label == "plugin (EQ)"


def _key(text: str) -> str:
    made = _plan(text)
    step = made.lanes[0].steps[0]
    assert isinstance(step, NativeStep)
    return native_key(step, "source", made.engine, made.render_frames, VERSIONS)


def test_ids_and_names_are_in_no_key_and_settings_are() -> None:
    renamed = ALL.replace('"all"', '"other"') + _native("gain", 'id = "x"\ngain_db = 1.0')
    assert _key(ALL + _native("gain", "gain_db = 1.0")) == _key('name = "n"\n' + renamed)
    assert _key(ALL + _native("gain", "gain_db = 1.0")) != _key(
        ALL + _native("gain", "gain_db = 1.0000000000000002")
    )


@given(st.permutations(["a", "b", "c"]))
def test_a_group_digest_knows_order_and_content(names: list[str]) -> None:
    stems = [_stem(name) for name in names]
    same = group_digest(stems, 1.0, 48000, 100) == group_digest(
        [_stem(name) for name in "abc"], 1.0, 48000, 100
    )
    assert same == (names == ["a", "b", "c"])
    assert group_digest(stems, 1.0, 48000, 100) != group_digest(stems, 0.5, 48000, 100)


def test_a_role_said_as_a_name_is_told() -> None:
    """A bare word of the role table that no name matches; a glob only where such stems are."""
    chain = (
        '[[group]]\nid = "v"\nstems = ["vox", "strings", "*kick*"]\n'
        '[[group]]\nid = "rest"\nstems = ["*"]\n'
    )
    stems = (_stem("Anna", role="vocals/lead"), _stem("Boom", role="drums/kick"))
    told = [each for each in _plan(chain, *stems).diagnostics if each.code != "group_empty"]
    assert [(each.severity, each.code) for each in told] == [
        ("warning", "selector_matches_nothing"),
        ("note", "selector_matches_nothing"),
        ("warning", "selector_matches_nothing"),
    ]
    assert 'write "role:vocals"' in told[0].message
    assert 'write "role:strings"' in told[1].message
    assert 'write "role:drums/kick"' in told[2].message
    named = _plan(chain, _stem("vox", role="vocals"), _stem("strings"), _stem("a kick b"))
    assert "selector_matches_nothing" not in {each.code for each in named.diagnostics}
    wild = chain.replace('"vox", "strings", ', "")
    assert "selector_matches_nothing" not in {each.code for each in _plan(wild).diagnostics}


def test_a_stem_left_out_by_such_a_selector_says_so() -> None:
    with pytest.raises(InputError) as caught:
        _plan('[[group]]\nid = "v"\nstems = ["vocals"]\n', _stem("Anna", role="vocals/lead"))
    (problem,) = caught.value.problems
    assert problem.hint is not None
    assert '"vocals" of the group v is a name; write "role:vocals"' in problem.hint
