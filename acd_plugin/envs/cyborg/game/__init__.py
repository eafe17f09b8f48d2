"""The rules of the game, compiled with numba and readable as plain Python.

`types` holds the state and the rules as arrays; `step` plays one step by calling, in the game's
order, `red.choice`, `green`, `blue` (act), `red.execution`, `monitor` and `reward`.
Set ``NUMBA_DISABLE_JIT=1`` to run the same code uncompiled, in a debugger for instance.
"""
