"""Whether the packages that Python finds under our names are stemwright's own.

`bridge`, `chains` and `sessions` are words that projects use for their own packages, and the folder
a program starts in, or one that pytest adds, is searched before what is installed.
"""

import os
import sys

TYPE_CHECKING = False  # the command line imports this first: an interrupt must not meet an import
if TYPE_CHECKING:
    from types import ModuleType

    from stemwright.problems import Problem

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
"""The folder that holds `stemwright`, and the three packages beside it."""
PACKAGES = ("bridge", "chains", "sessions")
_HINT = (
    "rename it, or keep its folder off Python's path: leave it out of PYTHONPATH, start a program"
    " with `python -P`, tests with `pytest` instead of `python -m pytest`, and with"
    " --import-mode=importlib where a conftest.py lies beside it"
)


_versions: "dict[str, str]" = {}


def installed_version(distribution: str) -> str:
    """Return an installed distribution's version, looked up once: each time it costs a search.

    Raises importlib.metadata.PackageNotFoundError.
    """
    if distribution not in _versions:
        from importlib.metadata import version

        _versions[distribution] = version(distribution)
    return _versions[distribution]


def foreign_packages() -> "dict[str, str]":
    """What Python finds elsewhere under our packages' names: name to folder, or file."""
    found = {name: _place(name) for name in PACKAGES}
    return {
        name: place
        for name, place in found.items()
        if place and os.path.realpath(place) != os.path.realpath(os.path.join(HOME, name))  # noqa: PTH118
    }


def foreign_package_problems() -> "list[Problem]":
    """Return a problem `foreign_package` for each of `foreign_packages`."""
    from stemwright.problems import Problem

    return [
        Problem(
            "foreign_package",
            f"{place}: Python finds this in place of stemwright's own package {name!r}",
            {"file": place},
            hint=_HINT,
        )
        for name, place in foreign_packages().items()
    ]


def check_packages() -> None:
    """Raise MachineError where another package bears the name of one of ours."""
    if foreign_packages():
        from stemwright.problems import MachineError

        raise MachineError(foreign_package_problems())


def leave_out_working_folder() -> None:
    """Take the folder that `python -m` was started in off Python's path, unless we lie in it."""
    if not sys.flags.safe_path and sys.path and _is_working_folder(sys.path[0]):
        del sys.path[0]


def _is_working_folder(folder: str) -> bool:
    try:
        here = os.path.realpath(os.getcwd())  # noqa: PTH109
    except OSError:  # it was removed
        return folder == ""
    return os.path.realpath(folder) == here != os.path.realpath(HOME)


def _place(name: str) -> "str | None":
    module = sys.modules.get(name)
    origin, folders = _imported(module) if module is not None else _findable(name)
    if origin is None:
        return next(iter(folders), None)
    folder, file = os.path.split(origin)
    return folder if file.startswith("__init__.") else origin


def _imported(module: "ModuleType") -> "tuple[str | None, list[str]]":
    return getattr(module, "__file__", None), [*getattr(module, "__path__", ())]


def _findable(name: str) -> "tuple[str | None, list[str]]":
    for finder in sys.meta_path:
        spec = finder.find_spec(name, None)
        if spec is not None:
            return (
                spec.origin if spec.has_location else None,
                [*(spec.submodule_search_locations or ())],
            )
    return None, []
