"""Put the plugin's classes into EPyMARL's registries and let its `run` drive."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import ModuleType, SimpleNamespace

from acd_plugin.configuration.layers import Config
from acd_plugin.controllers import REGISTRY as CONTROLLERS
from acd_plugin.envs.registry import REGISTRY as ENVS
from acd_plugin.errors import UserError, find
from acd_plugin.hosts.epymarl.checkout import Checkout, import_from
from acd_plugin.hosts.epymarl.loop import train
from acd_plugin.hosts.host import Host
from acd_plugin.learners import REGISTRY as LEARNERS
from acd_plugin.runners import REGISTRY as RUNNERS
from acd_plugin.runners.controller_extras import needed_truths

_OWN_ROOMS = ("envs", "runners", "controllers", "learners")


def load_host(checkout: Checkout) -> Host:
    """Import the checkout and register our classes; names that EPyMARL has keep its meaning.

    Whatever a plugin registers must be registered before.
    """
    modules = {name: import_from(checkout, name) for name in ("run", *_OWN_ROOMS)}
    store = import_from(checkout, "components.episode_buffer")
    ours: dict[str, Mapping[str, object]] = {
        "envs": ENVS,
        "runners": {
            name: partial(runner, episode_batch=store.EpisodeBatch)
            for name, runner in RUNNERS.items()
        },
        "controllers": CONTROLLERS,
        "learners": LEARNERS,
    }
    for room in _OWN_ROOMS:
        registry = modules[room].REGISTRY
        registry.update({name: c for name, c in ours[room].items() if name not in registry})
    return Host(
        name="epymarl",
        reason=checkout.reason,
        runners=modules["runners"].REGISTRY,
        controllers=modules["controllers"].REGISTRY,
        learners=modules["learners"].REGISTRY,
        loop=partial(train, modules["run"]),
        check=partial(_check, modules),
    )


def _check(modules: Mapping[str, ModuleType], config: Config) -> None:
    """Raise UserError for unknown names, and for what EPyMARL's own runners cannot do."""
    mac_class = find(modules["controllers"].REGISTRY, "mac", config["mac"])
    find(modules["learners"].REGISTRY, "learner", config["learner"])
    find(modules["runners"].REGISTRY, "runner", config["runner"])
    truths = needed_truths(mac_class, SimpleNamespace(**config))
    if truths and config["runner"] not in RUNNERS:
        raise UserError(
            f"the messages of '{config['name']}' need to know who is {truths[0]}, which "
            f"EPyMARL's runner '{config['runner']}' does not tell: set runner=batch"
        )
