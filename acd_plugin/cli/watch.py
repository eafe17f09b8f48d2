"""``main.py watch RUN [--games N] [--out FILE.html] ... [with env_args.key=value device=...]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from acd_plugin.analysis.replay.page import is_page, page
from acd_plugin.analysis.replay.record import Caption
from acd_plugin.components.acting import games_as_in_tests
from acd_plugin.configuration.device import split_device
from acd_plugin.configuration.layers import Config, read_overrides
from acd_plugin.configuration.nested import flat
from acd_plugin.configuration.ranges import check_games
from acd_plugin.errors import UserError
from acd_plugin.running.console import set_up_logging
from acd_plugin.running.replay import record_games
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.stored_policy import StoredPolicy
from acd_plugin.running.stored_run import open_policy
from acd_plugin.running.to_play import spec_to_play
from acd_plugin.running.variants import refuse_changes_of_the_policy
from acd_plugin.tracking.run_folder import refuse_to_replace, write_named

_MOST_STEPS = 20_000  # of all games of a page: 35 MB on the large network, as browsers still open
_OF_THE_POLICY = ("n_bits", "message_content")


def run(options: argparse.Namespace) -> int:
    """Play games with a stored policy and write a page that shows them."""
    set_up_logging()
    device, changes = split_device(read_overrides(options.overrides))
    refuse_changes_of_the_policy(changes, "watch")
    check_games(options.games, options.seed, at_least=1, option="--games")
    if options.out is not None:
        _refuse_place(Path(options.out))
    stored = open_policy(options.run, options.results)
    out = _default_place(stored) if options.out is None else Path(options.out)
    spec = spec_to_play(stored, changes, device, options.plugins)
    _refuse_too_many(spec, options.games)
    replay = record_games(stored, spec, options.games, options.seed)
    write_named(out, page(replay, _caption(stored, spec.config, options.seed)).encode())
    print(f"{stored.path} ({stored.config['name']}, trained for {stored.t_env:,} steps)")
    games = f"{options.games} {games_as_in_tests(stored.config)}, seed {options.seed}"
    print(f"{games}; open in a browser: {out}")
    return 0


def _default_place(stored: StoredPolicy) -> Path:
    place = stored.path.with_suffix(".html") if stored.folder is None else stored.folder.games
    _refuse_place(place)
    return place


def _refuse_place(out: Path) -> None:
    """Raise UserError for what is no page, and where something else lies that would be lost."""
    if out.suffix != ".html":
        raise UserError(f"--out {out}: must end in .html")
    refuse_to_replace(out, lambda file: is_page(file.read(1000).decode(errors="replace")), "watch")


def _refuse_too_many(spec: RunSpec, games: int) -> None:
    steps = spec.sizes.episode_limit
    if games * steps > _MOST_STEPS:
        raise UserError(
            f"--games is {games}: a page shows at most {_MOST_STEPS:,} steps, and a game may have "
            f"{steps:,}; choose at most {max(1, _MOST_STEPS // steps)}"
        )


def _caption(stored: StoredPolicy, config: Config, seed: int) -> Caption:
    return Caption(
        title=f"{config['name']} on {config['env_name']}",
        run=f"checkpoint {stored.path.name}" if stored.folder is None else f"run {stored.folder}",
        t_env=stored.t_env,
        games=games_as_in_tests(stored.config),
        seed=seed,
        settings={
            **{key: str(config[key]) for key in _OF_THE_POLICY if key in config},
            **{key: str(value) for key, value in flat(config["env_args"]).items()},
        },
    )
