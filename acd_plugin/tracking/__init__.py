"""Records of runs: folders and archives, metrics, evaluations, checkpoints; trackers."""

import warnings

# Sacred imports pkg_resources; that it is old is known (see the bound on setuptools) and no news.
warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
