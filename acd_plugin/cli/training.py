"""Start what ``train`` was asked for."""

from __future__ import annotations

import argparse

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.cli.ended import told, told_of_all
from acd_plugin.cli.request import Request
from acd_plugin.errors import UserError
from acd_plugin.experiments.claims import claim_of
from acd_plugin.experiments.seeds import in_processes, refuse_existing
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.epymarl.host import load_host
from acd_plugin.running.console import set_up_logging
from acd_plugin.running.many import train_many
from acd_plugin.running.planned import with_seeds
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.run_spec import RunSpec, resolve
from acd_plugin.running.train import train


def start(request: Request, options: argparse.Namespace) -> int:
    """Train what was asked for, say how it ended, and return the exit code."""
    set_up_logging()
    host = load_host(request.checkout) if request.checkout else BUILTIN
    spec = resolve(request.config, host.name, chosen=request.chosen)
    records = Records(options.note, options.command_line, options.mongo, draw_run)
    if not request.seeds:
        return told(lambda: train(spec, records, host), can_be_evaluated=host.loop is None)
    if host.loop is not None:
        raise UserError(
            f"several seeds: the loop of the host {host.name} trains one; start it once for each"
        )
    return _train_seeds(spec, request.seeds, records)


def _train_seeds(spec: RunSpec, seeds: list[int], records: Records) -> int:
    runs = with_seeds(spec, seeds, records)
    refuse_existing(runs)
    runs = [run._replace(claim=claim_of(run.spec.config)) for run in runs]
    return told_of_all(runs, train_many(runs, in_processes))
