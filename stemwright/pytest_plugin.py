"""pytest: the fixture `assert_same_render` and the option `--update-golden`.

pytest loads this in every project of an environment that stemwright is installed in, so it loads
nothing else of it until the fixture is used, and takes no option from those projects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bridge.comparing import Limits

OPTION = "--update-golden"


@pytest.hookimpl(hookwrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Iterator[None]:
    """Add `--update-golden`, unless a conftest or another plugin has it: then theirs is for both.

    Only here are those conftests loaded that may add options. pytest refuses to start where an
    option is added twice, and many projects have one of this name.
    """
    yield
    if not _is_taken(parser):
        parser.getgroup("stemwright").addoption(
            OPTION,
            action="store_true",
            default=False,
            help="assert_same_render writes its goldens instead of comparing with them",
        )


def _is_taken(parser: pytest.Parser) -> bool:
    try:
        _, unknown = parser.parse_known_and_unknown_args([OPTION])
    except pytest.UsageError:  # it is known, and wants a value
        return True
    return OPTION not in unknown


@pytest.fixture(name="assert_same_render")
def same_render(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Return `check(path, golden, limits=Limits())`: fails the test unless both sound the same."""
    update = bool(request.config.getoption(OPTION))

    def check(path: Path | str, golden: Path | str, limits: Limits | None = None) -> None:
        _check_packages()
        from bridge.comparing import Limits, assert_same_render  # scipy, only where it is used

        assert_same_render(path, golden, Limits() if limits is None else limits, update=update)

    return check


def _check_packages() -> None:
    from stemwright.installation import foreign_package_problems

    told = [f"{each.message}\n  what to do: {each.hint}" for each in foreign_package_problems()]
    if told:
        pytest.fail("\n".join(told), pytrace=False)
