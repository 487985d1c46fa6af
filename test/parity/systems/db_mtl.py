"""Lin et al.: Dual-Balancing for Multi-Task Learning, 2023: algorithm 1, on all parameters that the tasks share."""

import shared_bottom
import torch

BETA, DECAY = 0.9, 0.5


def losses(weights, rows):
    """The losses, and what the tasks share: the embeddings and the bottom."""
    terms, _ = shared_bottom.losses(weights, rows)
    return terms, [weight for name, weight in weights.items() if name.startswith("b.") or name.endswith(".embedding")]


class Balance:
    def __init__(self):
        self.time = 0
        self.means = None

    def backward(self, terms, shared):
        logs = [loss.log() for loss in terms]
        found = [torch.cat([each.flatten() for each in torch.autograd.grad(log, shared, retain_graph=True)]) for log in logs]
        self.time += 1
        kept = BETA / self.time**DECAY
        if self.means is None:
            self.means = [torch.zeros_like(gradient) for gradient in found]
        self.means = [kept * mean + (1 - kept) * gradient for mean, gradient in zip(self.means, found)]
        longest = max(mean.norm() for mean in self.means)
        combined = sum(longest / mean.norm() * mean for mean in self.means)
        sum(logs).backward()
        for weight, gradient in zip(shared, combined.split([weight.numel() for weight in shared])):
            weight.grad = gradient.reshape(weight.shape)
