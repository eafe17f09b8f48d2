"""Find the checkpoint that a command's argument means, and make of it what can play or go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from acd_plugin.components.contracts import StateDict
from acd_plugin.configuration.device import with_both_names
from acd_plugin.configuration.keys import check_known
from acd_plugin.configuration.layers import Config, change
from acd_plugin.configuration.migration import migrate
from acd_plugin.configuration.plugins import content_of, load_plugins
from acd_plugin.envs.blueprint import Interface
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.policy import Policy
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.learners.migration import migrate_state
from acd_plugin.running.assembly import make_acting, make_policy
from acd_plugin.running.device import chosen_device
from acd_plugin.running.fitting import MISFITS, check_count, check_training
from acd_plugin.running.memory import check_playing, free_memory
from acd_plugin.running.misfits import game_name, outline, refuse_misfits
from acd_plugin.running.run_spec import RunSpec, changed_content, resolve
from acd_plugin.running.stored_policy import (
    ExportedPolicy,
    StoredNetworks,
    StoredPolicy,
    open_exported,
)
from acd_plugin.running.trained_policy import TrainedPolicy
from acd_plugin.tracking.checkpoint import load_checkpoint, unusable
from acd_plugin.tracking.policy_file import ENDING
from acd_plugin.tracking.recorded_config import run_name
from acd_plugin.tracking.results import find_run
from acd_plugin.tracking.run_folder import RunFolder, read_json


@dataclass(frozen=True)
class StoredRun(StoredPolicy):
    """A checkpoint, and where it lies."""

    episode: int

    @property
    def folder(self) -> RunFolder | None:
        """The run that it belongs to, unless the file lies elsewhere."""
        folder = RunFolder(self.path.parent.parent)
        return folder if (folder.path / "run.json").is_file() else None

    def state(self) -> StateDict:
        """Read what `Training.state_dict` returned, which may be large, and is kept by nobody."""
        return migrate_state(load_checkpoint(self.path).state, self.config)

    @cached_property
    def networks(self) -> StoredNetworks:
        """The networks alone, which are small, and read once however often they are loaded."""
        return StoredNetworks(self.state()["mac"], lambda mac: mac)


def open_policy(name: str, results: str) -> StoredPolicy:
    """Return the exported policy ``name``, that of a published copy, or what `open_run` returns."""
    if name.endswith(ENDING):
        return open_exported(Path(name))
    if not name.endswith(".pt"):
        folder = find_run(name, results)
        if folder.policy.is_file() and not any(folder.checkpoints.glob("*.pt")):
            return open_exported(folder.policy)
    return open_run(name, results)


def open_run(name: str, results: str) -> StoredRun:
    """Return the checkpoint ``name``, or the latest one of run ``name``."""
    if name.endswith(".pt"):
        path = Path(name)
    else:
        folder = find_run(name, results)
        _refuse_other_hosts(folder)
        path = folder.latest_checkpoint()
    checkpoint = load_checkpoint(path)
    try:
        config = migrate(checkpoint.config)
        if "scenario" in config["env_args"]:  # 0.1.0 recorded its content in the checkpoint alone
            config["game"] = {"scenario": checkpoint.scenario, **config["game"]}
        check_known(config)
        run = StoredRun(path, config, checkpoint.t_env, int(checkpoint.state["episode"]))
    except (*MISFITS, UserError) as error:
        raise unusable(path, f"is incomplete ({_told(error)})") from None
    return run


def spec_of(
    run: StoredPolicy, changes: Mapping[str, object] | None = None, plugins: Sequence[str] = ()
) -> RunSpec:
    """Return what the policy was trained with, with some settings changed.

    A file may come from anywhere: its plugins are imported only when the user names them.
    """
    _refuse_untold_plugins(run, plugins)
    changes = changes or {}
    config = change({**run.config, "plugins": list(plugins)}, changes)
    return resolve(config, chosen=frozenset(changes))


def _refuse_untold_plugins(run: StoredPolicy, plugins: Sequence[str]) -> None:
    named = run.config["plugins"]
    if named and not plugins:
        options = " ".join(f"--plugin={file}" for file in named)
        raise UserError(
            f"{run.path}: needs the plugins it was trained with; if you trust them, add {options}"
        )


def refuse_another_game(run: StoredPolicy, spec: RunSpec, remedy: str) -> None:
    """Raise UserError when the game is no more the one that the run was trained on."""
    changed = changed_content(run.config, spec)
    if not changed:
        return
    if changed[0] == "plugins":
        raise UserError(f"{run.path}: {_other_plugins(run.config['plugins'])}")
    if "scenario" in changed:
        what = f"the scenario '{run.config['env_args'].get('scenario')}'"
    else:
        what, remedy = f"the game's {changed[0]}", "play with what it was trained with"
    raise UserError(f"{run.path}: {what} has changed since it was trained: {remedy}")


def _other_plugins(trained_with: Sequence[str]) -> str:
    if not trained_with:
        return "was trained without plugins: leave out --plugin, or name a run trained with it"
    files = ", ".join(trained_with)
    return f"was trained with other plugins than those given: give it {files} as it was then"


def refuse_edited_rules(run: StoredPolicy, spec: RunSpec) -> None:
    """Raise UserError when a policy that is to play another game would not have its own code.

    The game may differ as the user says, but neither the compiled rules nor a plugin of the run's.
    """
    named = {Path(file).name for file in run.config["plugins"]}
    own = content_of(file for file in spec.settings.plugins if Path(file).name in named)
    then = run.config.get("game") or {}
    edited = {"rules": spec.config["game"].get("rules"), "plugins": own or None}
    for key, now in edited.items():
        if key in then and then[key] != now:
            raise UserError(
                f"{run.path}: the game's {key} have changed since it was trained: play with those "
                "that it was trained with"
            )


def load_policy(run: StoredPolicy, spec: RunSpec, n_games: int, seed: int) -> Policy:
    """Return the stored networks with ``n_games`` games to play at once.

    Raises UserError when they do not fit what they are to play.
    """
    check_playing(spec.sizes, n_games, free_memory(spec.settings.device))
    networks = _checked_networks(run, spec.config, spec.interface)
    policy = make_policy(spec, n_games, seed)
    with _fitting(run, spec.config):
        networks.load_into(policy.mac)
    return policy


def refuse_unplayable(
    run: StoredPolicy, specs: Sequence[RunSpec], plugins: Sequence[str] = ()
) -> None:
    """Raise UserError, naming the sizes, for an environment that a policy's networks do not fit."""
    with _fitting(run, run.config):
        check = run.networks.check
    refuse_misfits(
        str(run.path), run.config, lambda: acting_parts(run, plugins)[1].sizes, check, specs
    )


def load_trained_policy(
    run: StoredPolicy,
    plugins: Sequence[str] = (),
    seed: int = 0,
    device: str = "cpu",
    episode_limit: int | None = None,
    other: RunSpec | None = None,
) -> TrainedPolicy:
    """Return the stored networks to be asked step by step; whoever asks plays the games.

    ``seed`` is of what it draws, ``episode_limit`` the length of the longest game, if that is not
    the environment's. ``other`` has the environment, if it is not the one of training, and then
    also the device. Raises UserError when the networks do not fit.
    """
    parts = (other.config, other.interface) if other else acting_parts(run, plugins, device)
    config, (sizes, layout) = parts
    longest = sizes._replace(episode_limit=episode_limit or sizes.episode_limit)
    return trained_policy(run, config, Interface(longest, layout), seed)


def acting_parts(
    run: StoredPolicy,
    plugins: Sequence[str] = (),
    device: str = "cpu",
    in_the_same_game: bool = False,
) -> tuple[Config, Interface]:
    """Return the settings of a policy, and what it knows of its environment.

    An exported one says so itself; for another one the environment is read, and refused where it
    must be the same game as in training and is not.
    """
    if isinstance(run, ExportedPolicy):
        _refuse_untold_plugins(run, plugins)
        load_plugins(plugins)
        chosen = with_both_names({"device": chosen_device(device)})
        return {**run.config, **chosen}, run.interface
    spec = spec_of(run, {"device": device}, plugins)
    if in_the_same_game:
        refuse_another_game(run, spec, "undo the change")
    return spec.config, spec.interface


def trained_policy(
    run: StoredPolicy, config: Config, interface: Interface, seed: int = 0
) -> TrainedPolicy:
    """Return the stored networks in a controller of their own; see `acting_parts`."""
    networks = _checked_networks(run, config, interface)
    acting = make_acting(config, interface, seed)
    with _fitting(run, config):
        networks.load_into(acting.mac)
    name = run_name(run.config)
    return TrainedPolicy(acting, interface, run.t_env, config["device"], name)


def _checked_networks(run: StoredPolicy, config: Config, interface: Interface) -> StoredNetworks:
    """Return the stored networks when they are those that these settings and sizes make."""
    with _fitting(run, config):
        networks = run.networks
        check_count(networks.state, config, interface.sizes)
        networks.check(outline(config, interface))
    return networks


@contextmanager
def _fitting(run: StoredPolicy, played: Config) -> Iterator[None]:
    """Say in one line why stored networks do not fit what they are to play."""
    try:
        yield
    except MISFITS as error:
        reason = _told(error)
        raise UserError(
            f"{run.path}: was trained on '{game_name(run.config)}' and does not fit "
            f"'{game_name(played)}' ({reason})"
        ) from None


def restore(training: Training, run: StoredRun) -> None:
    """Bring a training to where its run was stopped; UserError when the state does not fit."""
    try:
        state = run.state()
        check_training(state, training)
        training.load_state_dict(state)
    except MISFITS as error:
        raise unusable(run.path, f"does not fit its run ({_told(error)})") from None


def _told(error: Exception) -> str:
    """Return the last line of what went wrong; of a name that is missing, what that means."""
    if isinstance(error, KeyError):
        return f"{error} is missing"
    return (str(error).splitlines() or [type(error).__name__])[-1].strip()


def _refuse_other_hosts(folder: RunFolder) -> None:
    """EPyMARL's loop stores networks in its own way, from which only it can go on."""
    try:
        config = read_json(folder.path / "config.json")
    except UserError:
        return  # a damaged record says nothing about the checkpoints
    if config.get("host") == "epymarl":
        raise UserError(
            f"{folder.path}: was trained in EPyMARL's own loop; evaluate it there: repeat its "
            f"command with evaluate=True checkpoint_path={folder.path / 'models'}/NAME"
        )
