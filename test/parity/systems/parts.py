"""What every network is made of. `weights`: tensors by the names that a spec gives them."""

import torch
from torch.nn import functional as F


def features(weights, rows):
    """The embeddings of user and item beside the two numbers."""
    ids = [weights[f"{name}.embedding"][rows[name]] for name in ("user", "item")]
    return torch.cat([*ids, rows["x"].unsqueeze(1), rows["y"].unsqueeze(1)], 1)


def dense(weights, name, x):
    return x @ weights[f"{name}.weight"] + weights[f"{name}.bias"]


def mlp(weights, name, x, layers, activation=torch.relu):
    for layer in range(layers):
        x = activation(dense(weights, f"{name}.{layer}", x))
    return x


def logit(weights, head, x):
    return dense(weights, f"{head}/logit", x).squeeze(1)


def bce(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


def click_and_buy(weights, rows, for_click, for_buy):
    """A tower and a cross-entropy for each of the two tasks, over all rows."""
    click, buy = (
        bce(logit(weights, task, mlp(weights, f"t.{task}", x, 1)), rows[task])
        for task, x in (("click", for_click), ("buy", for_buy))
    )
    return {"loss/click": (1, click), "loss/buy": (1, buy)}


def squared_variation(x):
    return x.var(unbiased=False) / x.mean() ** 2
