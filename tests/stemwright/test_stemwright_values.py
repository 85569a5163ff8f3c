"""A frozen value is to the last word what `dataclasses` would have made of its class."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import math
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any, ClassVar

import pytest
from hypothesis import given, strategies as st

from stemwright.values import dataclass


def _both(make: Callable[[Any], type[Any]]) -> tuple[type[Any], type[Any]]:
    """One class as dataclasses make it, and as we do."""
    return make(dataclasses.dataclass(frozen=True)), make(dataclass(frozen=True))


def _point(frozen: Any) -> type[Any]:
    @frozen
    class Point:
        """A point."""

        kind: ClassVar[str] = "point"
        x: Any
        y: Any = 0
        seen: Any = field(default=None, compare=False, repr=False)
        near: list[int] = field(default_factory=list, hash=False)

    return Point


def _alone(frozen: Any) -> type[Any]:
    @frozen
    class Alone:
        """One field."""

        x: Any

    return Alone


def _empty(frozen: Any) -> type[Any]:
    @frozen
    class Empty:
        """None."""

    return Empty


def _heir(frozen: Any) -> type[Any]:
    @frozen
    class Base:
        """What is inherited."""

        x: int

        def __post_init__(self) -> None:
            object.__setattr__(self, "x", self.x + 1)

    @frozen
    class Heir(Base):
        """One more."""

        y: int = 2

    return Heir


@dataclass(frozen=True)
class Travelling:
    """A value that a process sends to another."""

    name: str
    parts: tuple[int, ...] = ()


_ANY = st.one_of(st.integers(0, 2), st.sampled_from(["a", "b"]), st.floats(), st.none())


@given(st.lists(_ANY, min_size=2, max_size=2), st.lists(_ANY, min_size=2, max_size=2), _ANY)
def test_values_are_equal_and_shown_as_those_of_dataclasses(
    one: list[Any], other: list[Any], seen: Any
) -> None:
    for make in (_point, _alone, _heir):
        theirs, ours = _both(make)
        count = 1 if make is _alone else 2
        given_ = [each[:count] for each in (one, other, one)]
        if make is _heir:
            given_ = [[1, value] for _, value in given_]
        more = {"seen": seen} if make is _point else {}
        a, b, c = (theirs(*each, **more) for each in given_)
        x, y, z = (ours(*each, **more) for each in given_)
        assert ((a == b), (a == c), (a != b)) == ((x == y), (x == z), (x != y))
        assert repr(a) == repr(x)
        assert dataclasses.asdict(a) == dataclasses.asdict(x) or one != one
        assert x != a


def test_equal_values_have_one_hash_and_what_is_not_compared_has_no_part_in_it() -> None:
    _, alone = _both(_alone)
    _, empty = _both(_empty)
    _, heir = _both(_heir)
    for make, words in (
        (alone, (math.pi,)),
        (empty, ()),
        (heir, (1, 3)),
        (Travelling, ("a", (1,))),
    ):
        assert len({make(*words), make(*words)}) == 1
    assert len({alone(1), alone(2), empty(), heir(1), heir(1, 3)}) == 5
    for point in _both(_point):
        assert hash(point(1, 2, seen=3, near=[1])) == hash(point(1, 2))
        assert point(1, near=[1]) != point(1)


def test_nothing_can_be_set_or_deleted() -> None:
    for made in (*(make(1) for make in _both(_point)), *(make(1) for make in _both(_heir))):
        before = dict(vars(made))
        for name in ("x", "y", "another", "__class__"):
            with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
                setattr(made, name, 1)
        with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
            del made.x
        assert vars(made) == before


def test_the_methods_of_a_class_are_its_own() -> None:
    def make(frozen: Any) -> type[Any]:
        @frozen
        class Own:
            """With its own methods."""

            x: int

            def __eq__(self, other: object) -> bool:
                return isinstance(other, type(self))

            def __hash__(self) -> int:
                return 7

            def __repr__(self) -> str:
                return "own"

        return Own

    for own in _both(make):
        assert own(1) == own(2)
        assert (hash(own(1)), repr(own(1))) == (7, "own")


def test_a_value_without_equality_is_equal_to_itself_alone() -> None:
    @dataclass(frozen=True, eq=False)
    class Single:
        """As `object` compares it."""

        x: int

    one = Single(1)
    assert one == one
    assert one != Single(1)
    assert len({one, Single(1)}) == 2


def test_values_travel_are_copied_and_replaced() -> None:
    value = Travelling("a", (1, 2))
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes
    assert copy.copy(value) == copy.deepcopy(value) == value
    assert dataclasses.replace(value, name="b") == Travelling("b", (1, 2))
    match value:
        case Travelling(name, parts):
            assert (name, parts) == ("a", (1, 2))
        case _:
            pytest.fail("no match")


def test_the_words_it_is_made_with_are_those_of_dataclasses() -> None:
    for make in (_point, _alone, _empty, _heir):
        theirs, ours = _both(make)
        assert str(inspect.signature(theirs)) == str(inspect.signature(ours))
        assert theirs.__match_args__ == ours.__match_args__
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        _both(_alone)[1]()


def test_values_inherit_whoever_made_what_they_inherit_from() -> None:
    theirs, ours = _both(_alone)
    for base in (theirs, ours):
        for frozen in (dataclass, dataclasses.dataclass):
            made = frozen(frozen=True)(type("Mixed", (base,), {"__annotations__": {"y": "int"}}))
            assert made(1, 2) == made(1, 2) != made(1, 3)
            assert repr(made(1, 2)) == "Mixed(x=1, y=2)"
            with pytest.raises(FrozenInstanceError):
                made(1, 2).z = 1


def test_an_heir_that_is_no_value_may_keep_more() -> None:
    for base in _both(_alone):
        made = type("Keeping", (base,), {})(1)
        made.more = 1
        made.more = 2
        del made.more
        with pytest.raises(FrozenInstanceError):
            made.x = 1
        with pytest.raises(FrozenInstanceError):
            del made.x


def test_what_is_not_frozen_is_refused() -> None:
    with pytest.raises(TypeError):
        dataclass(frozen=False)


def test_classes_say_that_they_are_frozen() -> None:
    for made in _both(_alone):
        assert made.__dataclass_params__.frozen
