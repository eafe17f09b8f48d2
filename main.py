"""Run from a checkout: ``python main.py --config=dial --env-config=cyborg_large``."""

import sys

from acd_plugin.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
