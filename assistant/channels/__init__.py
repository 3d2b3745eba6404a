"""The ways a question comes in and its answer goes out: each takes an Assistant and knows nothing else of it."""
