"""Training of the second stage: a small transformer that reads question and passage together."""
