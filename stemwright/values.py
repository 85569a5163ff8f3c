"""Frozen values: what `dataclasses.dataclass(frozen=True)` makes, in a third of its time.

It writes six methods for every class as text and compiles them, half a millisecond a class: a
quarter of all that a command takes that has nothing to do. Here a class gets its `__init__` from
there; what compares, hashes, shows and protects values is one function for all classes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeVar

_Value = TypeVar("_Value", bound=type)


def _frozen(made: Any, *, eq: bool) -> Any:
    if any(dataclasses.is_dataclass(each) for each in made.__mro__[1:]):  # seldom
        return dataclasses.dataclass(frozen=True, eq=eq)(made)
    own = dict(vars(made))
    dataclasses.dataclass(eq=False, repr=False)(made)
    made.__dataclass_params__.frozen = True
    made.__setattr__, made.__delattr__ = _set_once, _delete
    if "__repr__" not in own:
        made.__repr__ = _shown
    if eq:
        _give_equality(made, own)
    return made


def _give_equality(made: Any, own: Mapping[str, object]) -> None:
    fields = dataclasses.fields(made)
    compared = [each.name for each in fields if each.compare]
    hashed = [each.name for each in fields if (each.compare if each.hash is None else each.hash)]
    made._compared, made._hashed = (  # noqa: SLF001 - the methods below are the class's own
        attrgetter(*names or ["__class__"]) for names in (compared, hashed)
    )
    if "__eq__" not in own:
        made.__eq__ = _is_same
    if own.get("__hash__") is None:  # a class with an __eq__ of its own has None there
        made.__hash__ = _hash


def _set_once(self: Any, name: str, value: object) -> None:
    """Let `__init__` set each field, and nobody anything."""
    is_field = name in self.__dataclass_fields__
    if name in self.__dict__ if is_field else "__dataclass_fields__" in vars(type(self)):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def _delete(self: Any, name: str) -> None:
    if name in self.__dataclass_fields__ or "__dataclass_fields__" in vars(type(self)):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
    object.__delattr__(self, name)


def _is_same(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    # In tuples: what is one object counts as equal to itself, NaN as well.
    return (self._compared(self),) == (self._compared(other),)


def _hash(self: Any) -> int:
    return hash((self._hashed(self),))


@recursive_repr()
def _shown(self: Any) -> str:
    shown = (
        f"{each.name}={getattr(self, each.name)!r}"
        for each in dataclasses.fields(self)
        if each.repr
    )
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, eq: bool = True) -> Callable[[_Value], _Value]:
        """As `dataclasses.dataclass(frozen=True)`, for classes without `__slots__`."""
        if not frozen:
            raise TypeError("what is not frozen is made by dataclasses")
        return lambda made: _frozen(made, eq=eq)
