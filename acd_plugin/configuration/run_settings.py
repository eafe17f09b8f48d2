"""The settings that every run has, typed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from acd_plugin.configuration.validation import Settings


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
    seed: int = Field(ge=0, lt=2**63)
    t_max: int = Field(ge=1)
    episodes_max: int | None = Field(default=None, ge=1)
    test_interval: int = Field(ge=1)
    test_nepisode: int = Field(ge=1)
    log_interval: int = Field(ge=1)
    runner_log_interval: int = Field(ge=1)
    learner_log_interval: int = Field(ge=1)
    local_results_path: str = Field(min_length=1)
    mongo_url: str | None = None
    trackers: list[str] = Field(default_factory=list)  # names of `tracking.trackers`
    use_tensorboard: bool
    save_model: bool
    save_model_interval: int = Field(ge=1)
    keep_checkpoints: int = Field(ge=0)
    device: Literal["cpu", "cuda", "auto"]
    use_cuda: bool  # the same, by EPyMARL's name
    seeds_at_once: Literal["auto"] | Annotated[int, Field(ge=1)]
    buffer_cpu_only: bool
    torch_threads: int = Field(ge=1)
    batch_size: int = Field(ge=1)
    batch_size_run: int = Field(ge=1)
    buffer_size: int = Field(ge=1)
