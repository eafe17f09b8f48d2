"""The Python interface: what `import acd_plugin` offers, a module for each kind of need.

Nothing is done here that the rooms below do not do for the command line as well.
"""
