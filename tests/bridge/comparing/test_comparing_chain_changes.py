"""Two chains: what differs, in words, and that the changes make the second of the first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import Phase, given, settings, strategies as st

from bridge.comparing import apply_changes, chain_changes, chain_digest
from bridge.comparing.documents.change import ChangeKind
from chains import (
    Bell,
    Chain,
    Compressor,
    Engine,
    Eq,
    Group,
    Insert,
    InsertSettings,
    Limiter,
    Pass,
    Plugin,
    PluginTable,
    Return,
    Target,
    Version,
    loads,
)
from stemwright.problems import InputError

TEXT = """schema = 1
name = "Warm"
[[group]]
id = "vocals"
stems = ["role:lead", "role:backing"]
sends = { plate = -18.0 }
  [[group.insert]]
  id = "deess"
  use = "deesser"
  max_cut_db = 4.0
  [[group.insert]]
  id = "tone"
  use = "eq"
  bands = [{ shape = "bell", hz = 2500, gain_db = 1.5 }, { shape = "high_pass", hz = 80 }]
  [[group.insert]]
  id = "air"
  use = "plugin"
  plugin = "Pro-Q 3"
  params = { "Output Level" = "-1.0 dB", Mix = "50 %" }
[[group]]
id = "music"
stems = ["*"]
[[return]]
id = "plate"
  [[return.insert]]
  use = "reverb"
[[master.insert]]
id = "glue"
use = "compressor"
[[master.insert]]
id = "last"
use = "limiter"
[target]
integrated_lufs = -10.0
[[version]]
id = "instrumental"
mute = ["vocals"]
"""


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('name = "Warm"', 'name = "Cold"', 'name from "Warm" to "Cold"'),
        ("[[group]]\nid = \"vocals\"", "[[group]]\nid = \"vocals\"\ngain_db = 0.5",
         "vocals fader +0.5 dB, from 0 dB to +0.5 dB"),
        ('"role:lead", ', "", "vocals stems from role:lead, role:backing to role:backing"),
        ("plate = -18.0", "plate = -16.5", "vocals send to plate +1.5 dB, from -18 dB to -16.5 dB"),
        ("plate = -18.0", "", "vocals send to plate removed, it was at -18 dB"),
        ("max_cut_db = 4.0", "max_cut_db = 5.0", "vocals/deess max cut from 4 dB to 5 dB"),
        ("hz = 2500", "hz = 3000", "vocals/tone band 1 frequency from 2.5 kHz to 3 kHz"),
        ('"high_pass", hz = 80', '"low_pass", hz = 80',
         "vocals/tone band 2 from shape high_pass, frequency 80 Hz, slope 12 dB/oct to shape "
         "low_pass, frequency 80 Hz, slope 12 dB/oct"),
        ('"-1.0 dB"', '"-2.0 dB"',
         'vocals/air parameter "Output Level" from "-1.0 dB" to "-2.0 dB"'),
        (', Mix = "50 %"', "", 'vocals/air parameter "Mix" removed'),
        ('use = "reverb"', 'use = "reverb"\nbypass = true', "plate/reverb bypassed"),
        ('use = "reverb"', 'use = "reverb"\nmix = 0.5', "plate/reverb mix from 100 % to 50 %"),
        ('id = "glue"\nuse = "compressor"', 'id = "glue"\nuse = "gain"',
         "master/glue from compressor -18 dB 2:1, 30/150 ms to gain 0 dB"),
        ('[[master.insert]]\nid = "glue"\nuse = "compressor"\n', "", "insert master/glue removed"),
        ("lufs = -10.0", "lufs = -9.5", "target integrated loudness from -10 LUFS to -9.5 LUFS"),
        ("[target]\nintegrated_lufs = -10.0\n", "", "target removed: it was integrated loudness "
         "-10 LUFS, true peak -1 dBTP, drive at unset, safety none"),
        ('mute = ["vocals"]', 'only = ["music"]', None),
        ('id = "instrumental"', 'id = "tv"', "version instrumental is called tv now"),
        ('name = "Warm"', 'name = "Warm"\n[engine]\nbuffer_size = 256',
         "engine buffer size from unset to 256"),
    ],
)  # fmt: skip
def test_one_edit_is_one_change_in_words(before: str, after: str, words: str | None) -> None:
    assert TEXT.count(before) == 1
    a, b = loads(TEXT), loads(TEXT.replace(before, after))
    found = chain_changes(a, b)
    if words is not None:
        assert [each.words for each in found] == [words]
    assert apply_changes(a, found) == b
    assert apply_changes(b, chain_changes(b, a)) == a


def test_a_mute_that_became_a_pick_is_both() -> None:
    picked = TEXT.replace('mute = ["vocals"]', 'only = ["music"]')
    assert [each.words for each in chain_changes(loads(TEXT), loads(picked))] == [
        "version instrumental mute from vocals to unset",
        "version instrumental only from unset to music",
    ]


def test_layout_comments_and_orders_that_say_nothing_are_no_change() -> None:
    other = TEXT.replace('"role:lead", "role:backing"', '"role:backing", "role:lead"')
    other = other.replace("max_cut_db = 4.0", "max_cut_db = 4  # a little")
    assert chain_changes(loads(TEXT), loads(other)) == ()
    assert chain_digest(loads(TEXT)) == chain_digest(loads(other))


def test_an_insert_is_moved_once_and_the_others_stay() -> None:
    a = loads(TEXT)
    first, *rest = a.groups[0].inserts
    b = replace(a, groups=(replace(a.groups[0], inserts=(*rest, first)), *a.groups[1:]))
    (change,) = chain_changes(a, b)
    assert change.words == "insert vocals/deess moved from place 1 to place 3"
    assert change.as_json() == {
        "path": "group.vocals.insert.deess",
        "kind": "moved",
        "before": 0,
        "after": 2,
        "words": change.words,
    }


def test_ids_that_are_words_of_the_file_are_told_apart() -> None:
    odd = TEXT.replace('"music"', '"params"').replace('"vocals"', '"insert"')
    odd = odd.replace('"plate"', '"sends"').replace("plate =", "sends =")
    louder = odd.replace("sends = -18.0", "sends = -12.0").replace(
        "max_cut_db = 4", "max_cut_db = 5"
    )
    a, b = loads(odd), loads(louder)
    found = chain_changes(a, b)
    assert [each.as_json()["path"] for each in found] == [
        "group.insert.insert.deess.max_cut_db",
        "group.insert.sends.sends",
    ]
    assert apply_changes(a, found) == b


def test_a_change_that_does_not_fit_is_refused() -> None:
    a, b = loads(TEXT), loads(TEXT.replace("max_cut_db = 4.0", "max_cut_db = 5.0"))
    changes = chain_changes(a, b)
    with pytest.raises(InputError, match="not as the change says") as caught:
        apply_changes(b, changes)
    assert caught.value.problems[0].kind == "change_does_not_fit"
    gone = loads(TEXT.replace('id = "deess"', 'id = "ess"'))
    with pytest.raises(InputError, match=r"group\.vocals\.insert\.deess\.max_cut_db"):
        apply_changes(gone, changes)


IDS = ("vocals", "insert", "params", "a", "b")
GAINS_DB = (-6.0, -0.5, -0.0, 0.0, 0.5, 3.0)


class Making:
    """Random chains; ids and values come from few words, so that two have much in common."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - no secrets here

    def some(self, words: Sequence[str], least: int = 0) -> list[str]:
        return self.random.sample(words, self.random.randint(least, len(words)))

    def gain_db(self) -> float:
        return self.random.choice(GAINS_DB)

    def settings(self) -> InsertSettings:
        pick = self.random.choice
        bell = Bell(shape="bell", hz=900.0, gain_db=self.gain_db())
        cut = Pass(shape="low_pass", hz=pick([80.0, 8000.0]))
        params = dict.fromkeys(self.some(["Mix", "Gain", "text", "id"]), pick(["1", "2"]))
        return pick(
            [
                Compressor(threshold_db=pick([-30.0, -20.0])),
                Limiter(ceiling_dbtp=pick([None, -1.0])),
                Eq(bands=tuple(pick([bell, cut]) for _ in range(self.random.randint(1, 3)))),
                Plugin(plugin=pick(["Pro-Q 3", PluginTable(name="Pro-Q 3")]), params=params),
            ]
        )

    def inserts(self) -> tuple[Insert, ...]:
        pick = self.random.choice
        return tuple(
            Insert(
                name, self.settings(), pick(["stereo", "mid"]), pick([0.5, 1.0]), pick([0, 1]) == 1
            )
            for name in self.some(IDS[:3])
        )

    def chain(self) -> Chain:
        pick, names = self.random.choice, self.some(IDS, least=2)
        count = self.random.randint(1, len(names) - 1)
        groups, buses = names[:count], names[count:]
        versions = [
            Version(name, mute=tuple(words), dynamics=pick(["own", "main"]))
            if pick([True, False])
            else Version(
                name,
                only=tuple(words),
                gain_db=tuple((group, self.gain_db()) for group in self.some(groups)),
                limiter=pick([True, False]),
            )
            for name in self.some(["tv", "a"])
            if (words := self.some(groups, least=1))
        ]
        return Chain(
            name=pick(["Warm", "Cold"]),
            engine=Engine(buffer_size=pick([None, 256])),
            groups=tuple(
                Group(
                    name,
                    tuple(self.some(["x*", "y*"], least=1)) if name == "a" else (f"{name}*",),
                    trim_db=self.gain_db(),
                    gain_db=self.gain_db(),
                    sends=tuple((bus, self.gain_db()) for bus in self.some(buses)),
                    inserts=self.inserts(),
                )
                for name in groups
            ),
            returns=tuple(Return(name, self.gain_db(), self.inserts()) for name in buses),
            master=self.inserts(),
            target=pick([None, Target(-10.0), Target(safety="trim")]),
            versions=tuple(versions),
        )

    def mutated(self, chain: Chain) -> Chain:
        """The chain with some of its parts new, and some of its rows in another order."""
        pick, other = self.random.choice, self.chain()
        parts = self.some(["name", "master", "target", "engine"])
        groups = [
            replace(
                each,
                gain_db=pick([each.gain_db, self.gain_db()]),
                sends=tuple(self.shuffled(each.sends)),
                inserts=pick([each.inserts, self.inserts(), tuple(self.shuffled(each.inserts))]),
            )
            for each in chain.groups
        ]
        return replace(
            chain,
            groups=tuple(pick([groups, self.shuffled(groups)])),
            returns=tuple(pick([chain.returns, self.shuffled(chain.returns)])),
            **{part: getattr(other, part) for part in parts},
        )

    def renamed(self, chain: Chain) -> Chain:
        """The chain with the inserts of its last group called otherwise."""
        *before, last = chain.groups
        inserts = tuple(replace(each, id=f"{each.id}-2") for each in last.inserts)
        return replace(chain, groups=(*before, replace(last, inserts=inserts)))

    def shuffled(self, row: Sequence[Any]) -> list[Any]:
        return self.random.sample(row, len(row))

    def pair(self) -> tuple[Chain, Chain]:
        chain = self.chain()
        others = [
            self.mutated(chain),
            self.mutated(chain),
            self.renamed(chain),
            self.chain(),
            chain,
        ]
        return chain, self.random.choice(others)


def unordered(chain: Chain) -> Chain:
    """The chain with what has no order in one order."""

    def one(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(words))

    return replace(
        chain,
        groups=tuple(
            replace(each, sends=tuple(sorted(each.sends)), stems=one(each.stems))
            for each in chain.groups
        ),
        versions=tuple(
            replace(each, mute=one(each.mute), only=one(each.only)) for each in chain.versions
        ),
    )


def written(chain: Chain) -> str:
    """All that a chain says, the order of parameters included; one zero."""
    return repr(unordered(chain)).replace("-0.0", "0.0")


@settings(max_examples=200, phases=[Phase.generate])
@given(st.integers(0, 2**32 - 1))
def test_changes_are_none_for_equal_digests_and_make_the_second_of_the_first(seed: int) -> None:
    a, b = Making(seed).pair()
    changes = chain_changes(a, b)
    assert (changes == ()) is (chain_digest(a) == chain_digest(b))
    assert (changes == ()) is (written(a) == written(b))
    made = apply_changes(a, changes)
    assert written(made) == written(b)
    assert all(each.words for each in changes)
    json.dumps([each.as_json() for each in changes], allow_nan=False)


@settings(max_examples=50, phases=[Phase.generate])
@given(st.integers(0, 2**32 - 1))
def test_changes_are_made_in_any_order(seed: int) -> None:
    a, b = Making(seed).pair()
    changes = chain_changes(a, b)
    assert unordered(apply_changes(a, changes[::-1])) == unordered(b)


def test_random_pairs_are_of_every_kind() -> None:
    found = [chain_changes(*Making(seed).pair()) for seed in range(100)]
    kinds = Counter(each.kind for changes in found for each in changes)
    assert min(kinds[kind] for kind in get_args(ChangeKind)) > 5
    assert 10 < sum(changes == () for changes in found) < 50
