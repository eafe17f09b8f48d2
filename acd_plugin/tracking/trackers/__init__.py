"""Where records go beside the run folder."""
