"""Writes fixtures.json: predictions, truths and what scikit-learn says of them.

    python test/metrics/make-fixtures.py && npx prettier --write test/metrics/fixtures.json        (numpy, scikit-learn)
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics as sk

rng = np.random.default_rng(11)


def expected_calibration_error(p, y, w, buckets=15):
    """Buckets [i/n, (i+1)/n), the last with 1."""
    bucket = np.minimum((p.astype(np.float64) * buckets).astype(int), buckets - 1)
    total = 0.0
    for i in range(buckets):
        here = bucket == i
        if here.any() and w[here].sum() > 0:
            share = w[here].sum() / w.sum()
            total += share * abs(np.average(p[here].astype(np.float64), weights=w[here]) - np.average(y[here], weights=w[here]))
    return total


def grouped_auc(p, y, w, groups):
    values, weights = [], []
    for group in np.unique(groups[groups >= 0]):
        here = (groups == group) & (w > 0)
        if len(np.unique(y[here])) < 2:
            continue
        values.append(sk.roc_auc_score(y[here], p[here], sample_weight=w[here]))
        weights.append(w[here].sum())
    return float(np.average(values, weights=weights)) if values else None


def classify(name, p, y, w=None, groups=None):
    p = p.astype(np.float32)
    y = y.astype(np.float32)
    counted = np.ones(len(p)) if w is None else w.astype(np.float32).astype(np.float64)
    one_class = len(np.unique(y[counted > 0])) < 2
    has_positive = bool((y[counted > 0] == 1).any())
    expected = {
        "auc": None if one_class else sk.roc_auc_score(y, p, sample_weight=counted),
        "pr_auc": sk.average_precision_score(y, p, sample_weight=counted) if has_positive else None,
        "logloss": sk.log_loss(y, p, sample_weight=counted, labels=[0, 1]),
        "accuracy": sk.accuracy_score(y, p >= 0.5, sample_weight=counted),
        "rmse": float(np.sqrt(sk.mean_squared_error(y.astype(np.float64), p.astype(np.float64), sample_weight=counted))),
        "mae": sk.mean_absolute_error(y.astype(np.float64), p.astype(np.float64), sample_weight=counted),
        "calibration": float((counted * p).sum() / (counted * y).sum()) if has_positive else None,
        "ece": expected_calibration_error(p, y, counted),
    }
    case = {"name": name, "predictions": p, "targets": y, "expected": expected}
    if w is not None:
        case["weights"] = w.astype(np.float32)
    if groups is not None:
        case["groups"] = groups
        expected["gauc"] = grouped_auc(p, y, counted, groups)
    return case


def regress(name, p, y, w):
    p, y, w = (x.astype(np.float32) for x in (p, y, w))
    p64, y64, w64 = (x.astype(np.float64) for x in (p, y, w))
    expected = {
        "rmse": float(np.sqrt(sk.mean_squared_error(y64, p64, sample_weight=w64))),
        "mae": sk.mean_absolute_error(y64, p64, sample_weight=w64),
        "calibration": float((w64 * p64).sum() / (w64 * y64).sum()),
    }
    return {"name": name, "predictions": p, "targets": y, "weights": w, "expected": expected}


def sample(n, rate, tie=None):
    z = rng.normal(size=n) * 1.5 + np.log(rate / (1 - rate))
    p = 1 / (1 + np.exp(-z))
    y = rng.random(n) < p
    return (np.round(p * tie) / tie if tie else p), y


n = 400
p, y = sample(n, 0.3)
cases = [
    classify("plain", p, y),
    classify("ties", *sample(n, 0.3, tie=7)),
    classify("rare", *sample(1000, 0.02)),
    classify("weighted", *sample(n, 0.3), w=rng.choice([0, 0.25, 1, 3], n)),
    classify("weighted with ties", *sample(n, 0.3, tie=9), w=rng.exponential(size=n)),
    classify("groups", *sample(n, 0.3, tie=20), groups=rng.integers(-1, 40, n)),
    classify("weighted groups", *sample(n, 0.5), w=rng.choice([0, 1, 2], n), groups=rng.integers(0, 60, n)),
    classify("all equal", np.full(50, 0.25), rng.random(50) < 0.4),
    classify("certain, and at times wrong", np.repeat([0.0, 1.0, 0.0, 1.0], 10), np.repeat([0, 1, 1, 0], 10)),
    classify("certain and right", np.repeat([0.0, 1.0], 10), np.repeat([0, 1], 10)),
    classify("positives alone", rng.random(20), np.ones(20)),
    classify("negatives alone", rng.random(20), np.zeros(20)),
    regress("amounts", rng.gamma(2, 10, n), rng.gamma(2, 10, n), rng.choice([0, 1, 2.5], n)),
]


def plain(value):
    if isinstance(value, np.ndarray):
        # The shortest text that reads back as the same float32.
        return [int(x) if x.dtype.kind == "i" else float(str(x)) for x in value]
    return float(value) if isinstance(value, np.floating) else value


fixtures = {
    "scikit-learn": sklearn.__version__,
    "cases": [{k: {m: plain(x) for m, x in v.items()} if k == "expected" else plain(v) for k, v in case.items()} for case in cases],
}
path = pathlib.Path(__file__).with_name("fixtures.json")
path.write_text(json.dumps(fixtures, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
