"""A small host that honours EPyMARL's contracts, for machines without EPyMARL."""

from functools import partial

from acd_plugin.components.contracts import NewEpisodeBatch
from acd_plugin.controllers import REGISTRY as CONTROLLERS
from acd_plugin.hosts.builtin.episode_batch import EpisodeBatch
from acd_plugin.hosts.host import Host
from acd_plugin.learners import REGISTRY as LEARNERS
from acd_plugin.runners import REGISTRY as RUNNERS

new_batch: NewEpisodeBatch = EpisodeBatch

BUILTIN = Host(
    name="builtin",
    reason="the host that comes with the plugin",
    runners={name: partial(runner, episode_batch=new_batch) for name, runner in RUNNERS.items()},
    controllers=CONTROLLERS,
    learners=LEARNERS,
)
