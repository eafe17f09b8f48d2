"""What `import acd_plugin` offers, for type checkers and editors; imported when first used."""

from acd_plugin.api.environments import make as make
from acd_plugin.api.environments import make_batch as make_batch
from acd_plugin.api.environments import make_epymarl as make_epymarl
from acd_plugin.api.environments import make_gymnasium as make_gymnasium
from acd_plugin.api.environments import names as names
from acd_plugin.api.policies import export_policy as export_policy
from acd_plugin.api.policies import load_policy as load_policy
from acd_plugin.api.runs import evaluate as evaluate
from acd_plugin.api.runs import resume as resume
from acd_plugin.api.runs import train as train
from acd_plugin.api.tables import read_metrics as read_metrics
from acd_plugin.api.tables import read_runs as read_runs
from acd_plugin.envs.batch_env import Purpose as Purpose
from acd_plugin.errors import UserError as UserError
from acd_plugin.running.hearing import hear as hear
from acd_plugin.running.recorded_run import RunStopped as RunStopped

__version__: str
NUMBERS: int
CHANCE: int
