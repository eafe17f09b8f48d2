"""Do the networks of one environment fit others? What does not fit is told by the sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from acd_plugin.configuration.device import with_both_names
from acd_plugin.configuration.layers import Config
from acd_plugin.controllers.controller import Controller
from acd_plugin.envs.blueprint import EnvSizes, Interface
from acd_plugin.errors import UserError
from acd_plugin.running.assembly import make_acting
from acd_plugin.running.fitting import MISFITS
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.stored_policy import StoredNetworks


def refuse_misfits(
    who: str,
    trained: Config,
    sizes: Callable[[], EnvSizes],
    check: Callable[[Controller], object],
    specs: Sequence[RunSpec],
) -> None:
    """Raise UserError for an environment in which networks cannot act that ``check`` knows.

    It raises one of `MISFITS` for a controller with others. ``who`` has them, ``trained`` is what
    they are trained with, ``sizes`` tells on what.
    """
    by_sizes = {spec.sizes._replace(episode_limit=0): spec for spec in specs}
    for spec in by_sizes.values():
        mac = outline(spec.config, Interface(spec.sizes, spec.blueprint.comm_layout))
        try:
            check(mac)
        except MISFITS:
            raise UserError(
                f"{who}: was trained on '{game_name(trained)}' and does not fit "
                f"'{game_name(spec.config)}': {_in_words(sizes())} there, "
                f"{_in_words(spec.sizes)} here"
            ) from None


def refuse_other_sizes(spec: RunSpec, others: Sequence[RunSpec]) -> None:
    """Raise UserError when what is trained on one environment will not fit another."""
    differing = [one for one in others if one.sizes != spec.sizes]
    if not differing:
        return
    mac = outline(spec.config, Interface(spec.sizes, spec.blueprint.comm_layout))
    networks = StoredNetworks(mac.state_dict(), lambda other: other)
    refuse_misfits(
        f"a policy of '{spec.config['name']}'",
        spec.config,
        lambda: spec.sizes,
        networks.check,
        differing,
    )


def outline(config: Config, interface: Interface) -> Controller:
    """Return a controller with which stored networks can be compared: its own take no memory.

    So nothing is made of settings and sizes that tell of more than is stored. Networks of a user's
    own may need numbers where they are made, and are made as always.
    """
    if config["plugins"]:
        return make_acting(config, interface, 0).mac
    on_cpu = {**config, **with_both_names({"device": "cpu"})}
    with torch.device("meta"), _WithoutValues():
        return make_acting(on_cpu, interface, 0).mac


class _WithoutValues(TorchFunctionMode):
    """Leaves out what PyTorch would load its compiler for, which takes a second."""

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: object,
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        del types
        told = dict(kwargs or {})
        if func is torch.arange:
            told.setdefault("device", "cpu")
        if func in (nn.init.normal_, torch.Tensor.normal_):
            return None
        return func(*args, **told)


def game_name(config: Config) -> str:
    """Return what is played, as a user knows it."""
    return str(config["env_args"].get("scenario", config["env_name"]))


def _in_words(sizes: EnvSizes) -> str:
    agents, actions, observed = sizes.n_agents, sizes.n_actions, sizes.observation_size
    return f"{agents} agents, {actions} actions and {observed} observed values"
