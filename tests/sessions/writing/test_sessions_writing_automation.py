"""Automation written to both formats and read back: faders, sends, parameters of plugins."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import pytest
from lxml import etree

from sessions import (
    Automation,
    AutomationPoint,
    PluginParameter,
    Session,
)
from sessions.formats.project_files.automation_lines import line_of
from sessions.formats.reaper.reader import FORMAT as REAPER
from sessions.formats.reaper.writer import write_rpp

KINDS = ("dawproject", "rpp")


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def amplitudes(line: Automation) -> list[tuple[object, object, bool]]:
    in_db = line.unit == "db"
    return [
        (
            near(point.position_s),
            near(10 ** (point.value / 20) if in_db else point.value),
            point.shape == "hold",
        )
        for point in line.points
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_automation_reads_back_equal(kind, song, tmp_path, written) -> None:
    _, back = written(kind, song, tmp_path)
    made, found = song.tracks[3].automation, back.tracks[3].automation
    names = {track.id: track.name.casefold() for track in back.tracks}
    told = {
        line.target.replace(line.target[5:], names[line.target[5:]])
        if line.target[:5] == "send:"
        else line.target: amplitudes(line)
        for line in found
    }
    assert told == {line.target: amplitudes(line) for line in made}


def points(*shapes: str) -> tuple[AutomationPoint, ...]:
    return tuple(AutomationPoint(at / 4, at / 10, shape) for at, shape in enumerate(shapes))


def automated(song: Session) -> Session:
    """Vox moves three parameters of its VST3 and one of its VST2; two have the same name."""
    lines = tuple(
        Automation(f"device:{at}:{name}", unit, points(*shapes), parameter)
        for at, name, unit, shapes, parameter in (
            (0, "Ratio", "normalized", ("hold", "hold"), PluginParameter(4, "3221225473")),
            (0, "Gain", "normalized", ("linear",) * 3, PluginParameter(7, "9")),
            (0, "Gain", "normalized", ("linear", "hold"), PluginParameter(8, "12")),
            (1, "L / R", "value", ("linear",), PluginParameter(2, "_LR", 0.0, 2.0, 1.0)),
        )
    )
    vox = replace(song.tracks[3], automation=lines)
    return replace(song, tracks=(*song.tracks[:3], vox, *song.tracks[4:]))


def test_parameter_automation_of_a_reaper_project_reads_back_equal(song, tmp_path, written) -> None:
    """Number, id, name, range and points; and REAPER's own shapes, tension included."""
    song = automated(song)
    bends = ("linear", "hold", "s_curve", "fast_start", "fast_end", "bezier", "bezier-0.3125")
    bent = Automation("device:1:5", "normalized", points(*bends), PluginParameter(5))
    vox = replace(song.tracks[3], automation=(*song.tracks[3].automation, bent))
    song = replace(song, tracks=(*song.tracks[:3], vox, *song.tracks[4:]))
    path, back = written("rpp", song, tmp_path)
    assert back.tracks[3].automation == vox.automation
    assert '<PARMENV 2:_LR 0 2 1 "L / R / old"' in path.read_text(encoding="utf-8")


def test_parameter_automation_of_a_dawproject_reads_back_equal(song, tmp_path, written) -> None:
    """A VST3's ParamID as the signed number the format has, a VST2's index; names and points."""
    song = automated(song)
    path, back = written("dawproject", song, tmp_path)
    assert [(line.target, amplitudes(line)) for line in back.tracks[3].automation] == [
        (line.target, amplitudes(line)) for line in song.tracks[3].automation
    ]
    assert [(line.unit, line.parameter) for line in back.tracks[3].automation] == [
        ("normalized", PluginParameter(None, "3221225473")),
        ("normalized", PluginParameter(None, "9")),
        ("normalized", PluginParameter(None, "12")),
        ("linear", PluginParameter(2, None, 0.0, 2.0, 1.0)),
    ]
    root = etree.fromstring(zipfile.ZipFile(path).read("project.xml"))
    ids = [each.get("parameterID") for each in root.iterfind(".//Parameters/RealParameter")]
    assert ids == [str(3221225473 - 2**32), "9", "12", "2"]
    targets = {each.get("id") for each in root.iterfind(".//Parameters/RealParameter")}
    moved = [each.get("parameter") for each in root.iterfind(".//Points/Target")]
    assert len(targets) == 4
    assert targets <= set(moved)


@pytest.mark.parametrize("name", ["reaper-projects__track2.rpp", "rpp-editor__test2.rpp"])
def test_a_real_projects_parameter_envelopes_are_written_as_reaper_wrote_them(
    name: str, shared_data, tmp_path
) -> None:
    """Text against text: the head of every block, and every point's time, value and shape."""
    source = shared_data(f"corpus/rpp/{name}")
    path = tmp_path / "again.rpp"
    write_rpp(REAPER.read([source]), path)
    blocks = [parameter_blocks(each.read_text(encoding="utf-8")) for each in (source, path)]
    assert blocks[0] == blocks[1]
    assert len(blocks[0]) == 2


def parameter_blocks(text: str) -> list[tuple[str, list[list[float]]]]:
    found = []
    for block in text.split("<PARMENV ")[1:]:
        head, *lines = [line.strip() for line in block.splitlines()]
        inside = lines[: lines.index(">")]
        dots = [line.split()[1:4] for line in inside if line.startswith("PT ")]
        found.append((head, [[float(word) for word in dot] for dot in dots]))
    return found


def test_a_parameter_whose_number_is_unknown_is_told(song, tmp_path) -> None:
    named = Automation("device:0:Ratio", "normalized", points("linear"), PluginParameter(id="9"))
    level = Automation("device:0:Gain", "decibel", points("linear"), PluginParameter(3))
    vox = replace(song.tracks[3], automation=(named, level), sends=())
    told = write_rpp(replace(song, tracks=(vox,)), tmp_path / "a.rpp")
    (lost,) = [each for each in told if each.code == "parameter_lost"]
    assert lost.message.endswith(": Vox/#TCompressor Ratio, Vox/#TCompressor Gain")


def test_a_dawproject_is_valid_against_the_published_structure(
    song, tmp_path, shared_data, written
) -> None:
    path, _ = written("dawproject", automated(song), tmp_path)
    with zipfile.ZipFile(path) as archive:
        for member, xsd in (("project.xml", "Project.xsd"), ("metadata.xml", "MetaData.xsd")):
            schema = etree.XMLSchema(etree.parse(shared_data(f"corpus/dawproject-schema/{xsd}")))
            schema.assertValid(etree.fromstring(archive.read(member)))


def test_what_a_vca_adds_to_a_line_is_in_its_points() -> None:
    points = (AutomationPoint(0.0, 0.5), AutomationPoint(1.0, 1.0))
    line = line_of(Automation("gain_db", "linear", points, plus_db=-20.0))
    assert [point.value for point in line.points] == pytest.approx([0.05, 0.1])
