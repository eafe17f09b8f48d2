"""Documents are true of the files: links, paths, commands; and say words before their letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from tests.documents.pages import PAGES, blocks_of, name_of
from tests.house.source import PACKAGE, ROOT

SPELLED_OUT = {"SAU": "Strategic Action Unmasking (SAU)"}
# Pages and files that are promised and not there yet.
MISSING: set[str] = set()


def test_links_lead_somewhere() -> None:
    found = {
        (name_of(page), name_of((page.parent / target).resolve()))
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    }
    lost = {(page, name) for page, name in found if not (ROOT / name).exists()}
    assert {(page, name) for page, name in lost if name not in MISSING} == set()


def test_the_map_names_files_that_are_there() -> None:
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/]+\.py|[\w/]+/)`", text))
    found = {name for name in named if (PACKAGE / name).exists() or (ROOT / name).exists()}
    assert {f"acd_plugin/{name}" for name in named - found} <= MISSING


def test_pages_name_files_that_are_there() -> None:
    """Files of the repository by their whole path, wherever they stand."""
    path = re.compile(
        r"(?<![\w/.])((?:acd_plugin|benchmarks|config|docs|examples|tests)/[\w./-]+\w)"
    )
    named = {
        (name_of(page), name)
        for page in PAGES
        for name in path.findall(page.read_text(encoding="utf-8"))
    }
    assert {(page, name) for page, name in named if not (ROOT / name).exists()} == set()


def test_every_benchmark_says_what_it_tells_and_needs() -> None:
    table = (ROOT / "benchmarks/README.md").read_text()
    files = {path.name for path in (ROOT / "benchmarks").iterdir() if path.suffix in (".py", ".sh")}
    assert files == set(re.findall(r"`(\w+\.(?:py|sh))`", table))


def test_abbreviations_of_our_own_are_spelled_out_first() -> None:
    plans = [*ROOT.glob("config/**/*.yaml"), *ROOT.glob("experiments/*.yaml")]
    unexplained = {}
    for path in [*PAGES, *plans]:
        text = re.sub(r"\s*\n#?\s*", " ", path.read_text(encoding="utf-8"))
        for letters, words in SPELLED_OUT.items():
            first = re.search(rf"\b{letters}\b.?", text)
            if first is not None and not text[: first.end()].endswith(words):
                unexplained[name_of(path)] = text[: first.end()][-60:]
    assert unexplained == {}


def test_the_site_shows_every_page() -> None:
    """Those below `docs/`; what else is in it the site's hook adds."""
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    shown = {f"docs/{name}" for name in leaves(site["nav"]) if not name.startswith("repository/")}
    pages = {name_of(page) for page in PAGES if page.is_relative_to(ROOT / "docs")}
    assert shown - {"docs/index.md"} == pages, "pages stand under `nav` in mkdocs.yml"


def test_every_block_of_commands_is_run_or_says_why_not() -> None:
    """What `tests/documents` cannot run has a title: "Needs a GPU", "Takes an hour"."""
    unread, untold = [], []
    for page in PAGES:
        blocks = [block for block in blocks_of(page) if block.is_commands or block.is_file]
        fences = re.findall(r"^\s*```(?:sh|bash|shell|console)\b", page.read_text(), re.MULTILINE)
        if len(fences) > sum(block.language in ("sh", "bash") for block in blocks):
            unread.append(name_of(page))
        untold += [
            (name_of(page), block.text.splitlines()[0])
            for block in blocks
            if block.is_commands and not block.is_run and not block.says_why_not
        ]
    assert unread == [], 'fences that are not ```sh or ```sh title="..."'
    assert untold == [], 'titles that are not "Needs ..." or "Takes ..."'


def leaves(nav: object) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for inner in nav.values():
            yield from leaves(inner)
    elif isinstance(nav, list):
        for inner in nav:
            yield from leaves(inner)


def test_readme_has_the_commands_that_are_promised() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^python3 -m venv .*$", text, re.MULTILINE)
    assert len(commands) == 2
    assert all("pip install -c constraints.txt" in command for command in commands)
    assert commands[0].endswith(" && python main.py watch 1")  # a picture, in minutes
    assert "\npython main.py --config=dial --env-config=cyborg_large\n" in text
    assert commands[1].endswith("python -m pytest -n auto")  # the one that .ci/run looks for
    assert "python -m pytest -n auto --all" in text


def test_the_version_is_the_same_everywhere() -> None:
    version = re.search(r'__version__ = "(.+)"', (PACKAGE / "__init__.py").read_text())
    assert version is not None
    assert f"\nversion: {version[1]}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert version[1] in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
