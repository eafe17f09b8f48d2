"""What all pictures share: their files, the look of a group, a legend that hides nothing."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

FORMATS = ("png", "pdf", "svg")
# Okabe and Ito (2008), which people with any kind of colour vision tell apart; less the yellow,
# which white paper swallows.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_LONGEST_NAME = 120  # letters
_ROWS, _ROW = 3, 0.19  # of a legend, for which there is room; inches for each further one
_LINES = ("-", "--", ":", "-.")
_SAVED: Any = {
    "pdf.fonttype": 42,  # TrueType: journals refuse Type 3
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "acd_plugin",  # the same picture gives the same bytes
}
# Without the time, so that the same runs give the same bytes.
_METADATA: dict[str, dict[str, None]] = {
    "png": {},
    "pdf": {"CreationDate": None},
    "svg": {"Date": None},
}
_CREATOR = {"png": "Software", "pdf": "Creator", "svg": "Creator"}


class Drawing(NamedTuple):
    """A picture that can be written in any of `FORMATS`."""

    figure: Any

    def saved(self, kind: str, creator: str | None = None) -> bytes:
        """Return the content of a file of this kind, which may say who made it."""
        from matplotlib import rc_context  # noqa: PLC0415

        content = io.BytesIO()
        metadata = {**_METADATA[kind], **({_CREATOR[kind]: creator} if creator else {})}
        with rc_context(_SAVED):
            self.figure.savefig(content, format=kind, metadata=metadata)
        return content.getvalue()

    def files(self) -> dict[str, bytes]:
        """Return the contents of the files of all kinds."""
        return {kind: self.saved(kind) for kind in FORMATS}


class Styles:
    """The look of each group: the same, and in the same order, in all pictures."""

    def __init__(self, groups: Sequence[str], looks: Mapping[str, str] | None = None) -> None:
        """``looks`` says of groups as which one they look, if not as themselves."""
        named = [looks[group] if looks else group for group in groups]
        places = {look: place for place, look in enumerate(dict.fromkeys(named))}
        self._places = {group: places[look] for group, look in zip(groups, named, strict=True)}

    def in_order(self, groups: Mapping[str, object]) -> list[str]:
        """Return these groups as legends list them."""
        return sorted(groups, key=lambda group: self._places[group])

    def of(self, group: str) -> dict[str, str]:
        """Return colour and line of a group."""
        place = self._places[group]
        line = _LINES[place // len(COLOURS) % len(_LINES)]
        return {"color": COLOURS[place % len(COLOURS)], "linestyle": line}


def empty(height: float) -> tuple[Any, Any]:
    """Return a figure of so many inches, and its axes."""
    # Slow to load, and only needed here. The object interface needs no display.
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8, height), layout="constrained", dpi=120)
    return figure, figure.add_subplot()


def finished(figure: Any, axes: Any, inside: Sequence[Any] = ()) -> Drawing:
    """Give a picture its grid and, below it where it hides nothing, its legend.

    ``inside`` are parts that need no room beside the axes.
    """
    axes.grid(alpha=0.3)
    handles, names = axes.get_legend_handles_labels()
    longest = max(map(len, names))
    columns = max(1, min(len(names), 110 // (longest + 8)))
    rows = math.ceil(len(names) / columns)
    figure.set_figheight(figure.get_figheight() + _ROW * max(0, rows - _ROWS))
    figure.legend(
        handles,
        names,
        loc="outside lower center",
        ncols=columns,
        frameon=False,
        fontsize="small",
    )
    return placed(figure, inside)


def placed(figure: Any, inside: Sequence[Any] = ()) -> Drawing:
    """Let everything in a picture find its place once, and not again for each of its files.

    Parts ``inside`` the axes, which may be thousands of lines, are left out of that.
    """
    for part in inside:
        part.set_visible(False)
    figure.draw_without_rendering()
    figure.set_layout_engine(None)
    for part in inside:
        part.set_visible(True)
    return Drawing(figure)


def words(name: str) -> str:
    """Return a name as words: no formula, and none of those that a legend leaves out."""
    words = " ".join(name.split())[:_LONGEST_NAME].replace("$", r"\$")
    return f" {words}" if words.startswith("_") else words
