"""From rows of raw columns to the tensors that an artifact's graphs are fed, by what the artifact says.

Needs NumPy only. `manifest.json` has the layout, `model.json` the features, `fitted.json` scales and boundaries, `vocab/` the values
with an id. The meaning of each is in docs/language.md and docs/data.md; the values are those that `mtlc predict` makes of the same rows.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Row = Mapping[str, Any]
Texts = list[str | None]

# Scaled numbers are kept in the range of float32.
LARGEST = float(np.finfo(np.float32).max)


class Encoder:
    """Encodes rows for an artifact: `ids` [rows, id width] int32 and `numbers` [rows, number width] float32.

    A row is a mapping of column names to values; a column that is missing is null. A feature that the spec computes from several
    columns (`= log1p(price)`, `cross(a, b)`) is read under its own name, already computed.
    """

    def __init__(self, artifact: str | Path) -> None:
        folder = Path(artifact)
        schema = _read_json(folder / "manifest.json")["schema"]
        model = _read_json(folder / "model.json")
        fitted = _read_json(folder / "fitted.json")["features"]
        self.id_width: int = schema["idWidth"]
        self.number_width: int = schema["numberWidth"]
        self._clean = _text_cleaner(model["data"])
        slots = {slot["name"]: slot for slot in schema["features"]}
        self._features = []
        for feature in model["features"]:
            if feature.get("weighted"):
                raise ValueError(f"the bag {feature['name']} has weights, which this example does not encode")
            owner = feature["name"]
            if feature.get("vocabulary", {}).get("kind") == "like":
                owner = feature["vocabulary"]["feature"]
            encode = self._encoder_of(feature, fitted[owner], folder / "vocab" / f"{owner}.txt")
            self._features.append((feature, slots[feature["name"]], encode))

    def __call__(self, rows: Sequence[Row]) -> dict[str, np.ndarray]:
        ids = np.zeros((len(rows), self.id_width), np.int32)
        numbers = np.zeros((len(rows), self.number_width), np.float32)
        for feature, slot, encode in self._features:
            out = ids if slot["input"] == "ids" else numbers
            columns = slice(slot["offset"], slot["offset"] + slot["width"])
            for index, row in enumerate(rows):
                out[index, columns] = encode(_value_of(feature, row))
        return {"ids": ids, "numbers": numbers}

    def _encoder_of(self, feature: dict[str, Any], fit: dict[str, Any], vocabulary: Path) -> Callable[[Any], Any]:
        clean, kind = self._clean, feature["kind"]
        if kind == "numeric":
            scale = _scale_of(feature, fit)
            return lambda value: scale(_number_of(clean(value)))
        if kind == "bucket":
            bucket = _bucket_of(feature, fit)
            return lambda value: bucket(_number_of(clean(value)))
        if kind == "numbers":
            scale = _scale_of(feature, fit)
            return lambda value: _filled(
                [scale(_number_of(text)) for text in self._texts(value, feature)], feature, 0.0
            )
        id_of = _ids_of(fit, vocabulary)
        if kind == "categorical":
            null, outside = _null_id(feature, id_of), feature.get("missing", {}).get("outside", False)
            # An id of 0 is "unknown"; `outside: missing` reads it as a null.
            return lambda value: null if (text := clean(value)) is None else id_of(text) or (null if outside else 0)
        return lambda value: _filled(
            [0 if text is None else id_of(text) for text in self._texts(value, feature)], feature, -1
        )

    def _texts(self, value: Any, feature: dict[str, Any]) -> Texts:
        """The values of a row, at most `max`; a null counts in a sequence only, whose positions other sequences share."""
        if isinstance(value, (list, tuple, np.ndarray)):
            texts = [self._clean(each) for each in value]
        else:
            text = self._clean(value)
            texts = [] if text is None else [self._clean(part) for part in text.split(feature["separator"])]
        if "along" not in feature:
            texts = [text for text in texts if text is not None]
        missing = feature.get("missing")
        if not texts and feature["kind"] == "bag" and missing is not None:
            return [canonical(str(missing["value"]))]
        if feature["kind"] != "bag" and feature["keep"] == "all" and len(texts) > feature["max"]:
            raise ValueError(f"{feature['name']} has {len(texts)} values, more than {feature['max']}")
        keeps_last = feature["kind"] != "bag" and feature["keep"] == "last"
        return texts[-feature["max"] :] if keeps_last else texts[: feature["max"]]


def canonical(text: str) -> str:
    """The one text of a value that formats spell differently: `3` for `3.0`, `true` for `True`."""
    whole = re.fullmatch(r"(-?(?:0|[1-9][0-9]*))\.0+", text)
    if whole is not None:
        return "0" if whole[1] == "-0" else whole[1]
    return {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "-0": "0"}.get(text, text)


def murmur3_bucket(text: str, buckets: int, seed: int) -> int:
    """The bucket of a text: MurmurHash3 (x86, 128 bits, Austin Appleby), the first 53 bits, modulo."""
    # A lone surrogate counts as U+FFFD.
    data = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode("utf-8")
    c = (0x239B961B, 0xAB0E9789, 0x38B34AE5, 0xA1E38B93)
    turns, steps, adds = (15, 16, 17, 18), (19, 17, 15, 13), (0x561CCD1B, 0x0BCAA747, 0x96CD1C35, 0x32AC3B17)
    h = [seed & MASK] * 4

    def mix(word: int, lane: int) -> int:
        return _rotate(word * c[lane] & MASK, turns[lane]) * c[(lane + 1) % 4] & MASK

    whole = len(data) & ~15
    for start in range(0, whole, 16):
        for lane in range(4):
            at = start + 4 * lane
            h[lane] ^= mix(int.from_bytes(data[at : at + 4], "little"), lane)
            h[lane] = ((_rotate(h[lane], steps[lane]) + h[(lane + 1) % 4]) * 5 + adds[lane]) & MASK
    for lane in range(4):
        rest = data[whole + 4 * lane : whole + 4 * lane + 4]
        if rest:
            h[lane] ^= mix(int.from_bytes(rest, "little"), lane)
    h = _mixed_together([each ^ len(data) for each in h])
    h = _mixed_together([_finalize(each) for each in h])
    return ((h[0] << 21) + (h[1] >> 11)) % buckets


MASK = 0xFFFFFFFF


def _rotate(x: int, turn: int) -> int:
    return (x << turn | x >> (32 - turn)) & MASK


def _finalize(x: int) -> int:
    x = (x ^ x >> 16) * 0x85EBCA6B & MASK
    x = (x ^ x >> 13) * 0xC2B2AE35 & MASK
    return x ^ x >> 16


def _mixed_together(h: list[int]) -> list[int]:
    first = sum(h) & MASK
    return [first, *((each + first) & MASK for each in h[1:])]


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _text_cleaner(data: dict[str, Any]) -> Callable[[Any], str | None]:
    """From a raw value to its text, or None for a null. Texts that mean null are those of the spec's files."""
    source = next((data[role] for role in ("train", "test", "validation", "format") if role in data), {})
    options = source.get("options", {})
    nulls = {""} | {spelled for text in options.get("nulls", []) for spelled in (text, canonical(text))}
    trims = options.get("trim", False)

    def clean(value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float):
            if not math.isfinite(value):
                return None
            text = str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
        else:
            text = str(value)
            if trims:
                text = text.strip(" \t\n\r\v\f")
        return None if text in nulls or canonical(text) in nulls else canonical(text)

    return clean


def _value_of(feature: dict[str, Any], row: Row) -> Any:
    """What serving sees of a feature: the row's value, or what `serving:` of the spec says."""
    serving = feature["serving"]
    if serving["kind"] != "data":
        return serving.get("value")
    source = feature["source"]
    return row.get(source["name"] if source["kind"] == "column" else feature["name"])


def _number_of(text: str | None) -> float:
    """A number, NaN where there is none. Raises ValueError for a text that spells no number."""
    if text is None:
        return math.nan
    number = float({"true": "1", "false": "0"}.get(text.lower(), text))
    return number if math.isfinite(number) else math.nan


def _scale_of(feature: dict[str, Any], fit: dict[str, Any]) -> Callable[[float], float]:
    """`scale:` of a number; `log1p` keeps the sign. A missing number is the mean, or what the spec says."""
    scale, missing = feature["scale"], feature["missing"]

    def transform(x: float) -> float:
        return math.copysign(math.log1p(abs(x)), x) if scale in ("log1p", "log1p_standard") else x

    shift, factor = 0.0, 1.0
    if scale in ("standard", "log1p_standard"):
        shift, factor = fit["mean"], 1 / fit["deviation"] if fit["deviation"] > 0 else 1.0
    elif scale == "minmax":
        extent = fit["maximum"] - fit["minimum"]
        shift, factor = fit["minimum"], 1 / extent if extent > 0 else 1.0
    fill = fit["mean"] if missing == "mean" else math.nan if missing == "none" else transform(missing)
    return lambda x: max(-LARGEST, min(LARGEST, ((fill if math.isnan(x) else transform(x)) - shift) * factor))


def _bucket_of(feature: dict[str, Any], fit: dict[str, Any]) -> Callable[[float], int]:
    """The number of boundaries ≤ x, plus 1; a null is 0 unless the spec says otherwise."""
    boundaries, missing = fit["boundaries"], feature.get("missing")
    null = 0
    if missing is not None:
        null = -1 if missing["kind"] == "zeros" else bisect_right(boundaries, float(missing["value"])) + 1
    return lambda x: null if math.isnan(x) else bisect_right(boundaries, x) + 1


def _ids_of(fit: dict[str, Any], vocabulary: Path) -> Callable[[str], int]:
    """The id of a value's text, from 1; 0 is "unknown"."""
    if fit["kind"] == "hash":
        return lambda text: murmur3_bucket(text, fit["buckets"], fit["seed"]) + 1
    if fit["kind"] == "ids":
        count = fit["count"]
        return lambda text: int(text) + 1 if re.fullmatch("[0-9]+", text) and int(text) < count else 0
    # A line each; a backslash and line ends inside a value are escaped.
    unescaped = {r"\\": "\\", r"\n": "\n", r"\r": "\r"}
    lines = vocabulary.read_bytes().decode("utf-8").split("\n")[:-1]
    values = [re.sub(r"\\[\\nr]", lambda found: unescaped[found[0]], line) for line in lines]
    known = {value: index + 1 for index, value in enumerate(values)}
    return lambda text: known.get(text, 0)


def _null_id(feature: dict[str, Any], id_of: Callable[[str], int]) -> int:
    """What a null is read as: "unknown", a value that stands for it, or −1, a vector of zeros."""
    missing = feature.get("missing")
    if missing is None:
        return 0
    return -1 if missing["kind"] == "zeros" else id_of(canonical(str(missing["value"])))


def _filled(values: list[Any], feature: dict[str, Any], padding: float) -> list[Any]:
    return values + [padding] * (feature["max"] - len(values))
