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
from acd_plugin.hosts.host import Host, MetricLog
from acd_plugin.learners import REGISTRY as LEARNERS
from acd_plugin.runners import REGISTRY as RUNNERS
from acd_plugin.runners.controller_extras import needed_truths

_MODULES = ("run", "components.episode_buffer", "envs", "runners", "controllers", "learners")
Modules = Mapping[str, ModuleType]  # EPyMARL's, by their names there


def load_host(checkout: Checkout) -> Host:
    """Import the checkout; its registries are the host's, with ours beside its own classes."""
    modules = {name: import_from(checkout, name) for name in _MODULES}
    host = Host(
        name="epymarl",
        reason=checkout.reason,
        runners=modules["runners"].REGISTRY,
        controllers=modules["controllers"].REGISTRY,
        learners=modules["learners"].REGISTRY,
        loop=partial(_train, modules),
        check=partial(_check, modules),
    )
    _register_ours(modules)
    return host


def _register_ours(modules: Modules) -> None:
    """Add our classes to EPyMARL's registries; names that it has keep its meaning."""
    new_batch = modules["components.episode_buffer"].EpisodeBatch
    runners = {name: partial(runner, episode_batch=new_batch) for name, runner in RUNNERS.items()}
    ours: dict[str, Mapping[str, object]] = {
        "envs": ENVS,
        "runners": runners,
        "controllers": CONTROLLERS,
        "learners": LEARNERS,
    }
    for room, entries in ours.items():
        registry = modules[room].REGISTRY
        registry.update({name: made for name, made in entries.items() if name not in registry})


def _check(modules: Modules, config: Config) -> None:
    """Raise UserError for unknown names, and for what EPyMARL's own runners cannot do."""
    _register_ours(modules)
    mac_class = find(modules["controllers"].REGISTRY, "mac", config["mac"])
    find(modules["learners"].REGISTRY, "learner", config["learner"])
    find(modules["runners"].REGISTRY, "runner", config["runner"])
    truths = needed_truths(mac_class, SimpleNamespace(**config))
    if truths and config["runner"] not in RUNNERS:
        raise UserError(
            f"the messages of '{config['name']}' need to know who is {truths[0]}, which "
            f"EPyMARL's runner '{config['runner']}' does not tell: set runner=batch"
        )


def _train(modules: Modules, run: MetricLog, config: Config, folder: str) -> float | None:
    _register_ours(modules)  # a plugin may have added some since
    return train(modules["run"], run, config, folder)
