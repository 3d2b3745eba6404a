"""What can go wrong while training.

::

    TrainingError
    ├── TrainingDataError      a corpus or a file of pairs cannot be read, or holds too little
    └── TrainingConfigError    the configuration file cannot be used

Each message is one line in Chinese that names the file and what to do.
"""

from knowledge.errors import KnowledgeError


class TrainingError(KnowledgeError):
    """A fault of a training run that a person can act on."""


class TrainingDataError(TrainingError):
    """The material cannot be used."""


class TrainingConfigError(TrainingError):
    """The configuration cannot be used."""
