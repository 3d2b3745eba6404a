"""One reader a format; ``read`` finds the right one for each source."""
