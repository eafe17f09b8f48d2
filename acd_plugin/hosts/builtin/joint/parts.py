"""What trains several runs at once, put together from the runs' own parts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch

from acd_plugin.controllers.base import BaseController
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.blueprint import Blueprint
from acd_plugin.envs.device_games import PlayedOnDevice
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.joint.batched import Episodes, Networks
from acd_plugin.hosts.builtin.joint.buffer import JointBuffer
from acd_plugin.hosts.builtin.joint.games import GpuGames, JointGames, LoopGames
from acd_plugin.hosts.builtin.joint.learner import JointLearner
from acd_plugin.hosts.builtin.joint.player import JointPlayer
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.learners.base import BaseLearner
from acd_plugin.runners.batch_runner import BatchRunner
from acd_plugin.runners.controller_extras import needed_truths

_log = logging.getLogger(__name__)


class NotTogetherError(UserError):
    """Why runs cannot be trained together; each can by itself."""


class Parts(NamedTuple):
    """What plays and learns for all runs at once."""

    games: JointGames
    player: JointPlayer  # of the games of training
    tester: JointPlayer
    buffer: JointBuffer
    learner: JointLearner


def put_together(runs: Sequence[Training], device: torch.device) -> Parts:
    """Lay the runs' tensors together; NotTogetherError says why they cannot be."""
    macs, learners = _ours(runs)
    _refuse_different(runs)
    if device.type == "cuda":
        for run in runs:
            run.learner.cuda()
    for run in runs:
        run.buffer.to(str(device))
    first = runs[0]
    seeds = torch.tensor([run.settings.seed for run in runs], device=device)
    networks = Networks([learner.modules() for learner in learners])
    buffer = JointBuffer([run.buffer for run in runs], seeds, first.settings.batch_size)
    games = games_of(runs, device)

    def player(purpose: Purpose, episodes: Episodes) -> JointPlayer:
        preprocess = first.buffer.preprocess
        return JointPlayer(games, macs, networks, seeds, episodes, preprocess, purpose)

    return Parts(
        games,
        player(Purpose.TRAIN, buffer.to_play_in(first.settings.batch_size_run)),
        player(Purpose.TEST, buffer.like(first.settings.batch_size_run)),
        buffer,
        JointLearner(learners, networks),
    )


def _ours(runs: Sequence[Training]) -> tuple[list[BaseController[object]], list[BaseLearner]]:
    """Return controllers and learners, if they and the runner are of kinds that can be batched."""
    macs, learners = [], []
    for run in runs:
        kinds = {
            "runner": isinstance(run.runner, BatchRunner),
            "mac": isinstance(run.mac, BaseController),
            "learner": isinstance(run.learner, BaseLearner),
        }
        for key, is_ours in kinds.items():
            if not is_ours:
                name = getattr(run.settings, key)
                raise NotTogetherError(f"{key} '{name}' is not built on the plugin's base classes")
        macs.append(run.mac)
        learners.append(run.learner)
    return macs, learners  # type: ignore[return-value]  # as was just seen


def _refuse_different(runs: Sequence[Training]) -> None:
    """Raise NotTogetherError unless all learn with the same settings and are equally far."""
    first = runs[0]
    alike = _without_seed(first)
    for run in runs[1:]:
        if _without_seed(run) != alike:
            raise NotTogetherError("they differ in more than their seeds")
        if (run.episode, run.buffer.draws) != (first.episode, first.buffer.draws):
            raise NotTogetherError("they are not equally far")


def _without_seed(run: Training) -> Mapping[str, object]:
    return {**run.settings.model_dump(), "seed": 0}


def games_of(runs: Sequence[Training], device: torch.device) -> JointGames:
    """Return the runs' games: on the device, if it is a GPU on which they can be played."""
    blueprint: Blueprint = runs[0].args.blueprint
    if device.type == "cuda" and isinstance(blueprint, PlayedOnDevice):
        try:
            return games_on_device(runs, blueprint, device)
        except UserError as error:
            _log.warning("the games are played on the CPU, which is slower: %s", error)
    elif device.type == "cuda":
        env = runs[0].settings.env
        _log.warning("the games of '%s' are played on the CPU, which is slower", env)
    return LoopGames([run.runner.env for run in runs], _truths(runs[0]), device)


def games_on_device(
    runs: Sequence[Training], blueprint: PlayedOnDevice, device: torch.device
) -> GpuGames:
    """Return the runs' games as arrays of the device; UserError where they cannot be."""
    seeds, truths = [run.settings.seed for run in runs], _truths(runs[0])
    games = blueprint.make_device_games(runs[0].settings.batch_size_run, seeds, truths)
    return GpuGames(games, truths, device)


def _truths(run: Training) -> tuple[str, ...]:
    return needed_truths(type(run.mac), run.args)
