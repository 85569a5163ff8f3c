"""Numbers and elements as the page shows them."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

_NOTHING = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"


def figure(value: float | None, digits: int = 1, unit: str = "") -> str:
    """A number with a real minus sign and its unit; a dash where there is none."""
    if value is None or math.isnan(value):
        return _NOTHING
    said = "\N{INFINITY}" if math.isinf(value) else f"{abs(value):.{digits}f}"
    negative = value < 0.0 and (math.isinf(value) or float(said) != 0.0)
    return (_MINUS if negative else "") + said + (f" {unit}" if unit else "")


def change(value: float | None, digits: int = 2, unit: str = "") -> str:
    """The same with a plus sign for what goes up."""
    said = figure(value, digits, unit)
    return f"+{said}" if value is not None and round(value, digits) > 0.0 else said


def clock(seconds: float) -> str:
    """Minutes and seconds to the hundredth: 1:05.20."""
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000}:{hundredths % 6000 / 100:05.2f}"


def tag(name: str, content: str, **attributes: str) -> str:
    """An element around `content`, which is HTML already; `class_` is `class`."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{said}>{content}</{name}>"


def text(value: object) -> str:
    """Plain text as HTML."""
    return html.escape(str(value))


def table(head: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> str:
    """A table of plain words; the first of every row is its heading."""
    top = tag("tr", "".join(tag("th", text(each), scope="col") for each in head))
    body = "".join(
        tag(
            "tr",
            tag("th", text(row[0]), scope="row")
            + "".join(tag("td", text(each)) for each in row[1:]),
        )
        for row in rows
    )
    whole = tag("table", tag("thead", top) + tag("tbody", body))
    return tag("div", whole, class_="wide-table", tabindex="0", role="region", aria_label=name)
