"""The report as what `render` adds to its folder; implements bridge.rendering.Pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bridge.rendering import Context, Rendering
from bridge.reporting.report import write_report
from bridge.reporting.sources import listen
from chains import Chain


class ReportPages:
    """report.html of one rendering; `references` are (kind, name, path) of what it is held to."""

    def __init__(
        self,
        context: Context,
        rendering: Rendering,
        chain: Chain,
        references: Sequence[tuple[str, str, Path]],
    ) -> None:
        self._context = context
        self._chain = chain
        self._heard = listen(context, rendering, references)

    def rows(self) -> Mapping[str, Any]:
        """What the page compares, named by content, for making it again."""
        return {"heard": [heard.as_json() for heard in self._heard]}

    def write(self, path: Path, record: Mapping[str, Any]) -> None:
        """Write the page."""
        write_report(
            path,
            record=record,
            chain=self._chain,
            engine=self._context.plan.engine,
            heard=self._heard,
            store=self._context.store,
            jobs=self._context.jobs,
        )
