"""What every compiled game shares, whatever its rules.

A game is a folder beside this one. Its rules are plain functions on one row of a struct of arrays
(a `NamedTuple`), in a folder of its own called ``game``, each marked with `compilation.compiled`.
It takes from here

- `compilation`: the decorator and its cache on disk;
- `rng`: a stream of random numbers for every game, in blocks that later blocks do not move;
- `threads`: many games, spread over threads;
- `integers`: 64-bit arithmetic that wraps without a warning where rules run uncompiled;
- `uncompiled`: the same rules as Python, which checks bounds;
- `composition`: the same rules with one of them replaced, by a user's attacker for instance;
- `content`: short names of what compiled functions are made from.

What differs between the games of one batch stands in one of two places. What is drawn anew for
every episode (a network, say) is part of the state, one row a game, and filled by the rules that
reset it, from a block of dice of its own. What differs between groups of games (other settings,
another attacker) makes them batches of their own, joined by `envs.mixed_batch`.
"""

import os

# Before numba is loaded. With highlighting, numba lets colorama wrap whatever standard output is at
# the time, which in a recorded run is a stream that is closed before colorama's exit handler writes
# to it; and all that the compiler says is full of marks.
os.environ.setdefault("NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING", "1")
