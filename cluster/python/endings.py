"""How a worker's life ends."""


class Left(Exception):
    """The end of the process: an exit code and a sentence."""

    def __init__(self, code, sentence):
        super().__init__(sentence)
        self.code = code


class Unable(Left):
    """This worker cannot do what the run asks for; the run is told."""


class Rejoined(Exception):
    """The coordinator has given this worker's place away: a new life begins."""
