"""The executor keeps its promises: unity, order, alignment, length, reuse."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import soundfile

from bridge.audio import BLOCK_FRAMES
from bridge.gathering.signals import Signal
from bridge.hosting import Card, keep_card
from bridge.native import numpy_path
from bridge.rendering import render
from bridge.rendering.master_bus import final_frames
from fake_host import fake_catalogue
from stemwright.problems import RenderError

PLAIN = """
[[group]]
id = "low"
stems = ["kick", "bass"]
[[group]]
id = "rest"
stems = ["*"]
"""


def _hosted(use: str, params: str = "", more: str = "") -> str:
    return f'[[group.insert]]\nuse = "plugin"\nplugin = "{use}"\n{more}\n' + (
        f"params = {{ {params} }}\n" if params else ""
    )


def test_without_inserts_and_target_the_master_is_the_plain_sum(studio, noise) -> None:
    parts = {name: noise(1.0, seed) for seed, name in enumerate(["kick", "bass", "vox", "pad"])}
    for name, samples in parts.items():
        studio.write(name, samples)
    made = studio.render(PLAIN)
    got, _ = soundfile.read(made.outputs[0].path)
    assert np.array_equal(got.T, sum(parts.values()))


def test_mono_goes_to_both_sides_at_unity_and_short_stems_are_padded(studio, noise) -> None:
    long, short = noise(1.0, 1), noise(0.5, 2)[0]
    studio.write("pad", long)
    studio.write("kick", short)
    got, _ = soundfile.read(studio.render(PLAIN).outputs[0].path)
    expected = long.copy()
    expected[:, : short.size] += short
    assert np.array_equal(got.T, expected)


def test_faders_and_trims_are_linear(studio, noise) -> None:
    studio.write("kick", noise(0.5, 1))
    text = '[[group]]\nid = "a"\nstems = ["*"]\ntrim_db = -6.0\ngain_db = 2.0\n'
    got, _ = soundfile.read(studio.render(text).outputs[0].path)
    assert np.abs(got.T - noise(0.5, 1) * 10 ** (-4 / 20)).max() < 1e-15


@pytest.mark.parametrize("mix", [1.0, 0.5])
def test_impulses_stay_on_their_frame_through_latency(studio, mix: float) -> None:
    frames = 24000
    for name in ("kick", "bass", "vox"):
        impulse = np.zeros((2, frames))
        impulse[:, [1000, frames - 10]] = 0.25
        studio.write(name, impulse)
    delayed = _hosted("Fake Delay", '"Delay" = "480 samples"', f"mix = {mix}")
    text = (
        '[[group]]\nid = "a"\nstems = ["kick"]\n'
        + delayed
        + delayed
        + '[[group]]\nid = "b"\nstems = ["*"]\n'
    )
    got, _ = soundfile.read(studio.render(text).outputs[0].path)
    assert np.flatnonzero(got[:, 0]).tolist() == [1000, frames - 10]
    assert np.array_equal(got[[1000, -10], 0], [0.75, 0.75])


def _echoing(studio, gain_db: float = 0.0, engine: str = "") -> str:
    """An impulse in the last frame of a second, repeated every 0.1 s at half the level."""
    impulse = np.zeros((2, 48000))
    impulse[:, -1] = 0.5
    studio.write("vox", impulse)
    studio.write("kick", impulse)
    return (
        f'{engine}[[group]]\nid = "a"\nstems = ["vox"]\ngain_db = {gain_db}\n'
        + _hosted("Fake Echo")
        + '[[group]]\nid = "b"\nstems = ["*"]\n[[version]]\nid = "dry"\nmute = ["a"]\n'
    )


@pytest.mark.parametrize("gain_db", [0.0, 1.0, 6.0])
def test_a_tail_is_kept_in_whole_seconds_and_all_versions_share_its_length(studio, gain_db) -> None:
    made = studio.render(_echoing(studio, gain_db))
    # 0.5 * 0.5**n falls under -96 dBFS at n = 15: the 14th repeat, at 2.4 s, is the last heard.
    assert made.frames == 3 * 48000
    assert {soundfile.info(out.path).frames for out in made.outputs} == {made.frames}
    assert "tail_cut" not in {said.code for said in made.diagnostics}


def test_a_tail_that_is_set_needs_no_step_anew_and_says_when_it_cuts(studio) -> None:
    studio.render(_echoing(studio))
    for tail_s, frames, told in ((0.5, 72000, True), (4.0, 240000, False)):
        made = studio.render(_echoing(studio, engine=f"[engine]\ntail_s = {tail_s}\n"))
        assert (made.frames, studio.host.ran) == (frames, [])
        assert ("tail_cut" in {said.code for said in made.diagnostics}) == told
    longer = studio.plan(_echoing(studio, engine="[engine]\ntail_s = 20\n"))
    assert longer.render_frames == longer.fixed_frames == 21 * 48000


@pytest.mark.parametrize(
    ("loud", "seconds", "cut"),
    [(0, 1, False), (48000, 1, False), (48001, 2, False), (527999, 11, False), (528000, 11, True)],
)
def test_the_length_is_the_fewest_whole_seconds_up_to_ten(studio, loud, seconds, cut) -> None:
    context = studio.context(_echoing(studio))
    bus = Signal("bus", context.plan.render_frames, lambda: iter(()), loud)
    frames, said = final_frames(context, bus)
    assert (frames, [each.code for each in said]) == (seconds * 48000, ["tail_cut"] * cut)


def test_a_fader_renders_no_step_but_sum_and_finish(studio, noise) -> None:
    for seed, name in enumerate(["kick", "vox"]):
        studio.write(name, noise(0.5, seed))

    def text(gain_db: float) -> str:
        return (
            f'[[group]]\nid = "a"\nstems = ["kick"]\ngain_db = {gain_db}\n'
            + _hosted("Fake Gain", '"Gain" = "-3 dB"')
            + '[[group]]\nid = "b"\nstems = ["*"]\n'
            + '[[group.insert]]\nuse = "compressor"\n'
        )

    studio.render(text(0.0))
    assert studio.host.ran == ["a/plugin"]
    again = studio.render(text(-1.0))
    assert studio.host.ran == []
    fresh = {step.id for step in again.steps if not step.cached}
    assert fresh == {"sum", "finish/main"}


def test_an_insert_renders_itself_those_after_it_and_the_master(studio, noise) -> None:
    for seed, name in enumerate(["kick", "vox"]):
        studio.write(name, noise(0.5, seed))

    def text(gain: str) -> str:
        rows = [
            _hosted("Fake Gain", '"Gain" = "-1 dB"', 'id = "one"'),
            _hosted("Fake Gain", f'"Gain" = "{gain}"', 'id = "two"'),
            _hosted("Fake Shape", "", 'id = "three"'),
        ]
        return (
            '[[group]]\nid = "a"\nstems = ["kick"]\n'
            + "".join(rows)
            + '[[group]]\nid = "b"\nstems = ["*"]\n'
            + rows[2]
            + '[[master.insert]]\nuse = "compressor"\n'
        )

    studio.render(text("-2 dB"))
    again = studio.render(text("-3 dB"))
    assert studio.host.ran == ["a/two", "a/three"]
    fresh = {step.id for step in again.steps if not step.cached}
    assert fresh == {"a/two", "a/three", "sum", "master/compressor", "finish/main"}


def test_nothing_changed_renders_nothing(studio, noise) -> None:
    studio.write("vox", noise(0.5))
    text = '[[group]]\nid = "a"\nstems = ["*"]\n' + _hosted("Fake Shape") + "[target]\n"
    first = studio.render(text, "pcm24")
    again = studio.render(text, "pcm24")
    assert all(step.cached for step in again.steps)
    assert [o.pcm_sha256 for o in again.outputs] == [o.pcm_sha256 for o in first.outputs]


def test_jobs_stores_block_sizes_and_kernels_change_no_bit(studio, noise, monkeypatch) -> None:
    for seed, name in enumerate(["kick", "bass", "vox", "pad"]):
        studio.write(name, noise(1.0, seed))
    text = PLAIN.replace(
        'stems = ["*"]', 'stems = ["*"]\n' + _hosted("Fake Shape", "", "mix = 0.5")
    ) + (
        '[[master.insert]]\nuse = "eq"\nbands = [{shape = "bell", hz = 900, gain_db = 3}]\n'
        '[[master.insert]]\nuse = "compressor"\nthreshold_db = -30\n'
        '[[master.insert]]\nuse = "saturation"\n'
        '[[master.insert]]\nuse = "limiter"\n[target]\nintegrated_lufs = -12\n'
    )
    hashes = {studio.render(text, "pcm24", "one", jobs=1).outputs[0].pcm_sha256}
    hashes.add(studio.render(text, "pcm24", "two", jobs=2).outputs[0].pcm_sha256)
    with numpy_path():
        hashes.add(studio.render(text, "pcm24", "numpy").outputs[0].pcm_sha256)
    for frames in (480, 10007):
        with monkeypatch.context() as patch:
            changed = [
                _default_block(patch, f"bridge.audio.{module}", frames)
                for module in ("blocks", "decode", "pcm")
            ]
            assert all(changed)
            output = studio.render(text, "pcm24", f"block-{frames}").outputs[0]
            hashes.add(output.pcm_sha256)
    assert len(hashes) == 1


def _default_block(monkeypatch, module: str, frames: int) -> int:
    """Change the block size where it is a default; return how many functions were changed."""
    import importlib

    functions = [
        each
        for each in vars(importlib.import_module(module)).values()
        if BLOCK_FRAMES in (getattr(each, "__defaults__", None) or ())
    ]
    for each in functions:
        given = tuple(frames if one == BLOCK_FRAMES else one for one in each.__defaults__)
        monkeypatch.setattr(each, "__defaults__", given)
    return len(functions)


def test_a_dead_lane_is_named_and_the_others_stay_in_the_store(studio, noise) -> None:
    for seed, name in enumerate(["kick", "vox"]):
        studio.write(name, noise(0.5, seed, peak=0.5))

    def text(plugin: str) -> str:
        return (
            '[[group]]\nid = "a"\nstems = ["kick"]\n'
            + _hosted(plugin, "", 'id = "bad"')
            + '[[group]]\nid = "b"\nstems = ["*"]\n'
            + _hosted("Fake Shape", "", 'id = "good"')
        )

    with pytest.raises(RenderError) as caught:
        studio.render(text("Fake Crash"))
    where = caught.value.problems[0].where
    assert (where["group"], where["insert"], where["plugin"]) == ("a", "bad", "Fake Crash")
    studio.render(text("Fake Through"))
    assert studio.host.ran == ["a/bad"]


def test_damaged_store_entries_are_made_again(studio, noise) -> None:
    studio.write("vox", noise(0.5))
    chain = '[[group]]\nid = "a"\nstems = ["*"]\ngain_db = {}\n' + _hosted("Fake Shape")
    first = studio.render(chain.replace("{}", "0.0"))
    for data in (studio.folder / "store" / "v1").glob("*/*/data"):
        octets = bytearray(data.read_bytes())
        octets[len(octets) // 2] ^= 1
        data.write_bytes(octets)
    changed = studio.render(chain.replace("{}", "-6.0"))
    pristine = studio.render(chain.replace("{}", "-6.0"), store="other")
    assert changed.outputs[0].pcm_sha256 == pristine.outputs[0].pcm_sha256
    assert first.outputs[0].pcm_sha256 != changed.outputs[0].pcm_sha256


def test_a_master_over_full_scale_without_target_is_refused_and_float_is_not(studio, noise) -> None:
    studio.write("kick", noise(0.5, 1, peak=0.9))
    studio.write("vox", noise(0.5, 1, peak=0.9))
    with pytest.raises(RenderError, match="over full scale") as caught:
        studio.render(PLAIN, "pcm24")
    assert caught.value.problems[0].kind == "clipped"
    got, _ = soundfile.read(studio.render(PLAIN, "float32").outputs[0].path)
    assert np.abs(got).max() == pytest.approx(1.8, abs=1e-6)


def test_a_left_and_a_right_file_become_one_stem(studio, noise) -> None:
    both = noise(0.5, 1)
    studio.write("pad.L", both[0])
    studio.write("pad.R", both[1])
    made = studio.render(PLAIN)
    got, _ = soundfile.read(made.outputs[0].path)
    assert np.array_equal(got.T, both)


def test_time_references_place_stems_and_do_not_shift_the_song(studio, noise) -> None:
    for name, reference in (("kick", 480000), ("vox", 480000 + 1234)):
        studio.write(name, noise(0.5, 1))
        _stamp(studio.stems / f"{name}.wav", reference)
    got, _ = soundfile.read(studio.render(PLAIN).outputs[0].path)
    late = np.pad(noise(0.5, 1), ((0, 0), (1234, 0)))
    assert np.array_equal(got.T, late + np.pad(noise(0.5, 1), ((0, 0), (0, 1234))))


def _stamp(path, reference: int) -> None:
    """Append a bext chunk whose TimeReference is `reference` samples since midnight."""
    chunk = bytes(338) + reference.to_bytes(8, "little") + bytes(256)
    octets = path.read_bytes() + b"bext" + len(chunk).to_bytes(4, "little") + chunk
    path.write_bytes(octets[:4] + (len(octets) - 8).to_bytes(4, "little") + octets[8:])


def test_mixed_rates_are_converted_and_said(studio, noise) -> None:
    studio.write("vox", noise(1.0, 1))
    time_s = np.arange(44100) / 44100
    studio.write("kick", 0.25 * np.sin(2 * np.pi * 1000 * time_s), 44100)
    made = studio.render(PLAIN)
    assert "resampled" in {said.code for said in made.diagnostics}
    got, rate = soundfile.read(made.outputs[0].path)
    assert rate == 48000
    at_48k = 0.25 * np.sin(2 * np.pi * 1000 * np.arange(48000) / 48000)
    rest = got[2000:46000, 0] - noise(1.0, 1)[0, 2000:46000] - at_48k[2000:46000]
    assert 20 * np.log10(np.abs(rest).max()) < -110


def test_a_card_tells_of_a_delay_that_a_render_cannot_measure(studio, noise) -> None:
    studio.write("vox", noise(0.5, 1))
    text = PLAIN + _hosted("Fake Shape")
    context = studio.context(text)
    (plugin,) = [each for each in fake_catalogue().plugins if each.name == "Fake Shape"]
    some = {"str": "x", "bool": False, "tuple[float, ...]": (), "float": 0.0}
    kinds = {each.name: str(each.type).removesuffix(" | None") for each in fields(Card)}
    facts = {name: some.get(kind, 0) for name, kind in kinds.items()}
    card = Card(**facts | {"latency_reported_frames": 480})
    keep_card(context.store, plugin, studio.host, card)
    (said,) = [each for each in render(context, "float64").diagnostics if "measured" in each.code]
    assert (said.code, said.severity, said.where) == ("latency_measured", "warning", "rest/plugin")
    assert "reports 480 frames of latency, and its probe measured 0" in said.message
