"""Training of the bundled encoder, and adapting it to other documents. Nothing here is needed to answer."""
