"""One training run under Sacred: new or continued, recorded whatever happens."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sacred import SETTINGS, Experiment
from sacred.utils import SacredInterrupt

import acd_plugin
from acd_plugin.errors import UserError
from acd_plugin.hosts import Host
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.builtin.training import Training, TrainingStoppedError
from acd_plugin.running.fingerprint import fingerprint
from acd_plugin.tracking.checkpoint import Checkpoint, save_checkpoint
from acd_plugin.tracking.columns import flat_columns
from acd_plugin.tracking.command_line import with_override
from acd_plugin.tracking.console import Progress, logger, program
from acd_plugin.tracking.metric_file import drop_metrics_after
from acd_plugin.tracking.observer import RunFolderObserver
from acd_plugin.tracking.recorder import Recorder
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.stop_signal import StopSignal
from acd_plugin.tracking.trackers.metric_sinks import MetricSink, SacredSink, TensorBoardSink
from acd_plugin.tracking.trackers.mongo.address import MongoAddress
from acd_plugin.tracking.trackers.mongo.mirror import Mirror

SETTINGS.CAPTURE_MODE = "sys"  # "fd" loses the end of the output when not on a terminal
SETTINGS.CONFIG.READ_ONLY_CONFIG = False  # configurations are handed on to be extended


class RunStopped(SacredInterrupt):  # type: ignore[misc]  # Sacred has no type hints
    """The user stopped the run; its folder holds a checkpoint to go on from."""

    STATUS = "INTERRUPTED"

    def __init__(self, folder: RunFolder) -> None:
        super().__init__(f"stopped; resume with: {program()} resume {folder.path}")
        self.folder = folder


def run_training(
    config: dict[str, Any],
    resume: tuple[RunFolder, Checkpoint] | None = None,
    mongo: MongoAddress | None = None,
    about: Mapping[str, str | None] | None = None,
    draw: Callable[[RunFolder, Path], None] | None = None,
    host: Host = BUILTIN,
) -> RunFolder:
    """Train with a checked configuration in a ``host`` and return the run's folder.

    ``resume`` continues that run, in its folder, from that checkpoint; ``mongo`` also gets what is
    recorded; ``about`` is stored with a new run (``comment``: the user's note, ``command_line``);
    ``draw`` writes the picture that is stored with a finished run. Raises RunStopped after Ctrl-C,
    when everything was saved.
    """
    observer = RunFolderObserver(config["local_results_path"], resume[0] if resume else None)
    source = Path(acd_plugin.__file__).parent
    experiment = Experiment(
        "{algorithm} on {environment}".format(**flat_columns(config)),
        base_dir=str(source),
        save_git_info=_is_under_git(source),
        interactive=True,  # Sacred otherwise refuses to start from a notebook
    )
    experiment.logger = logger  # its own would be named after the experiment
    experiment.observers.append(observer)
    experiment.add_config(config)

    mirrors: list[Mirror] = []

    def train(_run: Any) -> float | None:
        logger.info("run folder: %s", observer.dir)
        if mongo is not None:
            mirrors.append(Mirror(observer.folder, mongo))
            mirrors[0].start()
        try:
            if host.loop is not None:
                result = host.loop(_run, config, str(observer.folder.path))
            else:
                result = _train(_run, config, observer.folder, resume[1] if resume else None)
            if draw is not None:
                _store_picture(_run, observer.folder, draw)
            return result
        except TrainingStoppedError:
            _run._emit_heartbeat()
            raise RunStopped(observer.folder) from None
        except BaseException:
            _run._emit_heartbeat()  # Sacred would lose the output since the last beat
            raise

    experiment.main(train)
    about = _told_about(resume[0], config["t_max"]) if resume else about or {}
    try:
        experiment.run(
            options={"--comment": about.get("comment")},
            meta_info={"command_line": about.get("command_line")},
        )
    finally:
        for mirror in mirrors:
            mirror.finish()
    return observer.folder


def _told_about(folder: RunFolder, t_max: int) -> dict[str, str | None]:
    """Return what was stored about a run when it was started.

    Its command is the one that makes the whole run, even if it goes on for longer than was planned.
    """
    try:
        run = json.loads((folder.path / "run.json").read_text())
        planned = json.loads((folder.path / "config.json").read_text()).get("t_max")
        meta = dict(run.get("meta") or {})
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # damaged; that is no reason not to go on
    if meta.get("command_line") and planned != t_max:
        meta["command_line"] = with_override(meta["command_line"], "t_max", t_max)
    return meta


def _store_picture(run: Any, folder: RunFolder, draw: Callable[[RunFolder, Path], None]) -> None:
    run._emit_heartbeat()  # the file then holds every point
    with tempfile.TemporaryDirectory() as place:
        picture = Path(place) / "learning_curve.png"
        draw(folder, picture)
        if picture.exists():
            run.add_artifact(picture)


def _is_under_git(folder: Path) -> bool:
    """Sacred records the commit, but fails where there is none."""
    if shutil.which("git") is None:
        return False
    command = ["git", "-C", str(folder), "rev-parse", "--verify", "HEAD"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _train(
    run: Any, config: dict[str, Any], folder: RunFolder, checkpoint: Checkpoint | None
) -> float | None:
    scenario = fingerprint(config)

    def save(state: dict[str, Any], t_env: int) -> None:
        run._emit_heartbeat()  # a checkpoint must never be ahead of what was recorded
        try:
            save_checkpoint(
                folder, Checkpoint(config, scenario, t_env, state), config["keep_checkpoints"]
            )
        except OSError as error:  # the next one may succeed, and training is worth more than it
            logger.warning("no checkpoint at step %d: %s", t_env, error.strerror or error)

    sinks: list[MetricSink] = [SacredSink(run)]
    if config["use_tensorboard"]:
        sinks.append(_tensorboard(folder))
    t_env = checkpoint.t_env if checkpoint else 0
    with StopSignal() as stop:
        recorder = Recorder(
            sinks, Progress(config["t_max"], t_env, config["batch_size"]), save, stop.requested
        )
        try:
            training = Training(config, recorder)
            if checkpoint is not None:
                drop_metrics_after(folder, t_env)
                training.load_state_dict(checkpoint.state)
            training.train()
        finally:
            recorder.close()
    return recorder.latest("test_return_mean")


def _tensorboard(folder: RunFolder) -> TensorBoardSink:
    try:
        return TensorBoardSink(folder.tensorboard)
    except ImportError:
        raise UserError(
            "use_tensorboard=True needs the package tensorboard: pip install tensorboard"
        ) from None
