"""Gives the site a page for everything that the documents link to outside ``docs/``.

The documents link to sources, examples and settings where they lie in the repository. So that the
site is whole by itself, README is its first page, and each of those files a page that shows it.
MkDocs calls `on_files` once and `on_page_markdown` for every page (`hooks` in mkdocs.yml).
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
_LINK = re.compile(r"(?<=\]\()([^)#:\s]+)(?=(?:#[^)]*)?\))")
_LANGUAGES = {".py": "python", ".yaml": "yaml", ".sh": "sh", ".toml": "toml"}
_EXCLUDED = "docs/results/report/report.md"  # its address would be that of report.html beside it


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add README, and what it and the documents link to, and what that links to."""
    from mkdocs.structure.files import File  # noqa: PLC0415  (tests read this file without MkDocs)

    waiting = ["README.md", *(f"docs/{page.src_uri}" for page in files.documentation_pages())]
    seen = set(waiting)
    while waiting:
        name = waiting.pop()
        address = address_of(name)
        if files.get_file_from_path(address) is None:
            files.append(File.generated(config, address, content=text_of(name)))
        if name.endswith(".md"):
            new = {target for target in targets_of(name) if target not in seen}
            waiting += sorted(target for target in new if is_outside(target))
            seen |= new
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point a page's links at the pages that stand for the files."""
    del config, files
    here = page.file.src_uri
    return _LINK.sub(lambda link: relative(link[0], here), markdown)


def relative(link: str, address: str) -> str:
    """A link as it stands in the repository's file, from the page with that address."""
    target = address_of(resolved(link, name_of(address)))
    return posixpath.relpath(target, posixpath.dirname(address) or ".")


def targets_of(name: str) -> set[str]:
    """What a document links to: files and folders by their paths in the repository."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {resolved(link, name) for link in _LINK.findall(text)}


def resolved(link: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), link))


def is_outside(name: str) -> bool:
    """Whether MkDocs does not find a file by itself."""
    return not name.startswith("docs/") or name == _EXCLUDED


def address_of(name: str) -> str:
    """The page, as a path below ``docs/``, of a file or folder of the repository."""
    if name == "README.md":
        return "index.md"
    if not is_outside(name):
        return name.removeprefix("docs/")
    if (ROOT / name).is_dir():
        return f"repository/{name}/index.md"
    return f"repository/{name}" if name.endswith(".md") else f"repository/{name}.md"


def name_of(address: str) -> str:
    """The file or folder whose page has this address."""
    if address == "index.md":
        return "README.md"
    if not address.startswith("repository/"):
        return f"docs/{address}"
    name = address.removeprefix("repository/")
    if name.endswith("/index.md"):
        return name.removesuffix("/index.md") + "/."  # links start inside the folder
    return name if (ROOT / name).exists() else name.removesuffix(".md")


def text_of(name: str) -> str:
    """What a page shows: a document itself, a file as code, a folder as a list of its files."""
    path = ROOT / name
    if path.is_dir():
        files = sorted(file.name for file in path.iterdir() if file.is_file())
        return f"# `{name}`\n\n" + "\n".join(f"- `{file}`" for file in files) + "\n"
    text = path.read_text(encoding="utf-8")
    if name.endswith(".md"):
        return text
    return f"# `{name}`\n\n````{_LANGUAGES.get(path.suffix, 'text')}\n{text}````\n"
