"""Chen et al.: GradNorm: Gradient Normalization for Adaptive Loss Balancing, 2018: algorithm 1, on the shared representation."""

import torch
from shared_bottom import losses  # noqa: F401

ALPHA = 1.5


class Balance:
    def __init__(self):
        self.weights = torch.ones(2, requires_grad=True)
        self.optimizer = torch.optim.Adam([self.weights], lr=0.025)
        self.first = None

    def backward(self, terms, h):
        values = torch.stack([loss.detach() for loss in terms])
        if self.first is None:
            self.first = values
        norms = torch.stack([torch.autograd.grad(loss, h, retain_graph=True)[0].norm() for loss in terms])
        sum(weight * loss for weight, loss in zip(self.weights.detach().clone(), terms)).backward()
        sizes = self.weights * norms
        ratios = values / self.first
        target = (sizes.mean() * (ratios / ratios.mean()) ** ALPHA).detach()
        self.optimizer.zero_grad()
        (sizes - target).abs().sum().backward()
        self.optimizer.step()
        with torch.no_grad():
            self.weights.mul_(len(terms) / self.weights.sum())
