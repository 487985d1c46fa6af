"""Liu et al.: FAMO: Fast Adaptive Multitask Optimization, 2023: algorithm 1, the change of a loss being that since the step before."""

import torch
from shared_bottom import losses  # noqa: F401

RATE, GAMMA = 0.1, 0.001


class Balance:
    def __init__(self):
        self.logits = torch.zeros(2, requires_grad=True)
        self.optimizer = torch.optim.Adam([self.logits], lr=RATE, weight_decay=GAMMA)
        self.before = None

    def backward(self, terms, h):
        values = torch.stack(terms)
        logs = values.detach().log()
        if self.before is not None:
            self.optimizer.zero_grad()
            torch.softmax(self.logits, 0).backward(self.before - logs)
            self.optimizer.step()
        self.before = logs
        shares = torch.softmax(self.logits, 0).detach()
        rate = (shares / values.detach()).sum()
        ((shares * values.log()).sum() / rate).backward()
