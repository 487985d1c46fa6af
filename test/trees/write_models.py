"""Models that LightGBM made of random rows and what it predicts with them: `python test/trees/write_models.py`.

Each pair in test/trees/models is NAME.txt, the model, and NAME.json: rows, the sums of the trees and the predictions.
"""

import json
import math
import os

import lightgbm as lgb
import numpy as np

FOLDER = os.path.join(os.path.dirname(__file__), "models")
COMMON = {"verbosity": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True, "min_data_in_leaf": 3, "num_leaves": 6}

# name: parameters, (share of missing numbers, share of zeros), categories of the last column, how labels come about
MODELS = {
    "regression": ({"objective": "regression"}, (0.0, 0.0), 0, "amount"),
    "missing_nan": ({"objective": "regression"}, (0.3, 0.1), 0, "amount"),
    "missing_zero": ({"objective": "regression", "zero_as_missing": True}, (0.2, 0.4), 0, "amount"),
    "missing_unused": ({"objective": "regression", "use_missing": False}, (0.3, 0.1), 0, "amount"),
    "binary": ({"objective": "binary", "sigmoid": 0.7}, (0.2, 0.2), 9, "event"),
    "categories": ({"objective": "binary", "max_cat_to_onehot": 1, "cat_smooth": 1, "min_data_per_group": 1}, (0.1, 0.1), 80, "event"),
    "one_hot": ({"objective": "regression", "max_cat_to_onehot": 64, "min_data_per_group": 1}, (0.1, 0.1), 40, "amount"),
    "tweedie": ({"objective": "tweedie", "tweedie_variance_power": 1.3}, (0.1, 0.1), 5, "positive"),
    "l1": ({"objective": "regression_l1"}, (0.1, 0.1), 5, "amount"),
    "root": ({"objective": "regression", "reg_sqrt": True}, (0.1, 0.1), 0, "amount"),
    "lambdarank": ({"objective": "lambdarank", "lambdarank_truncation_level": 5}, (0.1, 0.1), 7, "grade"),
    "no_split": ({"objective": "regression", "min_data_in_leaf": 400}, (0.0, 0.0), 0, "amount"),
}


def draw(rng, count, shares, categories):
    missing, zero = shares
    x = rng.normal(size=(count, 4))
    x[:, 1] = np.round(x[:, 1] * 3)
    x[rng.random(x.shape) < zero] = 0
    x[rng.random(x.shape) < missing] = np.nan
    if categories:
        x[:, 3] = rng.integers(0, categories, count)
        x[rng.random(count) < missing, 3] = np.nan
    return x


def labels(rng, x, kind):
    clean = np.nan_to_num(x, nan=-0.5)
    score = clean[:, 0] + 0.3 * clean[:, 1] * (clean[:, 2] > 0) + ((clean[:, 3] * 7) % 3 - 1) + 0.3 * rng.normal(size=len(x))
    if kind == "event":
        return (score > 0).astype(float)
    if kind == "positive":
        return np.maximum(0, score)
    if kind == "grade":
        return np.clip(np.round(score + 1), 0, 3)
    return score


def plain(values):
    return [None if math.isnan(v) else v for v in values]


def main():
    os.makedirs(FOLDER, exist_ok=True)
    for index, (name, (parameters, shares, categories, kind)) in enumerate(MODELS.items()):
        rng = np.random.default_rng(index)
        x = draw(rng, 300, shares, categories)
        y = labels(rng, x, kind)
        group = [10] * 30 if kind == "grade" else None
        data = lgb.Dataset(x, y, group=group, categorical_feature=[3] if categories else [], feature_name=["a", "b", "c", "d"])
        booster = lgb.train({**COMMON, **parameters}, data, 8)
        rows = draw(rng, 40, (0.25, 0.25), categories + 20 if categories else 0)
        # What comparisons must get right: edges of 0, categories that were never seen, far numbers.
        rows[0] = [1e-36, -1e-36, 0.0, -3.0]
        rows[1] = [2e-35, -0.0, 1e300, 1000.0]
        rows[2] = [np.nan, np.nan, np.nan, np.nan]
        rows[3] = [-1e300, 5.0, 0.5, 2.9]
        with open(os.path.join(FOLDER, f"{name}.txt"), "w") as file:
            file.write(booster.model_to_string().split("\nfeature_importances:")[0] + "\n")
        sums = booster.predict(rows, raw_score=True)
        with open(os.path.join(FOLDER, f"{name}.json"), "w") as file:
            found = {"rows": [plain(row) for row in rows.tolist()], "sums": sums.tolist(), "predictions": booster.predict(rows).tolist()}
            json.dump(found, file)
            file.write("\n")


main()
