"""pytest: the fixture `assert_same_render` and the option `--update-golden`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bridge.comparing import Limits


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`."""
    parser.getgroup("stemwright").addoption(
        "--update-golden",
        action="store_true",
        default=False,
        help="assert_same_render writes its goldens instead of comparing with them",
    )


@pytest.fixture(name="assert_same_render")
def same_render(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Return `check(path, golden, limits=Limits())`: fails the test unless both sound the same."""
    update = bool(request.config.getoption("--update-golden"))

    def check(path: Path | str, golden: Path | str, limits: Limits | None = None) -> None:
        from bridge.comparing import Limits, assert_same_render  # scipy, only where it is used

        assert_same_render(path, golden, Limits() if limits is None else limits, update=update)

    return check
