"""The one exception of the runner: a sentence for the person in front of it."""


class Trouble(Exception):
    """Something that keeps the story from being told. The text says what, and what to do next."""


class Unavailable(Trouble):
    """What the language needs cannot be had on this machine: a tool, or the registry of its packages."""


class Deviation(Trouble):
    """The story was told and went otherwise than the seed says."""
