"""A run as it was asked for: read, checked and complete, before any part of it is built."""

from __future__ import annotations

from dataclasses import dataclass, replace

from acd_plugin import CHANCE, NUMBERS, __version__
from acd_plugin.configuration.device import with_both_names
from acd_plugin.configuration.ignored import refuse_ignored
from acd_plugin.configuration.layers import Config
from acd_plugin.configuration.plugins import content_of, load_plugins
from acd_plugin.configuration.run_settings import RunSettings
from acd_plugin.configuration.validation import parse
from acd_plugin.envs.blueprint import (
    Blueprint,
    EnvSizes,
    Interface,
    MayBeHeldOut,
    ignored_by,
)
from acd_plugin.envs.registry import blueprint_of
from acd_plugin.errors import UserError
from acd_plugin.running.device import chosen_device


@dataclass(frozen=True)
class RunSpec:
    """What everything downstream is built from; nobody reads settings or scenario files again."""

    settings: RunSettings
    config: Config  # all settings, the algorithm's own too, as they are recorded with the run
    blueprint: Blueprint
    sizes: EnvSizes
    host: str  # whose loop trains
    chosen: frozenset[str] = frozenset()  # keys that must not be ignored
    may_be_idle: frozenset[str] = frozenset()  # of these, beside the values of others

    @property
    def interface(self) -> Interface:
        """What networks must know of the environment."""
        return Interface(self.sizes, self.blueprint.comm_layout)

    def changed(self, **changes: object) -> RunSpec:
        """Return the run with other settings of the training, on the same environment."""
        told = with_both_names(changes)
        settings = parse(RunSettings, {**self.settings.model_dump(), **told}, "configuration")
        return replace(self, settings=settings, config={**self.config, **told})

    def seeded(self, seed: int) -> RunSpec:
        """Return the run with another seed, which has been checked: plans have thousands."""
        settings = self.settings.model_copy(update={"seed": seed})
        return replace(self, settings=settings, config={**self.config, "seed": seed})


def resolve(
    config: Config,
    host: str = "builtin",
    blueprint: Blueprint | None = None,
    chosen: frozenset[str] = frozenset(),
    may_be_idle: frozenset[str] = frozenset(),
) -> RunSpec:
    """Return the run that a merged configuration asks for.

    Loads the plugins that it names, and makes the ``blueprint`` unless the caller has it already
    from an equal environment; chooses the device if that is left to this machine. ``chosen`` are
    the keys that the user set himself, of which some ``may_be_idle``: beside other values they are
    not. Raises UserError for whatever is wrong with either.
    """
    device = chosen_device(parse(RunSettings, config, "configuration").device)
    config = {**config, **with_both_names({"device": device})}
    settings = parse(RunSettings, config, "configuration")
    load_plugins(settings.plugins)
    made = blueprint or blueprint_of(settings.env, settings.env_args)
    refuse_ignored({**settings.ignored, **ignored_by(made)}, chosen - may_be_idle)
    sizes = made.sizes()
    plugins = content_of(settings.plugins)
    recorded = {
        **config,
        "host": host,
        "version": __version__,
        "numbers": NUMBERS,
        "chance": CHANCE,
        "mongo_url": None,  # it may hold a password, which is nothing to record
        "tags": list(config.get("tags") or []),
        "episode_limit": sizes.episode_limit,
        "game": {**made.identity, **({"plugins": plugins} if plugins else {})},
    }
    return RunSpec(settings, recorded, made, sizes, host, chosen, may_be_idle)


def refuse_held_out(spec: RunSpec) -> None:
    """Raise UserError for a training on games that are kept to be played by what was trained."""
    if spec.config.get("evaluate"):  # EPyMARL's loop then trains nothing
        return
    if isinstance(spec.blueprint, MayBeHeldOut) and spec.blueprint.is_held_out:
        raise UserError(
            f"env_args.networks={spec.settings.env_args['networks']}: nobody trains on networks "
            "that are held out: train on others (0..7), and play these with evaluate"
        )


def changed_content(recorded: Config, spec: RunSpec) -> list[str]:
    """Return which contents of the game are no more what they were when a run was recorded.

    One that has come or gone since, such as a plugin's, has changed too. Of a run that tells
    nothing of its game nothing is known.
    """
    then, now = recorded.get("game") or {}, spec.config["game"]
    keys = then.keys() | now.keys() if then else ()
    return sorted(key for key in keys if then.get(key) != now.get(key))
