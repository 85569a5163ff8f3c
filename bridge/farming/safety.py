"""What a process of the farm takes from the network: this tool's own operations, and nothing else.

Dask sends functions pickled and has calls that run any code. Here a pickle may name only what a
task of ours is made of, and a server answers only the calls that those need.
"""

from __future__ import annotations

import builtins
import io
import pickle
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import distributed.protocol.pickle
from distributed.core import Server

OPERATIONS = ("prepare_there", "run_there")
_PLAIN = ("bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str")
_NAMES = {
    *(("builtins", name) for name in _PLAIN),
    ("dask._expr", "Expr._reconstruct"),
    ("dask._expr", "LLGExpr"),
    ("dask._task_spec", "Alias"),
    ("dask._task_spec", "DataNode"),
    ("dask._task_spec", "Task"),
    *(("tblib", name) for name in ("Code", "Frame", "Traceback")),
    ("tblib.pickling_support", "unpickle_exception_with_attrs"),
    ("tblib.pickling_support", "unpickle_traceback"),
    ("distributed.client", "FutureCancelledError"),
    ("distributed.comm.core", "CommClosedError"),
    ("distributed.scheduler", "KilledWorker"),
    ("distributed.scheduler", "NoValidWorkerError"),
    ("distributed.scheduler", "WorkerState"),
    ("distributed.exceptions", "Reschedule"),
    *(("bridge.farming.operations", name) for name in OPERATIONS),
}
_CALLS = {
    "connection_stream",
    "echo",
    "free_keys",
    "gather",
    "get_data",
    "heartbeat_worker",
    "identity",
    "keys",
    "ping",
    "register-client",
    "register-worker",
    "unregister",
    "versions",
    "who_has",
}


class ForeignCodeError(pickle.UnpicklingError):
    """A message that names code which is no operation of this tool."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _NAMES or _is_error(module, name):
            return super().find_class(module, name)
        raise ForeignCodeError(f"{module}.{name} is no operation of stemwright")


def _is_error(module: str, name: str) -> bool:
    found = getattr(builtins, name, None) if module == "builtins" else None
    return isinstance(found, type) and issubclass(found, Exception)


def _loads(data: Any, *, buffers: Iterable[Any] = ()) -> Any:
    return _Unpickler(io.BytesIO(bytes(data)), buffers=buffers).load()


def guard_process() -> None:
    """From now on this process unpickles for Dask what tasks of ours are made of alone."""
    names = {name: getattr(pickle, name) for name in ("Pickler", "dumps", "HIGHEST_PROTOCOL")}
    vars(distributed.protocol.pickle)["pickle"] = SimpleNamespace(loads=_loads, **names)


def guard_server(server: Server, own: Iterable[str]) -> None:
    """Take from a server every call but those that tasks need, and its `own` of ours."""
    kept = _CALLS.union(own)
    for name in [each for each in server.handlers if each not in kept]:
        del server.handlers[name]
