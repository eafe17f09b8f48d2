"""The tables of a report on what the messages of examined runs say and do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from acd_plugin.analysis.document import Section, Table, Text
from acd_plugin.analysis.scores import Cell

_WHOSE = ("environment", "group", "seed")
_INFLUENCES = ("in all", "through its mask", "through the policy")
_SUBJECTS = ("own observation", "own threat", "threat elsewhere")


def messages(cells: Sequence[Cell]) -> list[Section]:
    """Return a section on all runs that were examined; none where none was."""
    examined = list(_examined(cells))
    if not examined:
        return []
    told = (
        "Mutual information between a message and what its sender sees, whether the attacker holds "
        "a host of the sender, and whether it holds a host of another agent; in brackets what "
        "shuffled messages give by chance, and p. The whole analysis is in each run's "
        "communication.json."
    )
    tampered = "Changes of the return on the same games when messages are tampered with."
    effects, subjects = Table(_effects(examined)), Table(_subjects(examined))
    return [Section("Messages", [effects, Text(tampered), subjects, Text(told)])]


def _examined(cells: Sequence[Cell]) -> Iterator[tuple[list[str], Mapping[str, Any]]]:
    """Yield whose run it is and what was found."""
    for cell in cells:
        for score in cell.scores:
            path = score.run.folder.communication
            if path.exists():
                whose = [cell.environment, cell.group, str(score.run.columns["seed"])]
                yield whose, json.loads(path.read_text())


def _effects(examined: Sequence[tuple[list[str], Mapping[str, Any]]]) -> list[list[str]]:
    ablations = list(dict.fromkeys(name for _, found in examined for name in found["ablations"]))
    influences = [f"a flipped bit changes the action {how}" for how in _INFLUENCES]
    losses = [f"return if {name}" for name in ablations]
    rows = [[*_WHOSE, *influences, "send rate", *losses]]
    for whose, found in examined:
        changes = [found["ablations"].get(name, {}).get("change") for name in ablations]
        shares = [*found["influence"].values(), found["send_rate"]]
        told = ["" if change is None else f"{change:+.2f}" for change in changes]
        rows.append([*whose, *(f"{share:.3f}" for share in shares), *told])
    return rows


def _subjects(examined: Sequence[tuple[list[str], Mapping[str, Any]]]) -> list[list[str]]:
    subjects = [f"bits about {subject}" for subject in _SUBJECTS]
    rows = [[*_WHOSE, "sender", *subjects, "its tree is right in"]]
    for whose, found in examined:
        for number, agent in enumerate(found["agents"]):
            told = []
            for subject in _SUBJECTS:
                about = agent.get(f"about_{subject.replace(' ', '_')}")
                told.append(
                    "{bits:.3f} ({by_chance:.3f}), {p_value:.3f}".format(**about) if about else ""
                )
            tree = agent["tree"]
            fidelity = f"{tree['fidelity']:.0%} (constant: {tree['constant']:.0%})"
            rows.append([*whose, str(number), *told, fidelity])
    return rows
