"""The one place where the parts of a run are put together: what is needed, and nothing more."""

from __future__ import annotations

from contextlib import ExitStack
from types import SimpleNamespace
from typing import NamedTuple

import torch

from acd_plugin.components.args import Args
from acd_plugin.components.contracts import Preprocess, Scheme, StatLogger
from acd_plugin.configuration.ignored import refuse_ignored
from acd_plugin.configuration.layers import Config
from acd_plugin.configuration.run_settings import RunSettings
from acd_plugin.controllers import REGISTRY as CONTROLLERS
from acd_plugin.controllers.controller import Controller
from acd_plugin.envs.blueprint import Blueprint, EnvSizes, Interface
from acd_plugin.errors import find
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.builtin.episode_batch import EpisodeBatch
from acd_plugin.hosts.builtin.global_generators import kept_generators, seed_global_generators
from acd_plugin.hosts.builtin.policy import Policy
from acd_plugin.hosts.builtin.replay_buffer import ReplayBuffer
from acd_plugin.hosts.builtin.training import Recorder, Training
from acd_plugin.hosts.builtin.transforms import OneHot
from acd_plugin.hosts.host import Host
from acd_plugin.learners import REGISTRY as LEARNERS
from acd_plugin.runners import REGISTRY as RUNNERS
from acd_plugin.runners.controller_extras import extra_scheme, needed_truths
from acd_plugin.running.device import check_device
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.turns import ONE_AT_A_TIME


class Acting(NamedTuple):
    """A controller, and how the episodes are stored in which it acts."""

    mac: Controller
    scheme: Scheme
    truths: tuple[str, ...]  # those that the controller reads, see `BatchEnv.truths`


def make_policy(spec: RunSpec, n_games: int, seed: int, host: Host = BUILTIN) -> Policy:
    """Return ``n_games`` games and a controller that plays them.

    Its networks are new: `load_state_dict` gives them what a run has learned.
    """
    check_device(spec.settings.device)
    config = {**spec.config, "seed": seed, "batch_size_run": n_games}
    args = _args(config, spec.sizes, spec.blueprint)
    with ONE_AT_A_TIME:
        policy = _assemble(spec.sizes, args, NullRecorder(), host)
    if spec.settings.device == "cuda":
        policy.mac.cuda()
    return policy


def with_changes(policy: Policy, changes: Config) -> Policy:
    """Return a policy like another, with games of its own; its networks are new."""
    settings = {key: value for key, value in vars(policy.args).items() if key[0] != "_"}
    args = Args(**{**settings, **changes})
    other = _assemble(args.blueprint.sizes(), args, NullRecorder(), BUILTIN)
    if args.device == "cuda":
        other.mac.cuda()
    return other


def make_training(spec: RunSpec, recorder: Recorder, host: Host = BUILTIN) -> Training:
    """Return a run ready to be trained; UserError names what a component refuses."""
    check_device(spec.settings.device)
    args = _args(spec.config, spec.sizes, spec.blueprint)
    policy = _assemble(spec.sizes, args, recorder, host)
    settings = spec.settings
    buffer = ReplayBuffer(
        policy.scheme,
        _groups(spec.sizes),
        settings.buffer_size,
        spec.sizes.episode_limit + 1,
        settings.seed,
        preprocess=_preprocess(spec.sizes),
        device="cpu" if settings.buffer_cpu_only else args.device,
    )
    make_learner = find(host.learners, "learner", settings.learner)
    learner = make_learner(policy.mac, buffer.scheme, recorder, args)
    refuse_ignored(args.idle(), spec.chosen - spec.may_be_idle)
    if not any(getattr(part, "args", None) is args for part in (policy.mac, learner)):
        # Nobody keeps them to read more of them later, as EPyMARL's components do.
        chosen = {key.partition(".")[0] for key in spec.chosen} - RunSettings.model_fields.keys()
        args.refuse_unread(chosen)
    if settings.device == "cuda":
        learner.cuda()
    return Training(settings, policy, learner, buffer, recorder)


def refuse_unfit(spec: RunSpec, host: Host) -> None:
    """Raise UserError for what our components would refuse once the host's own loop makes them.

    What is the host's own is left to it.
    """
    check_device(spec.settings.device)
    args = _args(spec.config, spec.sizes, spec.blueprint)
    with ONE_AT_A_TIME, kept_generators(), ExitStack() as opened:
        runner = None
        if args.runner in RUNNERS:
            one_game = Args(**{**vars(args), "batch_size_run": 1})
            runner = find(host.runners, "runner", args.runner)(args=one_game, logger=NullRecorder())
            opened.callback(runner.close_env)
        if host.controllers.get(args.mac) is CONTROLLERS.get(args.mac):
            mac, scheme, _ = _acting(spec.sizes, args, host)
            if runner is not None:
                groups, preprocess = _groups(spec.sizes), _preprocess(spec.sizes)
                runner.setup(scheme=scheme, groups=groups, preprocess=preprocess, mac=mac)
            make_learner = host.learners.get(args.learner)
            if make_learner is not None and make_learner is LEARNERS.get(args.learner):
                complete = new_episodes(scheme, spec.sizes, 0, "cpu").scheme
                make_learner(mac, complete, NullRecorder(), args)


def make_acting(config: Config, interface: Interface, seed: int, host: Host = BUILTIN) -> Acting:
    """Return a controller that plays no games of its own; its networks are new.

    Whoever calls this may have random numbers and threads of his own, which stay as they are.
    """
    check_device(config["device"])
    args = _args({**config, "seed": seed}, interface.sizes, interface)
    with ONE_AT_A_TIME, kept_generators():
        seed_global_generators(seed)
        acting = _acting(interface.sizes, args, host)
    if config["device"] == "cuda":
        acting.mac.cuda()
    return acting


def _args(config: Config, sizes: EnvSizes, blueprint: Blueprint | Interface) -> Args:
    """Return the ``args`` of EPyMARL's contract, from which components take their settings."""
    return Args(
        **config,
        blueprint=blueprint,
        n_agents=sizes.n_agents,
        n_actions=sizes.n_actions,
        state_shape=sizes.state_size,
    )


def _assemble(sizes: EnvSizes, args: SimpleNamespace, logger: StatLogger, host: Host) -> Policy:
    torch.set_num_threads(args.torch_threads)
    torch.backends.cudnn.allow_tf32 = False  # by default recurrent layers on a GPU round more
    seed_global_generators(args.seed)  # before anything may draw from them
    runner = find(host.runners, "runner", args.runner)(args=args, logger=logger)
    mac, scheme, _ = _acting(sizes, args, host)
    groups, preprocess = _groups(sizes), _preprocess(sizes)
    runner.setup(scheme=scheme, groups=groups, preprocess=preprocess, mac=mac)
    return Policy(args, runner, mac, scheme)


def _acting(sizes: EnvSizes, args: SimpleNamespace, host: Host) -> Acting:
    make_controller = find(host.controllers, "mac", args.mac)
    scheme = _scheme(sizes) | extra_scheme(make_controller, args)
    complete = new_episodes(scheme, sizes, 0, "cpu").scheme
    mac = make_controller(complete, _groups(sizes), args)
    return Acting(mac, scheme, needed_truths(make_controller, args))


def new_episodes(scheme: Scheme, sizes: EnvSizes, n_games: int, device: str) -> EpisodeBatch:
    """Return ``n_games`` episodes in which nothing has happened yet."""
    return EpisodeBatch(
        scheme,
        _groups(sizes),
        n_games,
        sizes.episode_limit + 1,
        preprocess=_preprocess(sizes),
        device=device,
    )


def _groups(sizes: EnvSizes) -> dict[str, int]:
    return {"agents": sizes.n_agents}


def _preprocess(sizes: EnvSizes) -> Preprocess:
    return {"actions": ("actions_onehot", [OneHot(sizes.n_actions)])}


def _scheme(sizes: EnvSizes) -> Scheme:
    """What every episode stores."""
    return {
        "state": {"vshape": sizes.state_size},
        "obs": {"vshape": sizes.observation_size, "group": "agents"},
        "actions": {"vshape": (1,), "group": "agents", "dtype": torch.long},
        "avail_actions": {"vshape": (sizes.n_actions,), "group": "agents", "dtype": torch.int},
        "terminated": {"vshape": (1,), "dtype": torch.uint8},
        "reward": {"vshape": (1,)},
    }
