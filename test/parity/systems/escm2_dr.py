"""Wang et al.: ESCM²: Entire Space Counterfactual Multi-Task Model, 2022: section 4, the doubly robust regularizer."""

import torch
from parts import bce, features, logit, mlp
from torch.nn import functional as F

LEAST_PROPENSITY = 0.1


def losses(weights, rows):
    x = features(weights, rows)
    click, cvr, imputed = (logit(weights, name, mlp(weights, f"{name}/1", x, 1)) for name in ("click", "cvr", "imputed"))
    p_click, p_cvr = torch.sigmoid(click), torch.sigmoid(cvr)
    bought = F.binary_cross_entropy(p_click * p_cvr, rows["buy"])
    # The error of the conversion rate is seen on clicks, and is imputed on all rows.
    clicked = rows["click"]
    error = F.binary_cross_entropy(p_cvr, rows["buy"], reduction="none")
    imputation = F.softplus(imputed)
    share = clicked / p_click.detach().clamp(min=LEAST_PROPENSITY)
    doubly_robust = (imputation + share * (error - imputation)).mean()
    imputation_error = (share * (error - imputation) ** 2).mean()
    return {
        "loss/click": (1, bce(click, rows["click"])),
        "loss/both": (0.5, bought),
        "loss/cvr": (0.5, doubly_robust + imputation_error),
    }
