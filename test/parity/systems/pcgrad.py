"""Yu et al.: Gradient Surgery for Multi-Task Learning, 2020: algorithm 1, on the gradients of the shared representation."""

import torch
from shared_bottom import losses  # noqa: F401


class Balance:
    def backward(self, terms, h):
        """Leaves the towers' own gradients and the bottom's combined one in `.grad`."""
        own = [torch.autograd.grad(loss, h, retain_graph=True)[0] for loss in terms]
        combined = 0
        for i, gradient in enumerate(own):
            for j, other in enumerate(own):
                product = (gradient * other).sum()
                if i != j and product < 0:
                    gradient = gradient - product / (other * other).sum() * other
            combined = combined + gradient
        plain = sum(own)
        sum(terms).backward(retain_graph=True)
        # The bottom has the sum of both gradients now: what surgery changed of it comes on top.
        h.backward(combined - plain)
