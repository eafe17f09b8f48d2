"""An unmodified EPyMARL checkout as the host: its own loop, with our classes in it."""
