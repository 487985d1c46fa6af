#!/usr/bin/env python3
"""A peer of `mtlc train` from file to measured model: columns read by Arrow or pandas, a dictionary of the training rows for each category
(0 is a value that it does not have), one epoch of the peer's own training, AUC on the test rows. Prints one line of JSON.

usage: end_to_end.py torch|tensorflow arrow|pandas TRAIN TEST MODEL.json      (files end in .parquet or .csv)
"""
import json
import os
import sys
import time

import numpy as np

from worker import Data, Rows, Shape, scores, train_epochs


def read_arrow(path):
    from pyarrow import csv, parquet

    table = parquet.read_table(path) if path.endswith(".parquet") else csv.read_csv(path)
    return lambda name: table.column(name).combine_chunks()


def read_pandas(path):
    import pandas as pd

    frame = pd.read_parquet(path) if path.endswith(".parquet") else pd.read_csv(path)
    return lambda name: frame[name]


def encode_arrow(train, test):
    import pyarrow.compute as pc

    coded = train.dictionary_encode()
    places = pc.fill_null(pc.index_in(test, value_set=coded.dictionary), -1)
    return coded.indices.to_numpy(), places.to_numpy(), len(coded.dictionary)


def encode_pandas(train, test):
    import pandas as pd

    codes, values = pd.factorize(train)
    return codes, pd.Index(values).get_indexer(test), len(values)


def main():
    library, reader, train_path, test_path, model = sys.argv[1:6]
    model = json.loads(open(model).read())
    began = time.perf_counter()
    read, encode = (read_arrow, encode_arrow) if reader == "arrow" else (read_pandas, encode_pandas)
    columns = [read(train_path), read(test_path)]
    ids, sizes = ([], []), []
    for name in model["categories"]:
        first, second, size = encode(*(column(name) for column in columns))
        for array, codes in zip(ids, (first, second)):
            array.append(np.asarray(codes, np.int32) + 1)
        sizes.append(size + 1)
    stack = lambda column, names: np.stack([np.asarray(column(name), np.float32) for name in names], 1)
    train, test = (
        Rows(np.stack(array, 1), stack(column, model["numbers"]), stack(column, model["labels"]))
        for array, column in zip(ids, columns)
    )
    del ids, columns
    encoded = time.perf_counter()
    names = ("embed", "experts", "units", "tower", "batch", "rate", "threads")
    shape = Shape(sizes=sizes, numbers=len(model["numbers"]), tasks=len(model["labels"]), **{name: model[name] for name in names})
    data = Data(shape, model["heads"], train, test)
    if library == "torch":
        from torch_mmoe import Peer

        peer = Peer(data, compiled=False)
    else:
        from tensorflow_mmoe import Peer

        peer = Peer(data)
    train_epochs(peer, data, 1, 2)
    trained = time.perf_counter()
    found = scores(peer, data)
    now = time.perf_counter()
    print(json.dumps({"auc": found, "read": encoded - began, "train": trained - encoded, "measure": now - trained}), flush=True)
    # The interpreter's way down is not what is measured.
    os._exit(0)


main()
