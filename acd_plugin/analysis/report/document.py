"""A document of texts, tables and pictures, written as a web page and as Markdown."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_MARKS = re.compile(r"[\\`]|\](?=[(:\[])")  # what makes code of words, or a link


class Text(NamedTuple):
    """A paragraph."""

    words: str


class Code(NamedTuple):
    """Lines that are shown as they are."""

    lines: Sequence[str]


class Table(NamedTuple):
    """Rows of cells; the first row is the heading."""

    rows: Sequence[Sequence[str]]


class Picture(NamedTuple):
    """A PNG that also lies beside the document under its name."""

    name: str
    title: str
    content: bytes


class Section(NamedTuple):
    title: str
    blocks: Sequence[Text | Code | Table | Picture]


def markdown(title: str, sections: Sequence[Section]) -> str:
    """Return the document with its pictures as files beside it."""
    parts = [f"# {_plain(title)}"]
    for section in sections:
        parts.append(f"## {_plain(section.title)}")
        parts += [_markdown_block(block) for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def _markdown_block(block: Text | Code | Table | Picture) -> str:
    if isinstance(block, Text):
        return _plain(block.words)
    if isinstance(block, Code):
        lines = "\n".join(block.lines)
        longest = max(map(len, re.findall("`+", lines)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}\n{lines}\n{fence}"
    if isinstance(block, Picture):
        return f"![{_plain(block.title)}]({block.name})"
    heading, *rows = (
        " | ".join(_plain(cell).replace("|", "\\|") for cell in row) for row in block.rows
    )
    rule = "|".join("---" for _ in block.rows[0])
    return "\n".join([f"| {heading} |", f"|{rule}|", *(f"| {row} |" for row in rows)])


def _plain(words: str) -> str:
    """Return words that Markdown shows as they are: no HTML, links, pictures or code in them."""
    line = " ".join(words.split())
    return _MARKS.sub(r"\\\g<0>", escape(line, quote=False))


def html(title: str, sections: Sequence[Section]) -> str:
    """Return the document as a page that needs no other file."""
    body = "".join(
        f"<h2>{escape(section.title)}</h2>{''.join(_html_block(block) for block in section.blocks)}"
        for section in sections
    )
    return _PAGE.format(title=escape(title), body=body)


def _html_block(block: Text | Code | Table | Picture) -> str:
    if isinstance(block, Text):
        return f"<p>{escape(block.words)}</p>"
    if isinstance(block, Code):
        return f"<pre>{escape(chr(10).join(block.lines))}</pre>"
    if isinstance(block, Picture):
        data = base64.b64encode(block.content).decode()
        return f'<p><img alt="{escape(block.title)}" src="data:image/png;base64,{data}"></p>'
    heading, *rows = block.rows
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heading)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 15px/1.5 sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto }}
th, td {{ border-bottom: 1px solid #ccc; padding: .25rem .75rem .25rem 0; text-align: left }}
pre {{ background: #f4f4f4; padding: .75rem; overflow-x: auto }}
img {{ max-width: 100% }}
</style>
<h1>{title}</h1>{body}
</html>
"""
