"""The command line beside a farm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def run(command_line: Callable[..., Any]) -> Callable[..., Any]:
    from bridge.cli.app import app

    return command_line(app)
