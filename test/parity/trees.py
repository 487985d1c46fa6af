"""LightGBM's own run on the files of a spec: `python trees.py SETTINGS`, a JSON file; prints a prediction for each test row.

Nothing of mtlc is used but the ids of categories, which are the lines of an artifact's vocabularies.
"""

import csv
import gzip
import json
import sys

import lightgbm as lgb
import numpy as np


def rows_of(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as file:
        return list(csv.DictReader(file))


def main():
    with open(sys.argv[1]) as file:
        settings = json.load(file)
    ids = {}
    for column, path in settings["vocabularies"].items():
        with open(path) as file:
            ids[column] = {value: index + 1 for index, value in enumerate(file.read().split("\n")[:-1])}

    def value(row, column):
        text = row[column]
        return ids[column].get(text, 0) if column in ids else float(text) if text else np.nan

    def matrix(rows):
        return np.array([[value(row, column) for column in settings["columns"]] for row in rows])

    train, test = rows_of(settings["train"]), rows_of(settings["test"])
    group = None
    if "group" in settings:
        lists = {}
        for row in train:
            lists.setdefault(row[settings["group"]], []).append(row)
        train = [row for rows in lists.values() for row in rows]
        group = [len(rows) for rows in lists.values()]
    labels = [max([gain for label, gain in settings["gains"].items() if row[label] == "1"], default=0) for row in train]
    data = lgb.Dataset(
        matrix(train),
        labels,
        group=group,
        categorical_feature=[index for index, column in enumerate(settings["columns"]) if column in ids],
    )
    booster = lgb.train(settings["parameters"], data, settings["rounds"])
    print(json.dumps(booster.predict(matrix(test)).tolist()))


main()
