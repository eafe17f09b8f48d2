"""The tables of a report on what the messages of examined runs say and do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from acd_plugin.analysis.messages.content import Event, Information
from acd_plugin.analysis.messages.examination import Examination, Sender, read_examination
from acd_plugin.analysis.report.document import Code, Section, Table, Text
from acd_plugin.analysis.report.scores import Cell
from acd_plugin.configuration.layers import Config
from acd_plugin.errors import UserError

_WHOSE = ["environment", "group", "seed"]
_EVENT = ["what the sender sees", "steps seen", "send rate then", "send rate otherwise"]
Rows = list[list[str]]


class Examined(NamedTuple):
    """A run whose messages were examined."""

    whose: list[str]  # as `_WHOSE`
    found: Examination
    has_gate: bool = True  # which lets agents speak, or not


def examined_runs(cells: Sequence[Cell]) -> tuple[list[Examined], list[str]]:
    """Return the runs whose last policies `communication` has examined, and the problems."""
    examined, problems = [], []
    for cell in cells:
        for score in cell.scores:
            try:
                found = read_examination(score.run.folder)
            except UserError as error:
                problems.append(str(error))
                continue
            if found and found.checkpoint == f"{score.run.last_checkpoint}.pt":
                whose = [cell.environment, cell.group, str(score.run.seed)]
                examined.append(Examined(whose, found, _has_gate(score.run.config, found)))
    return examined, problems


def _has_gate(config: Config, found: Examination) -> bool:
    """Whether the environment has a gate, by its setting or, without one, by what was found."""
    known = found.send_rate_when_allowed is not None
    return bool(config.get("env_args", {}).get("comm_gate", known))


def messages(examined: Sequence[Examined]) -> Section:
    """Return what these runs' messages do and tell."""
    told = (
        "Mutual information between a message and what its sender sees, whether the attacker holds "
        "a host of the sender, and whether it holds a host of another agent; in brackets what "
        "shuffled messages give by chance, and p. The whole analysis is in each run's "
        "communication.json."
    )
    gated = (
        "Send rate when allowed: of the steps when the gate lets an agent speak; at 1 it is the "
        "gate that decides what is told, and nothing was learned about when to speak. "
    )
    tampered = (
        "Return per message: the return divided by the bits sent. Return if: its change on the "
        "same games when messages are tampered with."
    )
    explained = (
        "When messages are sent, for the first run of every group: the send rate with and without "
        "each bit of the sender's observation that was ever seen, the most telling first, and a "
        "decision tree. All runs are in message_events.csv."
    )
    does, tells = (Table(rows, len(_WHOSE)) for rows in (effects(examined), subjects(examined)))
    blocks = [
        does,
        Text(gated * _any_gate(examined) + tampered),
        tells,
        Text(told),
        Text(explained),
        *_when_sent(examined),
    ]
    return Section("Messages", blocks)


def _when_sent(examined: Sequence[Examined]) -> Iterator[Text | Table | Code]:
    """Yield, for the first run of every group, what says when its agents send."""
    groups = set()
    for whose, found, _ in examined:
        environment, group, seed = whose
        if (environment, group) in groups:
            continue
        groups.add((environment, group))
        for number, agent in enumerate(found.agents):
            yield Text(f"When agent {number} sends: {environment}, {group}, seed {seed}")
            seen = [event for event in agent.events if event.seen]
            strongest_first = sorted(seen, key=_difference, reverse=True)
            yield Table([_EVENT, *(_told(event) for event in strongest_first)])
            yield Code(agent.tree.rules.rstrip().splitlines())


def _difference(event: Event) -> float:
    """Return how far a bit that was seen moves the send rate; 0 if it was never missing."""
    if event.rate_when_seen is None or event.rate_otherwise is None:
        return 0.0
    return abs(event.rate_when_seen - event.rate_otherwise)


def _told(event: Event) -> list[str]:
    """Return the row of an event, as `_EVENT`."""
    then = _unless_none(event.rate_when_seen, ".3f")
    return [event.name, str(event.seen), then, _unless_none(event.rate_otherwise, ".3f")]


def _unless_none(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def effects(examined: Sequence[Examined]) -> Rows:
    """Return whom the messages of each run move, and what they are worth."""
    influences = _all_keys(run.found.influence for run in examined)
    ablations = _all_keys(run.found.ablations for run in examined)
    gated = _any_gate(examined)
    heading = [*_WHOSE, "send rate", *["... when allowed"] * gated]
    heading += ["bits per episode", "return per message"]
    heading += [f"a flipped bit changes the action {way}" for way in influences]
    rows = [heading + [f"return if {name}" for name in ablations]]
    for whose, found, has_gate in examined:
        allowed = _unless_none(found.send_rate_when_allowed, ".3f") or "never allowed"
        row = [
            *whose,
            f"{found.send_rate:.3f}",
            *[allowed if has_gate else "no gate"] * gated,
            f"{found.bits_per_episode:.2f}",
            _unless_none(found.return_per_message, ".3f"),
        ]
        row += [_unless_none(found.influence.get(way), ".3f") for way in influences]
        changes = {name: done.change for name, done in found.ablations.items()}
        rows.append(row + [_unless_none(changes.get(name), "+.2f") for name in ablations])
    return rows


def subjects(examined: Sequence[Examined]) -> Rows:
    """Return what the messages of each sender tell, in bits."""
    names = _all_keys(agent.about for _, _, agent in _senders(examined))
    rows = [[*_WHOSE, "sender", *(f"bits about {name}" for name in names), "its tree is right"]]
    for whose, number, agent in _senders(examined):
        told = [_information(agent.about.get(name)) for name in names]
        fidelity = f"{agent.tree.fidelity:.0%} (constant: {agent.tree.constant:.0%})"
        rows.append([*whose, str(number), *told, fidelity])
    return rows


def _information(about: Information | None) -> str:
    if about is None:
        return ""
    return f"{about.bits:.3f} ({about.by_chance:.3f}), {about.p_value:.3f}"


def events(examined: Sequence[Examined]) -> Rows:
    """Return how sending goes with what each sender sees."""
    rows = [[*_WHOSE, "sender", *_EVENT]]
    for whose, number, agent in _senders(examined):
        rows += [[*whose, str(number), *_told(event)] for event in agent.events]
    return rows


def _senders(examined: Sequence[Examined]) -> Iterator[tuple[list[str], int, Sender]]:
    for whose, found, _ in examined:
        for number, agent in enumerate(found.agents):
            yield whose, number, agent


def _any_gate(examined: Sequence[Examined]) -> bool:
    return any(run.has_gate for run in examined)


def _all_keys(labelled: Iterable[Iterable[str]]) -> list[str]:
    """Return the labels of all, each once, in the order of their first appearance."""
    return list(dict.fromkeys(label for labels in labelled for label in labels))
