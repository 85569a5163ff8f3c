"""What a stranger's chain may cost: bounded in time and memory, whatever is in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chains import ChainError, StemName, assign, load, loads
from chains.bounds import MAX_BYTES, MAX_SELECTORS

HEAD = "schema = 1\n"
CPU_S = 20
MEMORY_BYTES = 400_000_000


def _group(number: int, body: str = "", stems: str = '"*"') -> str:
    return f'[[group]]\nid = "g{number}"\nstems = [{stems}]\n{body}'


def _insert(text: str) -> str:
    return f"[[group.insert]]\n{text}\n"


HOSTILE = {
    "groups": "".join(_group(n, stems=f'"s{n}"') for n in range(20000)),
    "groups that all take the rest": "".join(_group(n) for n in range(1990)),
    "one id many times": "".join(_group(0) for _ in range(1990)),
    "inserts": _group(0, _insert('use = "gain"') * 9900),
    "unknown inserts": _group(0, _insert('use = "nope"') * 9900),
    "bands without a shape": _group(0, _insert(f'use = "eq"\nbands = [{"{hz=1}," * 9900}]')),
    "bands": _group(0, _insert(f'use = "dynamic_eq"\nbands = [{"{}," * 19900}]')),
    "sends": _group(0, "[group.sends]\n" + "".join(f"r{n} = -1\n" for n in range(19900))),
    "pairs of keys": "".join(
        _group(n, _insert(f'use = "gate"\nkey = "g{n ^ 1}"')) for n in range(1990)
    ),
    "one circle of keys": "".join(
        _group(n, _insert(f'use = "gate"\nkey = "g{(n + 1) % 250}"'), f'"s{n}"') for n in range(250)
    ),
    "keys of nobody": "".join(
        _group(n, _insert(f'use = "gate"\nkey = "h{n}"')) for n in range(1990)
    ),
    "unknown keys": _group(0) + "".join(f"k{n} = 1\n" for n in range(19900)),
    "selectors": _group(0, stems=",".join(f'"{"*a" * 20}{n}"' for n in range(15000))),
    "a selector of stars": _group(0, stems=f'"{"*a" * 400_000}b"'),
    "a selector of brackets": _group(0, stems=f'"{"[" * 900_000}"'),
    "selectors of brackets": _group(0, stems=f'"{"[" * 4000}",' * 200),
    "a long number": _group(0, f"gain_db = {'9' * 5000}\n"),
    "a hexadecimal number": _group(0, f"gain_db = 0x{'f' * 900_000}\n"),
    "a number without end": _group(0, "gain_db = 1e400\n"),
    "a long text": f'name = "{"x" * 950_000}"\n' + _group(0),
    "a key of many parts": f"{'.'.join('a' * 400_000)} = 1\n" + _group(0),
    "a header of many parts": _group(0) + f"[{'.'.join('a' * 400_000)}]\n",
    "an inline key of many parts": _group(0) + f"x = {{ {'.'.join(['a'] * 400_000)} = 1 }}\n",
    "lists in lists": _group(0) + f"x = {'[' * 400}{']' * 400}\n",
    "tables": _group(0) + "".join(f"[a{n}.b.c.d]\n" for n in range(60000)),
    "a path upwards": _group(0, _insert(f'use = "plugin"\nplugin = "{"../" * 1300}x"')),
    "comments": "#\n" * 490_000 + "oops = 1\n" + _group(0),
    "quotes": '"' * 990_000,
}
CHILD = """
import json, resource, sys
from pathlib import Path
from chains import ChainError, load
told = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        load(path)
        told[path.stem] = []
    except ChainError as error:
        told[path.stem] = [(each.kind, len(str(each))) for each in error.faults]
if sys.platform == "linux":  # ru_maxrss there starts at the size of the process that forked
    (line,) = [each for each in open("/proc/self/status") if each.startswith("VmHWM")]
    peak = int(line.split()[1]) * 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"told": told, "peak": peak}))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_hostile_chains_are_refused_within_bounds(tmp_path: Path) -> None:
    """All of them in one process that may use so much of a processor and no more."""
    import resource

    for name, text in HOSTILE.items():
        assert len(text) < MAX_BYTES, name
        (tmp_path / f"{name}.toml").write_text(HEAD + text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S)),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["told"].keys() == HOSTILE.keys()
    for name, faults in found["told"].items():
        assert 1 <= len(faults) <= 201, name
        assert max(length for _, length in faults) < 5000, name
    assert found["peak"] < MEMORY_BYTES, found["peak"]


def test_more_faults_than_anyone_reads_are_counted() -> None:
    with pytest.raises(ChainError) as caught:
        loads(HEAD + HOSTILE["unknown keys"])
    last = caught.value.faults[-1]
    assert last.kind == "more_faults"
    assert len(caught.value.faults) == 201


def test_a_number_too_long_to_print_is_told_by_its_size() -> None:
    with pytest.raises(ChainError) as caught:
        loads(HEAD + HOSTILE["a hexadecimal number"])
    (fault,) = caught.value.faults
    assert "of some 1083708 digits" in fault.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_nothing_but_a_plain_file_is_opened(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe.toml", tmp_path / "link.toml"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link, Path("/dev/zero")):
        with pytest.raises(ChainError) as caught:
            load(path)
        (fault,) = caught.value.faults
        assert fault.kind == "file_not_plain"
    plain = tmp_path / "chain.toml"
    plain.write_text(HEAD + _group(0))
    link.unlink()
    link.symlink_to(plain)
    assert load(link).groups[0].id == "g0"


def test_what_is_large_and_a_chain_is_read() -> None:
    """A hundred groups of many inserts, and a plugin with all its parameters."""
    many = "".join(_insert('use = "gain"') for _ in range(60))
    params = "".join(f'"Parameter {n}" = "{n}"\n' for n in range(5000))
    plugin = _insert(f'use = "plugin"\nplugin = "x"\n[group.insert.params]\n{params}')
    text = HEAD + "".join(_group(n, many, f'"s{n}"') for n in range(80)) + _group(99, plugin)
    assert len(loads(text).groups) == 81
    with pytest.raises(ChainError, match=str(MAX_SELECTORS + 1)):
        loads(HEAD + _group(0, stems='"a",' * (MAX_SELECTORS + 1)))


def test_globs_of_many_stars_do_not_explode() -> None:
    """Forty stars against a name that fits but for its last letter: no backtracking without end."""
    glob, names = "*a" * 40 + "b", [StemName("a" * 200, f"{n}" + "a" * 200) for n in range(50)]
    found = assign([Selecting("g", (glob,) * 20)], names)
    assert len(found.unmatched) == 50


class Selecting:
    """A group as far as selection goes."""

    def __init__(self, name: str, stems: tuple[str, ...]) -> None:
        self.id, self.stems = name, stems
