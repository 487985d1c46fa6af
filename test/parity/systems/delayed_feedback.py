"""Chapelle: Modeling Delayed Feedback in Display Advertising, 2014: section 3.2, eq. 7 to 11, without the L2 term."""

import torch
from parts import features, logit, mlp


def losses(weights, rows):
    x = features(weights, rows)
    p = torch.sigmoid(logit(weights, "rate", mlp(weights, "rate/1", x, 1)))
    hazard = torch.exp(logit(weights, "hazard", mlp(weights, "hazard/1", x, 1)))
    converted = torch.log(p) + torch.log(hazard) - hazard * rows["delay"]
    not_yet = torch.log(1 - p + p * torch.exp(-hazard * rows["elapsed"]))
    return {"loss/rate": (1, -torch.where(rows["buy"] == 1, converted, not_yet).mean())}
