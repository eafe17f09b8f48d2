"""The tables of a report on what the messages of examined runs say and do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from acd_plugin.analysis.report.document import Code, Section, Table, Text
from acd_plugin.analysis.report.scores import Cell
from acd_plugin.tracking.run_folder import read_json

_WHOSE = ("environment", "group", "seed")
_INFLUENCES = ("in all", "through its mask", "through the policy")
_SUBJECTS = ("own observation", "own threat", "threat elsewhere")
_EVENT = ("what the sender sees", "steps seen", "send rate then", "send rate otherwise")
Rows = list[list[str]]


class Examined(NamedTuple):
    """A run whose messages were examined."""

    whose: list[str]  # as `_WHOSE`
    found: Mapping[str, Any]  # its communication.json


def examined_runs(cells: Sequence[Cell]) -> list[Examined]:
    """Return the runs whose last policies `communication` has examined."""
    examined = []
    for cell in cells:
        for score in cell.scores:
            path = score.run.folder.communication
            found = read_json(path) if path.exists() else {}
            if found.get("checkpoint") == f"{score.run.last_checkpoint}.pt":
                whose = [cell.environment, cell.group, str(score.run.columns["seed"])]
                examined.append(Examined(whose, found))
    return examined


def messages(examined: Sequence[Examined]) -> Section:
    """Return what these runs' messages do and tell."""
    told = (
        "Mutual information between a message and what its sender sees, whether the attacker holds "
        "a host of the sender, and whether it holds a host of another agent; in brackets what "
        "shuffled messages give by chance, and p. The whole analysis is in each run's "
        "communication.json."
    )
    tampered = (
        "Send rate when allowed: of the steps when the gate lets an agent speak; at 1 it is the "
        "gate that decides what is told, and nothing was learned about when to speak. Return per "
        "message: the return divided by the bits sent. Return if: its change on the same games "
        "when messages are tampered with."
    )
    explained = (
        "When messages are sent, for the first run of every group: the send rate with and without "
        "each bit of the sender's observation that was ever seen, the most telling first, and a "
        "decision tree. All runs are in message_events.csv."
    )
    does, tells = Table(effects(examined)), Table(subjects(examined))
    blocks = [does, Text(tampered), tells, Text(told), Text(explained), *_when_sent(examined)]
    return Section("Messages", blocks)


def _when_sent(examined: Sequence[Examined]) -> list[Text | Table | Code]:
    """Return, for the first run of every group, what says when its agents send."""
    first: dict[tuple[str, ...], Examined] = {}
    for run in examined:
        first.setdefault(tuple(run.whose[:-1]), run)
    blocks: list[Text | Table | Code] = []
    for (*group, seed), found in first.values():
        for number, agent in enumerate(found["agents"]):
            blocks.append(Text(f"When agent {number} sends: {', '.join(group)}, seed {seed}"))
            seen = [event for event in agent["events"] if event["seen"]]
            blocks.append(Table([_EVENT, *map(_told, sorted(seen, key=_difference, reverse=True))]))
            blocks.append(Code(agent["tree"]["rules"].rstrip().splitlines()))
    return blocks


def _difference(event: Mapping[str, Any]) -> float:
    """Return how far a bit that was seen moves the send rate; 0 if it was never missing."""
    otherwise = event["rate_otherwise"]
    return 0.0 if otherwise is None else abs(event["rate_when_seen"] - otherwise)


def _told(event: Mapping[str, Any]) -> list[str]:
    """Return the row of an event, as `_EVENT`."""
    rates = (event["rate_when_seen"], event["rate_otherwise"])
    return [event["name"], str(event["seen"]), *(_unless_none(rate, ".3f") for rate in rates)]


def _unless_none(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def effects(examined: Sequence[Examined]) -> Rows:
    """Return whom the messages of each run move, and what they are worth."""
    ablations = list(dict.fromkeys(name for run in examined for name in run.found["ablations"]))
    influences = [f"a flipped bit changes the action {how}" for how in _INFLUENCES]
    said = ["send rate", "... when allowed", "bits per episode", "return per message"]
    rows = [[*_WHOSE, *said, *influences, *(f"return if {name}" for name in ablations)]]
    for whose, found in examined:
        worth, allowed = found["return_per_message"], found.get("send_rate_when_allowed")
        changes = [found["ablations"].get(name, {}).get("change") for name in ablations]
        rows.append(
            [
                *(*whose, f"{found['send_rate']:.3f}"),
                _unless_none(allowed, ".3f"),
                f"{found['bits_per_episode']:.2f}",
                _unless_none(worth, ".3f"),
                *(f"{share:.3f}" for share in found["influence"].values()),
                *(_unless_none(change, "+.2f") for change in changes),
            ]
        )
    return rows


def subjects(examined: Sequence[Examined]) -> Rows:
    """Return what the messages of each sender tell, in bits."""
    rows = [[*_WHOSE, "sender", *(f"bits about {name}" for name in _SUBJECTS), "its tree is right"]]
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


def events(examined: Sequence[Examined]) -> Rows:
    """Return how sending goes with what each sender sees."""
    rows = [[*_WHOSE, "sender", *_EVENT]]
    for whose, found in examined:
        for number, agent in enumerate(found["agents"]):
            rows += [[*whose, str(number), *_told(event)] for event in agent["events"]]
    return rows
