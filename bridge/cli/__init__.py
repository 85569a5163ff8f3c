"""The command line, one file a command."""

from bridge.cli.app import main

__all__ = ["main"]
