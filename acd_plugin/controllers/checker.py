"""What a controller of one's own must do, checked on episodes that it has just played.

Shape legend: B games, T steps, N agents, A actions, M message size.
"""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from acd_plugin.components.contracts import EpisodeBatch
from acd_plugin.configuration.findings import Finding
from acd_plugin.controllers.controller import Controller

Check = Callable[[Controller, EpisodeBatch], Iterator[Finding]]


def missing_members(mac: object) -> list[Finding]:
    """Return what of the contract a controller does not have."""
    wanted = {name: member for name, member in vars(Controller).items() if name[0] != "_"}
    return [
        Finding(True, f"{type(mac).__name__} has no '{name}': {_summary(member)}")
        for name, member in wanted.items()
        if not hasattr(mac, name)
    ]


def _summary(member: object) -> str:
    return (inspect.getdoc(member) or "").split("\n\n")[0].replace("\n", " ")


def check_controller(mac: Controller, batch: EpisodeBatch) -> list[Finding]:
    """Return what is wrong with a controller that has played ``batch`` as in training.

    The games' observations and messages are overwritten nowhere but in the last check.
    """
    missing = missing_members(mac)
    if missing:
        return missing
    findings = []
    for check in CHECKS:
        try:
            findings += list(check(mac, batch))
        except Exception as error:
            what = check.__name__.removeprefix("_check_").replace("_", " ")
            findings.append(Finding(True, f"{what}: {type(error).__name__}: {error}"))
    return findings


def _check_unrolling(mac: Controller, batch: EpisodeBatch) -> Iterator[Finding]:
    """Learning from an episode must see what acting saw, and only what was allowed was done."""
    name, steps = type(mac).__name__, batch.max_seq_length - 1
    unroll = getattr(mac, "unroll", None)
    if unroll is None:
        yield Finding(False, f"{name} has no unroll(ep_batch, steps): learning will be slow")
        return
    found = unroll(batch, steps)
    values: Tensor = getattr(found, "action_values", found)
    masks = batch["avail_actions"][:, :steps]
    if values.shape != masks.shape:
        yield Finding(
            True,
            f"{name}.unroll gives action values {tuple(values.shape)}: "
            f"must be (games, steps, agents, actions) = {tuple(masks.shape)}",
        )
        return
    done = batch["actions"][:, :steps]
    if not getattr(found, "available", masks).gather(3, done).all():
        yield Finding(True, f"{name} takes actions that its masks forbid")
    mac.init_hidden(batch_size=batch.batch_size)
    stepwise = torch.stack([mac.forward(batch, t=t) for t in range(steps)], dim=1)
    if not torch.allclose(values, stepwise, rtol=1e-3, atol=1e-4):
        yield Finding(True, f"{name}.unroll says something else than forward, step by step")
    said = getattr(found, "messages", None)
    if said is not None and said.shape[-1] and said.dim() == 4:
        acted = batch["messages"][:, :steps]
        if acted.shape != said.shape or not torch.equal(acted, said):
            yield Finding(
                True,
                f"{name}.unroll repeats other messages than were sent: store with the episode "
                "whatever chance they hold (extra_scheme), and normalise by nothing that changes "
                "from batch to batch",
            )


def _check_gradients(mac: Controller, batch: EpisodeBatch) -> Iterator[Finding]:
    """What the networks say of actions must depend on their parameters."""
    name = type(mac).__name__
    mac.agent.zero_grad()
    mac.init_hidden(batch_size=batch.batch_size)
    steps = range(min(3, batch.max_seq_length - 1))
    said = torch.stack([mac.forward(batch, t=t).square().sum() for t in steps]).sum()
    if said.requires_grad:
        said.backward()
    reached = [p.grad is not None and bool(p.grad.any()) for p in mac.parameters()]
    if not any(reached):
        yield Finding(
            True,
            f"no gradient reaches the parameters of {name} from forward: are there any, and is "
            "there a detach() or torch.no_grad() on the way?",
        )
    mac.agent.zero_grad()


def _check_storing(mac: Controller, batch: EpisodeBatch) -> Iterator[Finding]:
    """Networks that were saved, and states that were kept, must come back as they were."""
    del batch
    name = type(mac).__name__
    before = [parameter.detach().clone() for parameter in mac.parameters()]
    kept = _copied(mac.state_dict())
    with tempfile.TemporaryDirectory() as folder:
        mac.save_models(folder)
        _disturb(mac)
        mac.load_models(folder)
    if not _same(before, mac.parameters()):
        yield Finding(True, f"{name}.load_models does not bring back what save_models wrote")
    _disturb(mac)
    mac.load_state_dict(kept)
    if not _same(before, mac.parameters()):
        yield Finding(True, f"{name}.load_state_dict does not bring back what state_dict gave")


def _copied(state: object) -> dict[str, object]:
    """Return a state as a checkpoint would bring it back."""
    with tempfile.TemporaryFile() as file:
        torch.save(state, file)
        file.seek(0)
        copied: dict[str, object] = torch.load(file, weights_only=True)
    return copied


@torch.no_grad()
def _disturb(mac: Controller) -> None:
    for parameter in mac.parameters():
        parameter.add_(1.0)


def _same(before: list[Tensor], after: Iterator[Tensor]) -> bool:
    return all(torch.equal(one, two) for one, two in zip(before, after, strict=True))


def _check_statistics(mac: Controller, batch: EpisodeBatch) -> Iterator[Finding]:
    """Statistics of episodes have one number for each."""
    if not hasattr(mac, "episode_stats"):
        return
    for name, values in mac.episode_stats(batch).items():
        if values.shape != (batch.batch_size,) or not torch.isfinite(values).all():
            yield Finding(
                True,
                f"{type(mac).__name__}.episode_stats gives '{name}' as {tuple(values.shape)}: "
                "must be one finite number for each game",
            )


def _check_select_actions(mac: Controller, batch: EpisodeBatch) -> Iterator[Finding]:
    """Actions are whole numbers, one for each agent of the games asked for."""
    agents = batch["obs"].shape[2]
    for games, count in ((slice(None), batch.batch_size), ([0], 1)):
        mac.init_hidden(batch_size=batch.batch_size)
        chosen = mac.select_actions(batch, 0, 0, bs=games, test_mode=True)
        if chosen.shape != (count, agents) or chosen.dtype not in (torch.int64, torch.int32):
            yield Finding(
                True,
                f"{type(mac).__name__}.select_actions gives {tuple(chosen.shape)} of "
                f"{chosen.dtype} for {count} games: must be ({count}, {agents}) of torch.int64",
            )


CHECKS: tuple[Check, ...] = (
    _check_unrolling,
    _check_gradients,
    _check_storing,
    _check_statistics,
    _check_select_actions,  # the last: it speaks, and so writes into the batch
)
