"""Do the networks of one environment fit others? What does not fit is told by the sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from acd_plugin.configuration.layers import Config
from acd_plugin.controllers.controller import Controller
from acd_plugin.envs.blueprint import EnvSizes, Interface
from acd_plugin.errors import UserError
from acd_plugin.running.assembly import make_acting
from acd_plugin.running.fitting import MISFITS
from acd_plugin.running.run_spec import RunSpec


def refuse_misfits(
    who: str,
    trained: Config,
    sizes: Callable[[], EnvSizes],
    load_into: Callable[[Controller], object],
    specs: Sequence[RunSpec],
) -> None:
    """Raise UserError for an environment in which networks cannot act that ``load_into`` hands out.

    ``who`` has them, ``trained`` is what they are trained with, ``sizes`` tells on what.
    """
    by_sizes = {spec.sizes._replace(episode_limit=0): spec for spec in specs}
    for spec in by_sizes.values():
        acting = make_acting(spec.config, Interface(spec.sizes, spec.blueprint.comm_layout), 0)
        try:
            load_into(acting.mac)
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
    acting = make_acting(spec.config, Interface(spec.sizes, spec.blueprint.comm_layout), 0)
    networks = acting.mac.state_dict()
    refuse_misfits(
        f"a policy of '{spec.config['name']}'",
        spec.config,
        lambda: spec.sizes,
        lambda mac: mac.load_state_dict(networks),
        differing,
    )


def game_name(config: Config) -> str:
    """Return what is played, as a user knows it."""
    return str(config["env_args"].get("scenario", config["env_name"]))


def _in_words(sizes: EnvSizes) -> str:
    agents, actions, observed = sizes.n_agents, sizes.n_actions, sizes.observation_size
    return f"{agents} agents, {actions} actions and {observed} observed values"
