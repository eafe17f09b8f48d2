"""A document of texts, tables and pictures, written as a web page and as Markdown."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import BinaryIO, NamedTuple

from acd_plugin.analysis.report.wide_tables import split

# What makes of words code, emphasis, formulas or a link; "_" within a name does not.
_MARKS = re.compile(r"[\\`*$~]|(?<![^\W_])_|_(?![^\W_])|\](?=[(:\[])")

_GENERATOR = '<meta name="generator" content="acd-plugin">'  # by which a page is known as ours
_GENERATOR_BEFORE = "body { font: 15px/1.5 sans-serif; max-width: 70rem"  # up to 0.2
_HEAD = 2000  # bytes, in which one of them stands
_LONGEST_NAME = 150  # of a file, in letters
# A number, which an interval may follow or enclose: "-1.50 (-2.00 to -1.00)".
_NUMBER = re.compile(r"\[?[-+]?\d[\d,]*(\.\d+)?(e[-+]?\d+)?[%*]?( \(.*\)| to [-+]?[\d.,]+)?\]?")
_NOTHING = ("", "not run", "never", "unknown", "None")  # beside numbers


class Text(NamedTuple):
    """A paragraph."""

    words: str


class Code(NamedTuple):
    """Lines that are shown as they are."""

    lines: Sequence[str]


class Table(NamedTuple):
    """Rows of cells; the first row is the heading. Wide ones are shown in parts."""

    rows: Sequence[Sequence[str]]
    labels: int = 1  # columns that say what a row is about, which every part has


class Picture(NamedTuple):
    """A picture that also lies beside the document, in files ``NAME.KIND``."""

    name: str
    title: str
    kinds: Mapping[str, bytes]  # "png", which the page shows, and others

    def files(self) -> dict[str, bytes]:
        return {f"{self.name}.{kind}": content for kind, content in self.kinds.items()}


def file_names(titles: Sequence[str]) -> dict[str, str]:
    """Return for each title what a file about it may be called, no two alike."""
    files: dict[str, str] = {}
    for title in titles:
        file = re.sub("[^A-Za-z0-9.=-]+", "_", title)[:_LONGEST_NAME]
        while file in files.values():
            file += "_"
        files[title] = file
    return files


Block = Text | Code | Table | Picture


class Section(NamedTuple):
    title: str
    blocks: Sequence[Block]


def markdown(title: str, sections: Sequence[Section]) -> str:
    """Return the document with its pictures as files beside it."""
    contents = [f"- [{_linked(section.title)}](#{_anchor(section.title)})" for section in sections]
    parts = [f"# {_plain(title)}", "\n".join(contents)]
    for section in sections:
        parts.append(f"## {_plain(section.title)}")
        parts += [_markdown_block(block) for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def _linked(title: str) -> str:
    """Return a title as the words of a link, which no bracket may end."""
    return _plain(re.sub(r"[\[\]]", " ", title))


def _anchor(title: str) -> str:
    """Return the name of a heading in a link, as those who show Markdown make it."""
    return re.sub(r"[^\w\- ]", "", " ".join(title.lower().split())).replace(" ", "-")


def _markdown_block(block: Block) -> str:
    if isinstance(block, Text):
        return _plain(block.words)
    if isinstance(block, Code):
        lines = "\n".join(block.lines)
        longest = max(map(len, re.findall("`+", lines)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}\n{lines}\n{fence}"
    if isinstance(block, Picture):
        others = [f"[{kind.upper()}]({block.name}.{kind})" for kind in block.kinds if kind != "png"]
        return "\n\n".join(
            [f"![{_plain(block.title)}]({block.name}.png)", " ".join(others)]
        ).rstrip()
    return "\n\n".join(_markdown_table(part) for part in split(block.rows, block.labels))


def _markdown_table(rows: Sequence[Sequence[str]]) -> str:
    heading, *others = (
        " | ".join(_plain(cell).replace("|", "\\|") for cell in row) for row in rows
    )
    rule = "|".join("---" for _ in rows[0])
    return "\n".join([f"| {heading} |", f"|{rule}|", *(f"| {row} |" for row in others)])


def _plain(words: str) -> str:
    """Return words that Markdown shows as they are: no HTML, links, pictures or code in them."""
    line = " ".join(words.split())
    return _MARKS.sub(r"\\\g<0>", escape(line, quote=False))


def html(title: str, sections: Sequence[Section]) -> str:
    """Return the document as a page that needs no other file."""
    contents = "".join(
        f'<li><a href="#{_anchor(section.title)}">{escape(section.title)}</a></li>'
        for section in sections
    )
    body = "".join(
        f'<h2 id="{_anchor(section.title)}">{escape(section.title)}</h2>'
        f"{''.join(_html_block(block) for block in section.blocks)}"
        for section in sections
    )
    return _PAGE.format(generator=_GENERATOR, title=escape(title), contents=contents, body=body)


def is_html(file: BinaryIO) -> bool:
    """Return whether a file was made by `html`."""
    head = file.read(_HEAD).decode(errors="replace")
    return head.startswith("<!doctype html>") and (_GENERATOR in head or _GENERATOR_BEFORE in head)


def _html_block(block: Block) -> str:
    if isinstance(block, Text):
        return f"<p>{escape(block.words)}</p>"
    if isinstance(block, Code):
        return f"<pre>{escape(chr(10).join(block.lines))}</pre>"
    if isinstance(block, Picture):
        data = base64.b64encode(block.kinds["png"]).decode()
        return f'<p><img alt="{escape(block.title)}" src="data:image/png;base64,{data}"></p>'
    return "".join(_html_table(part, block.labels) for part in split(block.rows, block.labels))


def _html_table(rows: Sequence[Sequence[str]], labels: int) -> str:
    columns = list(zip(*rows[1:], strict=True)) or [()] * len(rows[0])
    looks = [
        ' class="number"' if place >= labels and _are_numbers(column) else ""
        for place, column in enumerate(columns)
    ]
    heading, *others = (
        "".join(
            f"<{tag}{look}>{escape(cell)}</{tag}>" for look, cell in zip(looks, row, strict=True)
        )
        for tag, row in zip(["th", *["td"] * (len(rows) - 1)], rows, strict=True)
    )
    return f"<table><tr>{heading}</tr>{''.join(f'<tr>{row}</tr>' for row in others)}</table>"


def _are_numbers(column: Sequence[str]) -> bool:
    told = [cell for cell in column if cell not in _NOTHING]
    return bool(told) and all(_NUMBER.fullmatch(cell) for cell in told)


_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8">{generator}<title>{title}</title>
<style>
body {{ font: 15px/1.5 sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto }}
th, td {{ border-bottom: 1px solid #ccc; padding: .25rem .75rem .25rem 0; text-align: left }}
.number {{ text-align: right; font-variant-numeric: tabular-nums }}
pre {{ background: #f4f4f4; padding: .75rem; overflow-x: auto }}
img {{ max-width: 100% }}
</style>
<h1>{title}</h1><nav><ul>{contents}</ul></nav>{body}
</html>
"""
