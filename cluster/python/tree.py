"""The reduction tree: nodes are (start, count), and sums of halves are taken left to right, whoever computes them."""


def halves(node):
    """The two halves of a node of the tree: the left one has the largest power of two below its count."""
    start, count = node
    left = 1 << ((count - 1).bit_length() - 1)
    return (start, left), (start + left, count - left)


def parent(node, leaves):
    """The node whose half this one is; None for the root."""
    current = (0, leaves)
    while current != node and current[1] > 1:
        left, right = halves(current)
        if node in (left, right):
            return current
        current = left if node[0] < right[0] else right
    return None


def contains(outer, inner):
    return outer[0] <= inner[0] and inner[0] + inner[1] <= outer[0] + outer[1]


class TreeSum:
    """Sums along the tree; terms come in any order, and halves are combined, left and right, once both are there."""

    def __init__(self, leaves, combine):
        self.leaves, self.combine = leaves, combine
        self.sums = {}

    def insert(self, leaf, value):
        node = (leaf, 1)
        self.sums[node] = value
        while above := parent(node, self.leaves):
            left, right = halves(above)
            if left not in self.sums or right not in self.sums:
                return
            self.sums[above] = self.combine(above, self.sums.pop(left), self.sums.pop(right))
            node = above


class Share:
    """A worker's part of one sum: the nodes it was given, the leaves it has begun, the sums it has sent."""

    def __init__(self, nodes, leaves, combine):
        self.nodes, self.begun, self.sums, self.delivered = nodes, set(), TreeSum(leaves, combine), {}

    def begin(self):
        new = [leaf for start, count in self.nodes for leaf in range(start, start + count) if leaf not in self.begun]
        self.begun.update(new)
        return new

    def deliver(self):
        """The sums that cover nodes of the share and were not sent: a sum that has outgrown a node goes in its place."""
        new = {}
        for node in self.nodes:
            if not self.covers(node):
                held = next((held for held in self.sums.sums if contains(held, node)), None)
                if held:
                    new[held] = self.delivered[held] = self.sums.sums[held]
        return new

    def covers(self, node):
        return any(contains(sent, node) for sent in self.delivered)

    @property
    def is_delivered(self):
        return all(self.covers(node) for node in self.nodes)
