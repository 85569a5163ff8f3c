"""Whatever a format's reader names, its writer writes back as the same code."""

from __future__ import annotations

import pytest

from sessions.formats.dawproject import vocabulary as dawproject
from sessions.formats.reaper import codes as reaper
from sessions.formats.shared.pan_positions import place_of


@pytest.mark.parametrize("code", sorted(reaper.CHANNEL_MODES))
def test_every_channel_mode_of_reaper_has_one_name(code: int) -> None:
    assert reaper.CHANNEL_MODE_CODES[reaper.CHANNEL_MODES[code]] == code


def test_channel_modes_of_reaper_count_on_above_64() -> None:
    named = [reaper.CHANNEL_MODES[code] for code in (5, 66, 67, 130, 131, 194, 195, 257)]
    singles, pairs = ("mono 3", "mono 64", "mono 65", "mono 128"), ("stereo 1", "stereo 64")
    assert named == [*singles[:2], *pairs, *singles[2:], "stereo 65", "stereo 127"]


@pytest.mark.parametrize("code", range(len(reaper.FADE_SHAPES)))
@pytest.mark.parametrize("curvature", [-1.0, -0.25, 0.0, 1e-7, 0.5])
def test_fades_of_reaper_come_back(code: int, curvature: float) -> None:
    shape, bent = reaper.fade_of(reaper.fade_name(code, curvature))
    assert (reaper.FADE_SHAPES.index(shape), bent) == (code, curvature)


@pytest.mark.parametrize("tension", [-1.0, 0.125, 1.0])
def test_bezier_tension_of_reaper_comes_back(tension: float) -> None:
    code = reaper.POINT_SHAPES.index("bezier")
    assert reaper.bezier_tension(reaper.point_shape_name(code, tension)) == tension


@pytest.mark.parametrize("code", [0, 2, 63, 1024, 1030])
def test_target_channels_of_reaper_come_back(code: int) -> None:
    told = "/".join(str(channel + 1) for channel in sorted(reaper.target_channels(code)))
    assert reaper.target_channels_code(told) == code


@pytest.mark.parametrize("mode", sorted(reaper.PAN_MODES))
def test_pan_laws_of_reaper_come_back(mode: int) -> None:
    name, centre_db = reaper.pan_law_of(reaper.pan_law_name(mode, -3.0)) or ("", 0.0)
    assert (reaper.PAN_MODE_CODES[name], centre_db) == (mode, -3.0)


@pytest.mark.parametrize(
    ("own", "written"), [(0, 0), (2**31 - 1, 2**31 - 1), (2**31, -(2**31)), (2**32 - 1, -1)]
)
def test_parameter_ids_of_dawproject_are_signed(own: int, written: int) -> None:
    assert dawproject.written_parameter_id(own) == written
    assert dawproject.parameter_id(written) == own


def test_what_is_no_32_bits_is_no_parameter_id_of_dawproject() -> None:
    assert dawproject.written_parameter_id(2**32) is None
    assert dawproject.parameter_id(2**32) is None
    assert dawproject.parameter_id(-(2**31) - 1) is None


@pytest.mark.parametrize("position", [-1.0, -0.5, 0.0, 1.0])
def test_pans_of_dawproject_come_back(position: float) -> None:
    written = place_of(position)
    assert dawproject.pan(written, dawproject.NORMALIZED, None, None) == position
