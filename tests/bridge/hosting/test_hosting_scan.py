from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from blake3 import blake3

from bridge.hosting import scan, search_folders
from bridge.hosting.finding.bundles import bundles, plugin_binary
from bridge.hosting.finding.vst3_factory import class_id_text
from bridge.plugins import Catalogue, Wanted, broken, find

Finder = Callable[[str], Path]

ASK_PEDALBOARD = """
import os, re, sys
import pedalboard._pedalboard as internals
internals.PARAMETER_NAME_REGEXES_TO_IGNORE.add(re.compile(""))
for path in sys.argv[1:]:
    plugin = internals.load_plugin(path)
    told = (plugin.name, plugin.manufacturer_name, plugin.version)
    print("\\t".join((*told, bytes(plugin.preset_data[8:40]).decode())), flush=True)
os._exit(0)
"""


def test_all_zam_plugins_are_found_as_pedalboard_knows_them(zam: Finder) -> None:
    folder = zam("ZaMaximX2").parent
    found = scan([], [folder])
    assert len(found.plugins) == 17
    assert found.unscannable == ()
    paths = [str(plugin.path) for plugin in found.plugins]
    asked = subprocess.run(
        [sys.executable, "-c", ASK_PEDALBOARD, *paths], capture_output=True, text=True, check=True
    )
    told = [tuple(line.split("\t")) for line in asked.stdout.splitlines() if "\t" in line]
    ours = [(each.name, each.vendor, each.version, each.class_id) for each in found.plugins]
    assert ours == told
    assert all(each.classes_in_file == 1 and each.format == "VST3" for each in found.plugins)


def copied(bundle: Path, folder: Path, name: str | None = None) -> Path:
    return Path(shutil.copytree(bundle, folder / (name or bundle.name)))


def truncated(bundle: Path, folder: Path) -> Path:
    copy = copied(bundle, folder)
    code = plugin_binary(copy)
    assert code is not None
    code.write_bytes(code.read_bytes()[:40000])
    return copy


def reasons(found: Catalogue) -> dict[str, str]:
    return {each.path.stem: each.reason for each in found.unscannable}


def test_a_scan_survives_every_way_a_binary_can_end_it(
    tmp_path: Path, zam: Finder, fixture_plugins: Finder
) -> None:
    for kind in ("crash-load", "hang-load", "gain"):
        copied(fixture_plugins(kind), tmp_path)
    truncated(zam("ZamCompX2"), tmp_path / "Vendor")
    (tmp_path / "Text.vst3").write_text("not a library")
    (tmp_path / "Empty.vst3").mkdir()
    (tmp_path / "Dangling.vst3").symlink_to(tmp_path / "nowhere")
    found = scan([], [tmp_path], deadline_s=5)
    assert [plugin.name for plugin in found.plugins] == ["Fixture Gain"]
    told = reasons(found)
    assert told["Fixture Crash Load"] == "crashed (SIGSEGV) while entering its module"
    assert told["Fixture Hang Load"] == "did not come back within 5 s while entering its module"
    assert told["ZamCompX2"].startswith(("crashed (SIGBUS)", "crashed (SIGSEGV)")) or (
        "too short" in told["ZamCompX2"]
    )
    assert "Text.vst3" in told["Text"]
    assert told["Empty"] == told["Dangling"] == "it holds no binary for this system"


def test_an_unrelated_plugin_that_hangs_is_never_asked(
    tmp_path: Path, fixture_plugins: Finder
) -> None:
    for kind in ("hang-load", "gain"):
        copied(fixture_plugins(kind), tmp_path)
    found = scan([Wanted(name="fixture gain")], [tmp_path], deadline_s=60)
    assert [plugin.name for plugin in found.plugins] == ["Fixture Gain"]
    assert found.unscannable == ()


def test_a_plugin_in_a_file_of_another_name_is_found_all_the_same(
    tmp_path: Path, zam: Finder
) -> None:
    copied(zam("ZamCompX2"), tmp_path, "Renamed.vst3")
    copied(zam("ZamEQ2"), tmp_path)
    found = scan([Wanted(name="zamcompx2")], [tmp_path])
    assert [each.path.name for each in find(found, Wanted(name="ZamCompX2"))] == ["Renamed.vst3"]


def test_a_path_means_that_bundle_and_a_missing_one_nothing(tmp_path: Path, zam: Finder) -> None:
    bundle = zam("ZamEQ2")
    assert [each.name for each in scan([Wanted(path=bundle)], [], trusted=[bundle]).plugins] == [
        "ZamEQ2"
    ]
    assert scan([Wanted(path=tmp_path / "no.vst3")], [bundle.parent]) == Catalogue(
        searched=(bundle.parent,)
    )


def test_every_plugin_carries_the_hash_of_its_binary(zam: Finder) -> None:
    bundle = zam("ZamCompX2")
    found = scan([Wanted(name="ZamComp")], [bundle.parent])
    hashes = {each.name: each.binary_hash for each in found.plugins}
    codes = {name: plugin_binary(zam(name)) for name in ("ZamComp", "ZamCompX2")}
    assert hashes == {
        name: blake3(code.read_bytes()).hexdigest() for name, code in codes.items() if code
    }


def test_the_cache_answers_for_binaries_that_did_not_change(tmp_path: Path, zam: Finder) -> None:
    folder, cache = tmp_path / "plugins", tmp_path / "deep" / "cache.json"
    bundle = copied(zam("ZamEQ2"), folder)
    first = scan([], [folder], cache)
    told = json.loads(cache.read_text())
    (entry,) = told["binaries"].values()
    entry["classes"][0]["vendor"] = "From The Cache"
    cache.write_text(json.dumps(told))

    def vendors() -> list[str]:
        return [each.vendor for each in scan([], [folder], cache).plugins]

    assert vendors() == ["From The Cache"]
    code = plugin_binary(bundle)
    assert code is not None
    os.utime(code, ns=(1, 1))
    assert vendors() == ["From The Cache"]  # touched: its bytes are known
    code.write_bytes(code.read_bytes() + b"\0")
    found = scan([], [folder], cache)
    assert [each.vendor for each in found.plugins] == [first.plugins[0].vendor]
    assert found.plugins[0].binary_hash != first.plugins[0].binary_hash


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": 99}', '{"schema": 1}', '"x"'])
def test_a_broken_cache_is_done_without(tmp_path: Path, zam: Finder, content: str) -> None:
    cache = tmp_path / "cache.json"
    cache.write_text(content)
    wanted = [Wanted(name="ZamEQ2")]
    found = scan(wanted, [zam("ZamEQ2").parent], cache)
    assert [each.name for each in found.plugins] == ["ZamEQ2"]
    assert scan(wanted, [zam("ZamEQ2").parent], cache) == found


def test_one_that_failed_is_asked_again_only_when_it_is_wanted(
    tmp_path: Path, fixture_plugins: Finder
) -> None:
    folder, cache = tmp_path / "plugins", tmp_path / "cache.json"
    copied(fixture_plugins("crash-load"), folder)
    scan([], [folder], cache)
    told = json.loads(cache.read_text())
    (entry,) = told["binaries"].values()
    entry["reason"] = "remembered"
    cache.write_text(json.dumps(told))
    assert list(reasons(scan([], [folder], cache)).values()) == ["remembered"]
    again = scan([Wanted(name="Fixture Crash Load")], [folder], cache)
    assert list(reasons(again).values()) == ["crashed (SIGSEGV) while entering its module"]


def test_a_scan_may_ask_all_that_failed_again_and_tells_how_far_it_is(
    tmp_path: Path, fixture_plugins: Finder
) -> None:
    folder, cache = tmp_path / "plugins", tmp_path / "cache.json"
    for kind in ("crash-load", "gain"):
        copied(fixture_plugins(kind), folder)
    scan([], [folder], cache)
    told = json.loads(cache.read_text())
    for entry in told["binaries"].values():
        entry["reason"] = entry["reason"] and "remembered"
    cache.write_text(json.dumps(told))
    steps: list[tuple[int, int, str]] = []
    found = scan([], [folder], cache, again=True, progress=lambda *step: steps.append(step))
    assert list(reasons(found).values()) == ["crashed (SIGSEGV) while entering its module"]
    assert steps == [(1, 2, "Fixture Crash Load.vst3"), (2, 2, "Fixture Gain.vst3")]


def test_a_file_with_two_plugins_tells_them_apart(fixture_plugins: Finder) -> None:
    found = scan([Wanted(path=fixture_plugins("shell"))], [], trusted=[fixture_plugins("shell")])
    first, second = found.plugins
    assert (first.name, second.name) == ("Fixture Shell", "Fixture Shell Second")
    assert first.class_id != second.class_id
    assert first.classes_in_file == second.classes_in_file == 2
    assert find(found, Wanted(name="fixture shell second")) == (second,)


def test_bundles_are_found_in_subfolders_once_and_in_order(tmp_path: Path) -> None:
    for name in ("b/Z.vst3", "a/deep/Y.VST3", "X.vst3", "X.vst3/Inner.vst3"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "alias.vst3").symlink_to(tmp_path / "b" / "Z.vst3")
    found = bundles([tmp_path, tmp_path / "absent", tmp_path])
    assert [each.relative_to(tmp_path).as_posix() for each in found] == [
        "X.vst3",
        "a/deep/Y.VST3",
        "alias.vst3",
    ]


def test_folders_are_the_given_then_the_variable_then_the_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = [str(tmp_path / "one"), "", str(tmp_path / "two")]
    monkeypatch.setenv("STEMWRIGHT_PLUGIN_PATH", os.pathsep.join(named))
    folders = search_folders([tmp_path / "extra"])
    assert folders[:3] == (tmp_path / "extra", tmp_path / "one", tmp_path / "two")
    assert Path("/usr/lib/vst3") in folders


def test_a_class_id_reads_the_same_from_both_memory_orders() -> None:
    identity = uuid.UUID("72C4DB71-7A4D-459A-B97E-51745D84B39D")
    text = "72C4DB717A4D459AB97E51745D84B39D"
    assert class_id_text(identity.bytes, com=False) == text
    assert class_id_text(identity.bytes_le, com=True) == text


def test_a_factory_child_imports_no_numpy() -> None:
    code = (
        "import sys, bridge.hosting.finding.vst3_factory, bridge.hosting.child.worker;"
        "print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "dawdreamer", "pedalboard"} & set(ran.stdout.split())


def test_nothing_stands_in_for_a_file_that_cannot_be_read(
    tmp_path: Path, fixture_plugins: Finder
) -> None:
    name, wanted = "Fixture Gain", Wanted(name="Fixture Gain")
    whole = fixture_plugins("gain")
    bad = truncated(whole, tmp_path / "new")
    older = copied(whole, tmp_path / "old")
    found = scan([wanted], [bad.parent, older.parent])
    assert find(found, wanted) == ()
    unread = broken(found, wanted)
    assert unread is not None
    assert (unread.path, unread.format) == (bad, "VST3")
    assert [each.path for each in find(found, Wanted(path=older))] == [older]
    assert broken(found, Wanted(name=name, format="VST2")) is None
    turned = scan([wanted], [older.parent, bad.parent])
    assert [each.path for each in find(turned, wanted)] == [older]


def test_a_vst2_stands_in_for_no_vst3_whatever_its_file_is_called(
    tmp_path: Path, zam: Finder
) -> None:
    twin = Path("/usr/lib/vst/ZamEQ2-vst.so")
    if not twin.exists():
        pytest.skip(f"no {twin.name}: install zam-plugins")
    folder, cache, wanted = tmp_path / "installed", tmp_path / "plugins.json", Wanted(name="ZamEQ2")
    folder.mkdir()
    shutil.copy(twin, folder)
    bundle = copied(zam("ZamEQ2"), folder, "Renamed.vst3")
    (plugin,) = find(scan([], [folder], cache), wanted)
    assert plugin.format == "VST3"
    code = plugin_binary(bundle)
    assert code is not None
    code.write_bytes(code.read_bytes()[:40000])
    for _ in range(2):  # asked, and from the cache
        found = scan([wanted], [folder], cache)
        assert find(found, wanted) == ()
        unread = broken(found, wanted)
        assert unread is not None
        assert [each.name for each in unread.held] == ["ZamEQ2"]
    code.unlink()
    assert find(scan([wanted], [folder], cache), wanted) == ()
    named = Wanted(name="ZamEQ2", format="VST2")
    assert [each.format for each in find(found, named)] == ["VST2"]
