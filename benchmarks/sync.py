"""How long it takes to copy many recorded runs into an empty database, and with how much memory.

    python benchmarks/sync.py [--runs 1000] [--points 200] [--metrics 30] [--mongo URL]

Without a URL the database is the testbed's server (mongomock behind real sockets) in a process of
its own, much slower than MongoDB: its share of the processor's time is printed beside ours.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from acd_plugin.cli.sync import sync
from testbed.mongo_server import WireServer

_START = datetime(2026, 1, 1)


def write_runs(results: Path, runs: int, points: int, metrics: int) -> None:
    """Write run folders as training would have left them."""
    times = [(_START + timedelta(seconds=n)).isoformat() for n in range(points)]
    for number in range(1, runs + 1):
        folder = results / str(number)
        folder.mkdir(parents=True)
        run = {"command": "train", "status": "COMPLETED", "result": -1.0, "experiment": {}}
        dates = {"start_time": times[0], "stop_time": times[-1], "heartbeat": times[-1]}
        (folder / "run.json").write_text(json.dumps({**run, **dates}))
        (folder / "config.json").write_text(json.dumps({"name": "dial", "seed": number}))
        (folder / "cout.txt").write_text("output\n" * 500)
        (folder / "evaluations.jsonl").write_text(json.dumps({"return_mean": -number}) + "\n")
        with (folder / "metrics.jsonl").open("w") as file:
            for step, time_ in enumerate(times):
                for metric in range(metrics):
                    line = {"name": f"metric_{metric}", "step": step, "value": 0.1, "time": time_}
                    file.write(json.dumps(line) + "\n")


def serve(connection: Connection) -> None:
    """Be a database until the other end says stop; then tell how much processor time that took."""
    with WireServer() as server:
        connection.send(server.url)
        connection.recv()
        connection.send(time.process_time())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--metrics", type=int, default=30)
    parser.add_argument("--mongo", metavar="URL")
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    if options.mongo is None:
        server.start()
    url = options.mongo or ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        write_runs(Path(folder), options.runs, options.points, options.metrics)
        for what in ("into the empty database", "again, nothing new"):
            begin, used = time.perf_counter(), time.process_time()
            sync([], folder, url)
            seconds, used = time.perf_counter() - begin, time.process_time() - used
            print(f"{what}: {seconds:.1f} s, of which {used:.1f} s are our processor time")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process: {peak:.0f} MiB")
    if options.mongo is None:
        ours.send("stop")
        print(f"processor time of the stand-in database: {ours.recv():.1f} s")


if __name__ == "__main__":
    main()
