"""Worlds in worker processes: CybORG's Python objects are slow, and games are independent."""

from __future__ import annotations

import itertools
import multiprocessing
import signal
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.cyborg.cyborg_backend.package import import_cyborg
from acd_plugin.envs.cyborg.cyborg_backend.step_record import Events, Network, Orders, new_events
from acd_plugin.machine import cores

_PATIENCE = 5.0  # seconds that a process has to end by itself


class Worlds(Protocol):
    """Some games that are played in step."""

    def reset(self, seeds: NDArray[np.uint64]) -> None: ...

    def step(self, orders: Orders) -> Events: ...

    def close(self) -> None: ...


class LocalWorlds:
    """All games in this process, one after the other."""

    def __init__(self, network: Network, games: int) -> None:
        import_cyborg()
        from acd_plugin.envs.cyborg.cyborg_backend.world import World  # noqa: PLC0415 - needs CybORG

        self.worlds = [World(network) for _ in range(games)]

    def reset(self, seeds: NDArray[np.uint64]) -> None:
        for world, seed in zip(self.worlds, seeds, strict=True):
            world.reset(int(seed))

    def step(self, orders: Orders) -> Events:
        agents, hosts = orders.actions.shape[1], self.worlds[0].n_hosts
        events = new_events(len(self.worlds), agents, hosts)
        for game, world in enumerate(self.worlds):
            world.step(orders, events, game)
        return events

    def close(self) -> None:
        """Nothing to free."""


class _ThereError(Exception):
    """Where in its process a worker failed."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


class _Worker(NamedTuple):
    process: BaseProcess
    pipe: Connection
    games: slice


class WorkerWorlds:
    """Games shared among processes; results do not depend on how many there are.

    A worker that fails or dies ends the step with RuntimeError: one line, caused by its traceback.
    """

    def __init__(self, network: Network, games: int, processes: int) -> None:
        # Not forked: this process may have threads (torch's, the metrics') that a copy would lack.
        context = multiprocessing.get_context("spawn")
        edges = np.linspace(0, games, processes + 1).astype(int).tolist()
        self._workers = []
        for first, last in itertools.pairwise(edges):
            ours, theirs = context.Pipe()
            arguments = (theirs, network, last - first)
            process = context.Process(target=_serve, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self._workers.append(_Worker(process, ours, slice(first, last)))

    @property
    def processes(self) -> list[BaseProcess]:
        return [worker.process for worker in self._workers]

    def reset(self, seeds: NDArray[np.uint64]) -> None:
        self._ask("reset", [seeds[worker.games] for worker in self._workers])

    def step(self, orders: Orders) -> Events:
        parts = [Orders._make(field[worker.games] for field in orders) for worker in self._workers]
        answers = cast(list[Events], self._ask("step", parts))
        return Events(*(np.concatenate(fields) for fields in zip(*answers, strict=True)))

    def _ask(self, method: str, arguments: Sequence[object]) -> list[object]:
        """Let all workers do something at the same time."""
        for worker, argument in zip(self._workers, arguments, strict=True):
            try:
                worker.pipe.send((method, argument))
            except OSError:  # it is dead, which `_answer` tells with what it left
                continue
        return [self._answer(worker) for worker in self._workers]

    def _answer(self, worker: _Worker) -> object:
        where = None
        try:
            problem, where, answer = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join()
            code = worker.process.exitcode
            problem = f"it died with exit code {code}"
            if code is not None and code < 0:
                problem = f"it was killed by {signal.Signals(-code).name}"
        if problem is not None:
            games = f"games {worker.games.start} to {worker.games.stop - 1}"
            self.close()
            told = f"the process that plays {games} on CybORG failed: {problem}"
            raise RuntimeError(told) from (_ThereError(where) if where else None)
        return answer

    def close(self) -> None:
        """End all processes, by hanging up, or by force if one does not notice."""
        for worker in self._workers:
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join(_PATIENCE)
            worker.process.terminate()


def _serve(pipe: Connection, network: Network, games: int) -> None:
    """What a worker process does until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the training process's to handle
    worlds: Worlds | None = None
    while True:
        try:
            method, argument = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            worlds = worlds or LocalWorlds(network, games)
            pipe.send((None, None, getattr(worlds, method)(argument)))
        except Exception as error:
            problem = f"{type(error).__name__}: {' '.join(str(error).split())}"
            pipe.send((problem, traceback.format_exc(), None))
            return


def worlds_of(network: Network, games: int, processes: int | None = None) -> Worlds:
    """Return the worlds of ``games`` games, in as many processes as there are cores.

    One game is played in this process: who steps single games (EPyMARL's own runners) has
    processes of his own, which may not start others.
    """
    count = min(games, processes or cores())
    return LocalWorlds(network, games) if count == 1 else WorkerWorlds(network, games, count)
