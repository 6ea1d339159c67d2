"""What a worker sends of some microbatches, and how two of them are added."""
import numpy as np


class Contribution:
    """The gradient, in a part for each segment as it is sent; the tally (summed loss, correct predictions, samples); and, segment by
    segment, the squares and errors of its logged filters, where they are measured."""

    def __init__(self, parts, tally, squares, errors):
        self.parts, self.tally, self.squares, self.errors = parts, tally, squares, errors


class Sum:
    """The values of the tree's nodes in one step. The value of a node is what is sent of it."""

    def __init__(self, codings, step, measures_errors):
        self.codings, self.step, self.measures_errors = codings, step, measures_errors

    def leaf(self, microbatch, gradients, tally, squares):
        """Of one microbatch, whose gradient is given segment by segment."""
        return self.value((microbatch, 1), gradients, tally, squares, [0 for _ in gradients])

    def __call__(self, node, left, right):
        gradients = [c.unpack(a) + c.unpack(b) for c, a, b in zip(self.codings, left.parts, right.parts)]
        errors = added(left.errors, right.errors)
        return self.value(node, gradients, added(left.tally, right.tally), added(left.squares, right.squares), errors)

    def value(self, node, gradients, tally, squares, errors):
        parts = [c.pack(x, self.step, node) for c, x in zip(self.codings, gradients)]
        if self.measures_errors:
            errors = added(errors, [c.errors(x, part) for c, x, part in zip(self.codings, gradients, parts)])
        else:
            errors = [np.array([]) for _ in parts]
        return Contribution(parts, tally, squares, errors)


def added(left, right):
    return [a + b for a, b in zip(left, right)]
