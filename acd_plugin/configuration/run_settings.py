"""The settings that every run has, typed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from acd_plugin.configuration.ignored import Ignored
from acd_plugin.configuration.ranges import Games, Seed, Steps
from acd_plugin.configuration.validation import PathText, Settings


class RunSettings(Settings):
    """The keys that every run has; an algorithm's own keys are checked by the algorithm."""

    model_config = ConfigDict(extra="allow")

    name: str  # of the algorithm
    env: str
    env_name: str  # as the user calls the environment
    env_args: dict[str, Any]
    plugins: list[str]  # Python files that are imported first
    runner: str
    mac: str
    learner: str
    seed: Seed
    t_max: Steps
    episodes_max: int | None = Field(default=None, ge=1, le=10**15)
    test_interval: Steps
    test_nepisode: int = Field(ge=1, le=10**6)
    log_interval: Steps
    runner_log_interval: Steps
    learner_log_interval: Steps
    local_results_path: PathText = Field(min_length=1)
    mongo_url: str | None = None
    trackers: list[str] = Field(default_factory=list)  # names of `tracking.trackers`
    use_tensorboard: bool
    save_model: bool
    save_model_interval: Steps
    keep_checkpoints: int = Field(ge=0, le=10**6)
    device: Literal["cpu", "cuda", "auto"]
    use_cuda: bool  # the same, by EPyMARL's name
    seeds_at_once: Literal["auto"] | Annotated[int, Field(ge=1, le=1024)]
    buffer_cpu_only: bool
    torch_threads: int = Field(ge=1, le=1024)
    batch_size: Games
    batch_size_run: Games
    buffer_size: Games

    @property
    def ignored(self) -> Ignored:
        """Keys that change nothing beside the others, each with the reason."""
        keys = [] if self.save_model else ["save_model_interval", "keep_checkpoints"]
        return dict.fromkeys(keys, "save_model=False: no checkpoints are written")
