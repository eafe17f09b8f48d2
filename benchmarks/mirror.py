"""Training speed with the MongoDB mirror off, on, and with a server that has frozen.

    python benchmarks/mirror.py [--epochs 100] [--rounds 5]

Trains the same run in all three ways, in turns, so that whatever else the machine does disturbs all
alike. Prints the median seconds of processor time per epoch and the ratios to "off". The server is
the testbed's, in a process of its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from acd_plugin.cli.main import main as program
from testbed.mongo_server import WireServer

_STEPS = 128 * 30  # of one epoch


def serve(connection: Connection) -> None:
    """Be a database whose mode the other end sets."""
    with WireServer() as server:
        connection.send(server.url)
        while True:
            server.mode = connection.recv()
            connection.send("done")


def train(epochs: int, options: list[str]) -> float:
    """Return the seconds of processor time that one run takes."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.process_time()
        words = ["--config=dial", "--env-config=cyborg_small", *options, "with"]
        words += [f"t_max={epochs * _STEPS}", f"local_results_path={folder}"]
        if program(words) != 0:
            raise SystemExit("a run failed")
        return time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    os.environ.pop("ACD_MONGO_URL", None)
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    url = ours.recv()
    seconds: dict[str, list[float]] = {"off": [], "on": [], "frozen": []}
    train(2, [])  # compiles
    for _ in range(options.rounds):
        for name, times in seconds.items():
            ours.send("freeze" if name == "frozen" else "ok")
            ours.recv()
            times.append(train(options.epochs, [] if name == "off" else [f"--mongo={url}"]))
    off = np.array(seconds["off"])
    for name, times in seconds.items():
        ratio = np.median(np.array(times) / off)
        each = np.median(times) / options.epochs
        print(f"{name:<8}{each:8.4f} s per epoch, {ratio:.3f} times that of off")


if __name__ == "__main__":
    main()
