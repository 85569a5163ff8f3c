"""The page of a diff: one HTML file that opens from disk, to look at and to listen to."""

from bridge.pages.diff.page import write_page

__all__ = ["write_page"]
