"""A recorded game as text: step by step what happened, and nothing of what stayed as it was."""

from __future__ import annotations

from collections.abc import Iterator

from acd_plugin.analysis.replay.record import AgentStep, GameRecord, GameStep, Replay
from acd_plugin.envs.scene import HostState, Network, Scene, amount_text, attack_text, deed_text

_INDENT = "  "


def game_text(replay: Replay, game: GameRecord) -> str:
    """Return the lines of one game, the steps one after the other."""
    lines: list[str] = []
    before, total = game.start, 0.0
    for number, step in enumerate(game.steps, 1):
        total += step.reward
        reward, so_far = amount_text(step.reward, sign="+"), amount_text(total)
        lines.append(f"step {number}: reward {reward}, return so far {so_far}")
        lines += [_INDENT + line for line in _step(replay, before, step)]
        before = step.scene
    return "\n".join(lines)


def _step(replay: Replay, before: Scene | None, step: GameStep) -> Iterator[str]:
    width = max(map(len, (*replay.agents, "green")))
    network, scene = replay.network, step.scene
    if network is not None and scene is not None and scene.attack is not None:
        yield f"{'red':<{width}}  {attack_text(network, scene.attack)}"
    if network is not None and scene is not None and scene.scanned is not None:
        yield f"{'green':<{width}}  scans {network.hosts[scene.scanned].name}"
    for number, agent in enumerate(step.agents):
        done = agent.action + (deed_text(scene.deeds[number]) if scene else "")
        told = [done, *_heard(replay, agent), *_without(replay, agent), *_said(agent)]
        if told != ["Sleep"]:
            yield f"{replay.agents[number]:<{width}}  {'; '.join(told)}"
    if network is not None and before is not None and scene is not None:
        yield from _hosts(network, before, scene)


def _heard(replay: Replay, agent: AgentStep) -> Iterator[str]:
    if agent.heard:
        told = [f"{message.bits} from {replay.agents[message.sender]}" for message in agent.heard]
        yield f"heard {' and '.join(told)}"
    if agent.unlocked:
        yield f"which unlocks {_listed(agent.unlocked)}"


def _without(replay: Replay, agent: AgentStep) -> Iterator[str]:
    """Yield what would have been done without any message, or without one of several."""
    if agent.without != agent.action:
        yield f"without messages: {agent.without}"
    for message in agent.heard if len(agent.heard) > 1 else ():
        if message.without != agent.action:
            yield f"without that of {replay.agents[message.sender]}: {message.without}"


def _said(agent: AgentStep) -> Iterator[str]:
    if agent.said:
        yield f"says {agent.said}"


def _hosts(network: Network, before: Scene, scene: Scene) -> Iterator[str]:
    """Yield what is new of each host, what the monitor saw included."""
    for host, old, new in zip(network.hosts, before.hosts, scene.hosts, strict=True):
        news = list(_news(old, new))
        if news:
            yield f"{host.name}: {', '.join(news)}"


def _news(old: HostState, new: HostState) -> Iterator[str]:
    if new.truth != old.truth:
        yield f"attacker {old.truth} -> {new.truth}"
    if new.seen != "none":
        yield f"monitor sees {new.seen}"
    if new.believed != old.believed:
        yield f"believed {old.believed} -> {new.believed}"
    if new.process_known != old.process_known:
        yield "process known" if new.process_known else "process no longer known"


def _listed(actions: tuple[str, ...]) -> str:
    """Return the names with a common first word said once: "Analyse Op_Host0, Op_Server0"."""
    first = actions[0].split(" ")[0]
    if all(name.startswith(f"{first} ") for name in actions):
        return f"{first} {', '.join(name.removeprefix(f'{first} ') for name in actions)}"
    return ", ".join(actions)
