"""An algorithm of one's own: hysteretic Q-learning (Matignon et al. 2007).

    python main.py --config=examples/hysteretic_q.yaml --env-config=cyborg_small

The YAML file names this one under `plugins`, so that it is imported before anything is looked up.
Independent learners see the others' mistakes as their own bad luck, so bad news counts less here.
"""

from __future__ import annotations

from types import SimpleNamespace

import torch
from pydantic import Field
from torch import Tensor

from acd_plugin.components.contracts import Scheme, StatLogger
from acd_plugin.controllers.controller import Controller
from acd_plugin.learners import REGISTRY
from acd_plugin.learners.q_learner import QLearner, QSettings


class HystereticSettings(QSettings):
    """The settings of Q-learning and one more; field names are the configuration's keys."""

    bad_news_weight: float = Field(gt=0.0, le=1.0)


class HystereticLearner(QLearner):
    """Weighs errors by ``bad_news_weight`` where a game went worse than expected."""

    def __init__(
        self, mac: Controller, scheme: Scheme, logger: StatLogger, args: SimpleNamespace
    ) -> None:
        super().__init__(mac, scheme, logger, args)
        self.bad_news_weight = HystereticSettings.from_args(args).bad_news_weight

    def error_loss(self, errors: Tensor) -> Tensor:
        weights = torch.where(errors > 0, self.bad_news_weight, 1.0)  # expected minus found
        return (weights * errors**2).sum()


REGISTRY["hysteretic_q_learner"] = HystereticLearner  # the name under `learner` in the YAML file
