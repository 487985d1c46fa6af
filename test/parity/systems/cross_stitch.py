"""Misra et al.: Cross-stitch Networks for Multi-task Learning, 2016: eq. 1, a unit for each layer."""

import torch
from parts import click_and_buy, dense, features


def losses(weights, rows):
    click = buy = features(weights, rows)
    for layer in range(2):
        click, buy = (torch.relu(dense(weights, f"b.{task}.{layer}", x)) for task, x in (("click", click), ("buy", buy)))
        (aa, ab), (ba, bb) = weights[f"b.{layer}.stitch"]
        click, buy = aa * click + ab * buy, ba * click + bb * buy
    return click_and_buy(weights, rows, click, buy)
