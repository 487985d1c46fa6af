"""Burges: From RankNet to LambdaRank to LambdaMART: An Overview, 2010: section 4, |ΔNDCG| at 5 times the logistic loss."""

import torch
from parts import features, logit, mlp
from torch.nn import functional as F

AT = 5


def discounts(count):
    positions = torch.arange(1, count + 1)
    return torch.where(positions <= AT, 1 / torch.log2(1.0 + positions), 0.0)


def of_list(scores, gains):
    by_position = discounts(len(scores))
    ideal = (gains.sort(descending=True).values * by_position).sum()
    discount = torch.empty_like(gains)
    discount[scores.argsort(descending=True)] = by_position
    total = 0
    for i in range(len(scores)):
        for j in range(len(scores)):
            if gains[i] > gains[j]:
                change = (gains[i] - gains[j]) * (discount[i] - discount[j]).abs() / ideal
                total = total + change * F.softplus(-(scores[i] - scores[j]))
    return total


def losses(weights, rows):
    scores = logit(weights, "pref", mlp(weights, "pref/1", features(weights, rows), 2, torch.tanh))
    gains = torch.where(rows["buy"] == 1, 3.0, rows["click"])
    found = []
    for request in rows["request"].unique():
        members = rows["request"] == request
        # NDCG is not defined where nothing is relevant.
        if gains[members].max() > 0:
            found.append(of_list(scores[members], gains[members]))
    return {"loss/pref": (1, sum(found) / len(found))}
