"""Xi et al.: Modeling the Sequential Dependence among Audience Multi-step Conversions (AITM), 2021: eq. 1 to 8."""

import torch
from parts import bce, dense, features, logit, mlp


def attention(weights, info, own):
    """AIT: attention over what the step before transfers and what this one has, eq. 3 to 5."""
    keys = [u @ weights["z.h1.weight"] for u in (info, own)]
    queries = [u @ weights["z.h2.weight"] for u in (info, own)]
    values = [u @ weights["z.h3.weight"] for u in (info, own)]
    scores = torch.stack([(k * q).sum(1) / own.shape[1] ** 0.5 for k, q in zip(keys, queries)], 1)
    shares = torch.softmax(scores, 1)
    return shares[:, :1] * values[0] + shares[:, 1:] * values[1]


def losses(weights, rows):
    x = features(weights, rows)
    q_click, q_buy = (mlp(weights, f"q.{step}", x, 2) for step in ("click", "buy"))
    z_buy = attention(weights, torch.relu(dense(weights, "z.info", q_click)), q_buy)
    click = logit(weights, "click", mlp(weights, "click/1", q_click, 1))
    buy = logit(weights, "buy", mlp(weights, "buy/1", z_buy, 1))
    calibrator = torch.relu(torch.sigmoid(buy) - torch.sigmoid(click)).mean()
    return {
        "loss/click": (1, bce(click, rows["click"])),
        "loss/buy": (1, bce(buy, rows["buy"])),
        "penalty/order": (0.6, calibrator),
    }
