"""The plugin under its former address, for environments that were installed before it moved."""

from stemwright.pytest_plugin import pytest_load_initial_conftests, same_render

__all__ = ["pytest_load_initial_conftests", "same_render"]
