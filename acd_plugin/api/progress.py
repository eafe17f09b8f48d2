"""How far a run has come, for a notebook or a script."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import NoReturn

from tqdm import tqdm

from acd_plugin.running.console import line_of
from acd_plugin.running.sacred_run import Output

_TOLD = {"return_mean": "return", "test_return_mean": "test return"}


class Bar:
    """A `Console`: a bar of environment steps on standard error, and lines in the run's folder."""

    def __init__(self, t_max: int, t_env: int, output: Output, is_shown: bool) -> None:
        self._output = output
        self._bar: tqdm[NoReturn] = tqdm(
            total=t_max,
            initial=t_env,
            unit=" steps",
            unit_scale=True,
            file=sys.stderr,
            disable=not is_shown,
            dynamic_ncols=True,
        )

    def advance(self, t_env: int, episodes: int) -> None:
        del episodes  # part of the contract
        self._bar.update(t_env - self._bar.n)

    def say(self, step: int, numbers: Mapping[str, float]) -> None:
        self._output.write(line_of(step, numbers))
        told = {name: numbers[key] for key, name in _TOLD.items() if key in numbers}
        self._bar.set_postfix({name: f"{value:.2f}" for name, value in told.items()})

    def close(self) -> None:
        self._bar.close()
