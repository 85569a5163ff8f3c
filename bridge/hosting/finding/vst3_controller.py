"""What a VST3's edit controller says of its parameters, inside a worker child.

VST 3 SDK, pluginterfaces/vst/ivsteditcontroller.h: a component is its own controller, or names the
class of one. Hosts keep parameters from 0 to 1; a session may hold them in the plugin's own
units, which the controller alone turns into those (plainParamToNormalized).
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, byref, c_char_p, c_double, c_int32, c_uint32, c_void_p
from typing import Any

from bridge.hosting.answers import ControllerAnswer, OwnParameter, Refused, Tell
from bridge.hosting.finding.vst3_factory import interface_id, method, opened_factory
from bridge.hosting.jobs import Controller
from stemwright.problems import Problem

_OK = 0
_COMPONENT = "E831FF31-F2D5-4301-928E-BBEE25697802"
_CONTROLLER = "DCD7BBE3-7742-448D-A874-AACC979C759E"
_LETTERS = ctypes.c_uint16 * 128

# The order of methods in the vtables: FUnknown, IPluginFactory, IPluginBase, IComponent,
# IEditController.
_QUERY, _CREATE, _INITIALIZE, _CONTROLLER_CLASS = 0, 6, 3, 5
_COUNT, _INFO, _NORMALIZED = 8, 9, 13


class _Info(Structure):
    _fields_ = (
        ("id", c_uint32),
        ("title", _LETTERS),
        ("short_title", _LETTERS),
        ("units", _LETTERS),
        ("steps", c_int32),
        ("default", c_double),
        ("unit", c_int32),
        ("flags", c_int32),
    )


def controller(job: Controller, tell: Tell) -> ControllerAnswer:
    """List the parameters of the class `job.class_id`, and turn `job.plain` into 0 to 1."""
    factory = opened_factory(job.bundle, job.binary, tell)
    tell("making its controller")
    made = _controller(factory, interface_id(job.class_id))
    tell("reading its parameters")
    parameters = tuple(_parameter(made, at) for at in range(method(made, _COUNT)(made)))
    normalized = method(made, _NORMALIZED, c_uint32, c_double, gives=c_double)
    raw = (
        tuple(float(normalized(made, int(own), value)) for value in values)
        for own, values in job.plain
    )
    return ControllerAnswer(parameters, tuple(raw))


def _controller(factory: int, class_id: bytes) -> int:
    component = _created(factory, class_id, _COMPONENT)
    _initialize(component)
    own = c_void_p()
    query = method(component, _QUERY, c_char_p, POINTER(c_void_p))
    if query(component, interface_id(_CONTROLLER), byref(own)) == _OK and own.value:
        return int(own.value)
    named = ctypes.create_string_buffer(16)
    if method(component, _CONTROLLER_CLASS, c_void_p)(component, byref(named)) != _OK:
        raise _nothing("it names no controller")
    made = _created(factory, named.raw, _CONTROLLER)
    _initialize(made)
    return made


def _created(factory: int, class_id: bytes, interface: str) -> int:
    made = c_void_p()
    create: Any = method(factory, _CREATE, c_char_p, c_char_p, POINTER(c_void_p))
    if create(factory, class_id, interface_id(interface), byref(made)) != _OK or not made.value:
        raise _nothing("its factory makes none")
    return int(made.value)


def _initialize(made: int) -> None:
    if method(made, _INITIALIZE, c_void_p)(made, None) != _OK:
        raise _nothing("it does not begin without a host behind it")


def _nothing(why: str) -> Refused:
    return Refused(Problem("plugin_unloadable", f"its parameters cannot be read: {why}"))


def _parameter(made: int, at: int) -> OwnParameter:
    info = _Info()
    if method(made, _INFO, c_int32, POINTER(_Info))(made, at, byref(info)) != _OK:
        raise _nothing(f"not the one at {at}")
    letters = bytes(info.title).decode("utf-16-le", "replace")
    return OwnParameter(str(info.id), letters.split("\0", 1)[0])
