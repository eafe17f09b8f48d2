"""Games that were played, to be watched: as data, as text and as a web page."""
