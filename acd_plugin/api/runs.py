"""Train and evaluate from Python: in a script, a notebook or a thread.

Each does what the command of its name does, and leaves the process's random numbers as they were.
Ctrl-C, or interrupting the kernel, saves and raises `RunStopped`; in a thread nothing is heard.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.api.evaluation_table import evaluation_table
from acd_plugin.api.progress import Bar
from acd_plugin.api.settings import command, of_environment, of_policy
from acd_plugin.configuration.layers import chosen_keys, configure, load_environment
from acd_plugin.configuration.plain import plain
from acd_plugin.configuration.plugins import plugin_files
from acd_plugin.configuration.ranges import MOST_EVALUATED, integer
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.global_generators import GlobalGenerators
from acd_plugin.running.evaluation import Games, store
from acd_plugin.running.evaluation import evaluate as play
from acd_plugin.running.planned import Planned, continued
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.sacred_run import Output
from acd_plugin.running.stored_run import open_policy
from acd_plugin.running.train import Shown, train_alone
from acd_plugin.running.turns import ONE_AT_A_TIME
from acd_plugin.tracking.evaluations import Evaluation
from acd_plugin.tracking.remarks import check_remarks
from acd_plugin.tracking.run_folder import RunFolder

if TYPE_CHECKING:  # a package that is no part of the installation
    from pandas import DataFrame

_DRAWING = threading.Lock()


def train(
    config: str | Path = "dial",
    env: str | Path = "cyborg_small",
    *,
    results: str | Path = "results",
    env_args: Mapping[str, object] | None = None,
    tags: Sequence[str] = (),
    note: str | None = None,
    plugins: Sequence[str] = (),
    progress: bool = True,
    **settings: object,
) -> Path:
    """Train a new run in a folder of its own under ``results`` and return the folder.

    ``config`` and ``env`` are names or files as after ``--config`` and ``--env-config``,
    ``settings`` are what stands after ``with`` (``t_max=240_000, seed=1``), ``env_args`` those of
    the environment, nested where they are. Raises UserError for what is wrong with them, before
    anything is written.
    """
    if "local_results_path" in settings:
        raise UserError(
            f"local_results_path={settings['local_results_path']!r}: say results=... instead"
        )
    if not isinstance(results, str | Path):
        raise UserError(f"results is {results!r}: give a folder")
    check_remarks(tags, note)
    plugins = plugin_files(plugins)
    if not isinstance(env_args, Mapping | None):
        raise UserError(f"env_args is {env_args!r}: give a dictionary of settings")
    defaults = load_environment(str(env), plugins)["env_args"]
    changes = {**plain(settings), **of_environment(env_args or {}, defaults)}
    repeat = command(config, env, changes)
    changes["local_results_path"] = str(results)
    merged = configure(str(config), str(env), changes, plugins=plugins)
    chosen = chosen_keys(str(config), str(env), changes)
    spec = resolve({**merged, "tags": list(tags)}, chosen=chosen)
    return _train(Planned(spec, Records(note, repeat, draw=_draw)), progress)


def resume(
    run: str | Path,
    *,
    results: str | Path = "results",
    plugins: Sequence[str] = (),
    progress: bool = True,
    **settings: object,
) -> Path:
    """Go on with a run, as if it had not been stopped; ``t_max`` and on what may change."""
    records = Records(draw=_draw)
    named = plugin_files(plugins)
    return _train(continued(str(run), str(results), records, plain(settings), named), progress)


@overload
def evaluate(
    run: str | Path,
    episodes: int = 128,
    *,
    on: None = None,
    seed: int = 0,
    results: str | Path = "results",
    plugins: Sequence[str] = (),
    device: str = "cpu",
    **env_args: object,
) -> Evaluation: ...


@overload
def evaluate(
    run: str | Path,
    episodes: int = 128,
    *,
    on: Mapping[str, object] | Sequence[Mapping[str, object]],
    seed: int = 0,
    results: str | Path = "results",
    plugins: Sequence[str] = (),
    device: str = "cpu",
    **env_args: object,
) -> DataFrame: ...


def evaluate(
    run: str | Path,
    episodes: int = 128,
    *,
    on: Mapping[str, object] | Sequence[Mapping[str, object]] | None = None,
    seed: int = 0,
    results: str | Path = "results",
    plugins: Sequence[str] = (),
    device: str = "cpu",
    **env_args: object,
) -> Evaluation | DataFrame:
    """Play greedy games, the same for all policies of one ``seed``, and return how they went.

    ``run`` is a run, by its folder or by its number in ``results``, or a checkpoint; ``env_args``
    are settings of the environment that are to be others than in training, and ``channel`` (or
    ``channel.loss``, ...) what happens to messages. The outcome is stored with the run, if the
    checkpoint lies in one.

    ``on`` are further such settings, one dictionary or several; a list in one of them is several
    values, and several lists are crossed: four variants are
    ``on={"attacker": ["paper", "direct"], "sees": ["own", "team"]}``. What is returned then is a
    table of pandas with a row for each: what is changed, the return with its interval, and all
    statistics. Those that are stored already are not played again.
    """
    episodes = integer("episodes", episodes, 2, MOST_EVALUATED)
    seed = integer("seed", seed, 0, 2**32 - 1)
    plugins = plugin_files(plugins)
    stored = open_policy(str(run), str(results))
    changes = of_policy(env_args, stored.config)
    generators = GlobalGenerators.capture()
    try:
        if on is not None:
            games = Games(episodes, seed, device=device)
            return evaluation_table(stored, changes, on, games, plugins)
        plays = play(stored, Games(episodes, seed, changes, device=device), plugins)
    finally:
        _restore(generators)
    store(stored, [played.evaluation for played in plays])
    return plays[0].evaluation


def _train(planned: Planned, progress: bool) -> Path:
    output = Output()
    t_env = planned.stored.t_env if planned.stored else 0
    bar = Bar(planned.spec.settings.t_max, t_env, output, progress)
    generators = GlobalGenerators.capture()
    try:
        return train_alone(planned, shown=Shown(bar, output)).path
    finally:
        bar.close()
        _restore(generators)


def _restore(generators: GlobalGenerators) -> None:
    with ONE_AT_A_TIME:  # another thread may be drawing the first weights of a run
        generators.restore()


def _draw(folder: RunFolder, path: Path) -> None:
    with _DRAWING:  # which is not made for threads
        draw_run(folder, path)
