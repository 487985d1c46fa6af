"""The rule stage by its definition: tries lists in order until one keeps the rules. Python's standard library alone.

    python3 oracle.py check CASES.json…      compares each case's expectation with what this file makes of it
    python3 oracle.py generate FOLDER        writes the cases anew (seeded: the same bytes each time)

It shares nothing with the compiler's engine: no look-ahead, no state, no interning. Lists of up to seven candidates.
"""
import json
import math
import os
import random
import sys
from itertools import product

UNKNOWN = None


# ------------------------------------------------------------------------------------------------------- conditions

def condition(case, rule, candidate):
    """True, false, or unknown (None) where the attribute is missing."""
    if "when" not in rule:
        return True
    name, operator, value = rule["when"]
    found = candidate.get(name)
    if found is None:
        return UNKNOWN
    return {"==": found == value, "!=": found != value, "<": found < value if operator == "<" else None,
            ">": found > value if operator == ">" else None, "in": value in found if operator == "in" else None}[operator]


def is_open(case, rule):
    return "during" not in rule or rule["during"][0] <= case["now"] < rule["during"][1]


def holds(case, rule, candidate, unknown=False):
    if not is_open(case, rule):
        return False
    found = condition(case, rule, candidate)
    return unknown if found is UNKNOWN else found


def values(rule, candidate):
    """The values of a key: tuples, one for each choice of a text where an attribute has several."""
    parts = []
    for name in rule["key"]:
        found = candidate.get(name)
        if found is None:
            return set()
        parts.append(found if isinstance(found, list) else [found])
    return set(product(*parts))


# ------------------------------------------------------------------------------------------------------------ scores

FAIL_CLOSED = {"drop": "apply", "suppress": "apply", "boost": "keep"}


def unknown_applies(rule):
    return rule.get("unknown", FAIL_CLOSED.get(rule["verb"], "keep")) == "apply"


def order_key(scores, last=frozenset()):
    return lambda c: (c["id"] in last, -scores[c["id"]], c["id"])


def prepare(case):
    """Who stays, with which final score."""
    # Factors multiply in the order of the rules' names.
    rules = sorted(case["rules"], key=lambda r: r["name"])
    scores = {c["id"]: c["score"] for c in case["candidates"]}
    staying = list(case["candidates"])
    for rule in rules:
        drops = rule["verb"] == "drop" or (rule["verb"] == "suppress" and rule["by"] == "drop")
        if drops:
            staying = [c for c in staying if not holds(case, rule, c, unknown_applies(rule))]
    suppressed, last = set(), set()
    low, high = case.get("bounds", [0.1, 10])
    for c in staying:
        boost = 1.0
        for rule in rules:
            if rule["verb"] == "boost" and holds(case, rule, c, unknown_applies(rule)):
                boost *= rule["by"]
        score = scores[c["id"]] * min(max(boost, low), high)
        for rule in rules:
            if rule["verb"] == "suppress" and holds(case, rule, c, unknown_applies(rule)):
                suppressed.add(c["id"])
                if rule["by"] == "last":
                    last.add(c["id"])
                else:
                    score *= rule["by"]
        scores[c["id"]] = score
    for rule in (r for r in rules if r["verb"] == "cap"):
        staying = [c for c in staying
                   if not (holds(case, rule, c, True) and any(permits(case, rule, v) < 1 for v in values(rule, c)))]
    # Of what is still there, in its final order: who shares a value with a better one, or with the page before, goes.
    dedupes = [r for r in rules if r["verb"] == "dedupe"]
    seen = {r["name"]: set().union(*(values(r, shown) for shown in case.get("tail", []))) for r in dedupes}
    order = []
    for c in sorted(staying, key=order_key(scores, last)):
        if any(values(r, c) & seen[r["name"]] for r in dedupes):
            continue
        for r in dedupes:
            seen[r["name"]] |= values(r, c)
        order.append(c)
    return order, scores, suppressed, last


def permits(case, rule, value):
    return case.get("permits", {}).get(rule["name"], {}).get(json.dumps(list(value), separators=(",", ":")), math.inf)


# ------------------------------------------------------------------------------------------------------------- lists

def relevance(order, scores):
    low, high = min(scores[c["id"]] for c in order), max(scores[c["id"]] for c in order)
    return {c["id"]: (scores[c["id"]] - low) / (high - low) if high > low else 0.5 for c in order}


def similar(rule, a, b):
    measure = rule["measure"]
    x, y = a.get(rule["of"]), b.get(rule["of"])
    if measure in ("equal", "jaccard"):
        x = set() if x is None else set(x) if isinstance(x, list) else {x}
        y = set() if y is None else set(y) if isinstance(y, list) else {y}
        return len(x & y) / len(x | y) if x | y else 0.0
    if x is None or y is None:
        return 1.0 if a is b else 0.0
    dot = sum(p * q for p, q in zip(x, y))
    if measure == "dot":
        return dot
    return dot / math.sqrt(sum(p * p for p in x)) / math.sqrt(sum(q * q for q in y))


def determinant(matrix):
    matrix = [list(row) for row in matrix]
    result = 1.0
    for i in range(len(matrix)):
        pivot = max(range(i, len(matrix)), key=lambda r: abs(matrix[r][i]))
        if matrix[pivot][i] == 0:
            return 0.0
        if pivot != i:
            matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
            result = -result
        result *= matrix[i][i]
        for r in range(i + 1, len(matrix)):
            factor = matrix[r][i] / matrix[i][i]
            for k in range(i, len(matrix)):
                matrix[r][k] -= factor * matrix[i][k]
    return result


def gain(rule, chosen, candidate, rel):
    """MMR's marginal relevance, or what the candidate adds to the log-determinant of the kernel."""
    if rule["verb"] == "mmr":
        near = max((similar(rule, candidate, other) for other in chosen), default=0.0)
        return rule["weight"] * rel[candidate["id"]] - (1 - rule["weight"]) * near
    kernel = lambda group: determinant([[similar(rule, a, b) for b in group] for a in group]) if group else 1.0
    # What lies in the span of those before it changes nothing.
    basis = []
    for other in chosen:
        if kernel([*basis, other]) > 1e-9 * kernel(basis):
            basis.append(other)
    added = kernel([*basis, candidate]) / kernel(basis)
    if added <= 1e-9:
        return -math.inf
    return rule["weight"] / (1 - rule["weight"]) * rel[candidate["id"]] + math.log(added)


class Levels:
    def __init__(self, length, breaks, quotas, pins):
        self.length, self.breaks, self.quotas, self.pins = length, breaks, quotas, pins

    def with_(self, kind, name, level):
        changed = {key: dict(getattr(self, key)) for key in ("breaks", "quotas", "pins")}
        changed[kind][name] = level
        return Levels(self.length, **changed)


def page_quota(case, rule, before):
    """What the quota still asks of this page, or None: the tail is all that was shown, and its members count."""
    shown = sum(holds(case, rule, c) for c in case.get("tail", []))
    if before >= rule["top"] or shown >= rule["least"]:
        return None
    return {**rule, "top": rule["top"] - before, "least": rule["least"] - shown}


def solve(case):
    order, scores, suppressed, last = prepare(case)
    rules = [r for r in case["rules"] if is_open(case, r)]
    windows = [r for r in rules if r["verb"] == "spread"]
    # Places count over all pages: those of the tail are behind.
    before = len(case.get("tail", []))
    quotas = [q for q in (page_quota(case, r, before) for r in rules if r["verb"] == "explore") if q is not None]
    caps = [r for r in rules if r["verb"] == "cap"]
    variety = next((r for r in rules if r["verb"] in ("mmr", "dpp") and r.get("top", math.inf) > before), None)
    rel = relevance(order, scores) if order else {}
    full = min(case["top"], len(order))
    # The tail as it stands in the request: its last item is the one before the first position.
    tail = case.get("tail", [])

    members = {q["name"]: {c["id"] for c in order if c["id"] not in suppressed and holds(case, q, c)} for q in quotas}
    pins, lost = {}, []
    for rule in (r for r in rules if r["verb"] == "pin" and r["position"] > before):
        rule = {**rule, "position": rule["position"] - before}
        found = next((c["id"] for c in order if c["id"] not in suppressed and holds(case, rule, c)
                      and c["id"] not in {p[0] for p in pins.values()}), None)
        if found is None:
            continue
        if any(position == rule["position"] for _, position in pins.values()):
            lost.append({"kind": "pin", "rule": rule["name"], "position": rule["position"]})
        else:
            pins[rule["name"]] = (found, rule["position"])

    def key_values(rule, candidate):
        return values(rule, candidate) if holds(case, rule, candidate) else set()

    def broken_positions(rule, chosen):
        """Positions (from 1) whose item, with the positions before it, is one too many of some value."""
        row = [key_values(rule, c) for c in [*tail, *chosen]]
        positions = []
        for end in range(len(tail), len(row)):
            window = row[max(0, end - rule["window"] + 1):end + 1]
            if any(sum(value in own for own in window) > rule["most"] for value in row[end]):
                positions.append(end - len(tail) + 1)
        return positions

    def prefix_broken(levels, chosen):
        flags = [c["id"] in last for c in chosen]
        if any(flag and not all(flags[i:]) for i, flag in enumerate(flags)):
            return True
        for name, (candidate, position) in pins.items():
            if not levels.pins[name]:
                continue
            if len(chosen) >= position:
                if chosen[position - 1]["id"] != candidate:
                    return True
            elif any(c["id"] == candidate for c in chosen):
                return True
        for rule in caps:
            spent = {}
            for c in chosen:
                if holds(case, rule, c, True):
                    for value in values(rule, c):
                        spent[value] = spent.get(value, 0) + 1
            if any(count > permits(case, rule, value) for value, count in spent.items()):
                return True
        return any(len(broken_positions(rule, chosen)) > levels.breaks[rule["name"]] for rule in windows)

    def wanted(quota, length):
        return min(quota["least"], len(members[quota["name"]]), quota["top"], length)

    def quota_met(quota, levels, chosen):
        level = levels.quotas[quota["name"]]
        top = min(quota["top"], len(chosen))
        count = lambda until: sum(c["id"] in members[quota["name"]] for c in chosen[:until])
        need = wanted(quota, len(chosen))
        if level > 0:
            return count(top) >= need - (level - 1)
        return all(count(math.ceil(j * top / need)) >= j for j in range(1, need + 1))

    def first(levels):
        def walk(chosen):
            if prefix_broken(levels, chosen):
                return None
            if len(chosen) == levels.length:
                return chosen if all(quota_met(q, levels, chosen) for q in quotas) else None
            left = [c for c in order if c not in chosen]
            if variety is not None and len(chosen) < variety.get("top", math.inf) - before:
                gains = {c["id"]: gain(variety, chosen, c, rel) for c in left}
                left.sort(key=lambda c: -round(gains[c["id"]], 9))
            for c in left:
                found = walk([*chosen, c])
                if found is not None:
                    return found
            return None
        return walk([])

    kept = lambda rule: rule["priority"].get("hard", "relax") != "relax"

    def weakest(length, keeps):
        return Levels(length, {w["name"]: 0 if keeps(w) else length for w in windows},
                      {q["name"]: 99 for q in quotas}, {name: False for name in pins})

    def answer(found, relaxed):
        return {"list": [c["id"] for c in found], "scores": [scores[c["id"]] for c in found],
                "relaxed": sorted(lost + relaxed, key=lambda g: json.dumps(g, sort_keys=True))}

    length = full
    while (found := first(weakest(length, kept))) is None:
        length -= 1
    relaxed = []
    if length < full:
        refusing = [w for w in windows if w["priority"].get("hard") == "refuse"]
        saved, caps = caps, []
        refused = refusing and first(weakest(full, lambda w: w in refusing)) is None
        caps = saved
        if refused:
            return {"list": [], "scores": [], "relaxed": [{"kind": "refused", "rules": [w["name"] for w in refusing]}]}
        relaxed.append({"kind": "short", "length": length, "wanted": full})
    levels = weakest(length, kept)

    def strengthen(kind, name, choices, report):
        nonlocal levels, found
        for level, value in enumerate(choices):
            tried = levels.with_(kind, name, value)
            better = first(tried)
            if better is not None:
                levels, found = tried, better
                if level > 0 and report is not None:
                    relaxed.append(report(level, value))
                return

    def strengthen_window(rule):
        strengthen("breaks", rule["name"], range(length + 1), None)

    def strengthen_quota(rule):
        need = wanted(rule, length)
        strengthen("quotas", rule["name"], range(0, need + 2),
                   lambda level, _: {"kind": "quota", "rule": rule["name"], "wanted": need,
                                     "kept": need - (level - 1), "late": True})

    for rule in windows:
        if rule["priority"].get("hard") == "relax":
            strengthen_window(rule)
    for name, (_, position) in pins.items():
        report = {"kind": "pin", "rule": name, "position": position}
        if position > length:
            relaxed.append(report)
        else:
            strengthen("pins", name, [True, False], lambda level, _: report)
    for rule in quotas:
        if "hard" in rule["priority"]:
            strengthen_quota(rule)
    refused = [q["name"] for q in quotas if q["priority"].get("hard") == "refuse" and levels.quotas[q["name"]] != 0]
    soft = [(strengthen_quota, r) for r in quotas if "soft" in r["priority"]]
    soft += [(strengthen_window, r) for r in windows if "soft" in r["priority"]]
    for apply, rule in sorted(soft, key=lambda each: -each[1]["priority"]["soft"]):
        apply(rule)
    if refused:
        return {"list": [], "scores": [], "relaxed": [{"kind": "refused", "rules": refused}]}
    for rule in windows:
        if broken_positions(rule, found):
            relaxed.append({"kind": "window", "rule": rule["name"], "positions": broken_positions(rule, found)})
    return answer(found, relaxed)


# ------------------------------------------------------------------------------------------------------------- cases

BRANDS, CATEGORIES, TAGS = "abc", "xy", "pqr"
NOW = 1_762_300_800


def candidate(rng, name, lacks):
    full = {
        "id": name,
        "score": round(rng.uniform(0.05, 1), 3),
        "brand": rng.choice(BRANDS),
        "category": rng.choice(CATEGORIES),
        "tags": sorted(rng.sample(TAGS, rng.randint(1, 2))),
        "quality": rng.choice([0.1, 0.3, 0.5, 0.9]),
        "fresh": rng.random() < 0.4,
        "shape": [round(rng.uniform(-1, 1), 2) for _ in range(3)],
    }
    return {key: value for key, value in full.items() if key in ("id", "score") or rng.random() >= lacks}


def some_condition(rng):
    return rng.choice([["quality", "<", 0.2], ["quality", "<", 0.4], ["quality", ">", 0.4], ["brand", "==", "a"],
                       ["category", "!=", "x"], ["fresh", "==", True], ["tags", "in", "p"]])


def some_priority(rng):
    return rng.choice([{"hard": "shorten"}, {"hard": "shorten"}, {"hard": "relax"}, {"hard": "refuse"},
                       {"soft": 1}, {"soft": 2}])


def some_rule(rng, verb, name):
    rule = {"verb": verb, "name": name}
    if verb in ("drop", "boost", "suppress", "explore", "pin"):
        rule["when"] = some_condition(rng)
    if verb in ("drop", "boost", "suppress") and rng.random() < 0.4:
        rule["unknown"] = rng.choice(["apply", "keep"])
    if verb in ("drop", "boost", "suppress", "spread", "explore", "pin") and rng.random() < 0.15:
        rule["during"] = rng.choice([[NOW, NOW + 86400], [NOW - 86400, NOW], [NOW - 86400, NOW + 86400]])
    if verb == "boost":
        rule["by"] = rng.choice([0.5, 1.5, 3, 20])
    if verb == "suppress":
        rule["by"] = rng.choice([0.1, 0.5, "last", "last", "drop"])
    if verb == "spread":
        rule["most"] = rng.randint(1, 2)
        rule["window"] = rule["most"] + rng.randint(1, 3)
        rule["key"] = rng.choice([["brand"], ["brand"], ["category"], ["tags"], ["brand", "category"]])
        rule["priority"] = some_priority(rng)
        if rng.random() < 0.2:
            rule["when"] = some_condition(rng)
    if verb == "explore":
        rule["least"] = rng.randint(1, 2)
        rule["top"] = rule["least"] + rng.randint(1, 3)
        rule["priority"] = rng.choice([{"hard": "relax"}, {"hard": "relax"}, {"hard": "refuse"}, {"soft": 2}])
    if verb == "pin":
        rule["position"] = rng.randint(1, 4)
    if verb == "dedupe":
        rule["key"] = rng.choice([["brand", "category"], ["tags"]])
    if verb == "cap":
        rule["key"] = rng.choice([["brand"], ["brand", "category"], ["tags"]])
    if verb in ("mmr", "dpp"):
        rule["of"], rule["measure"] = rng.choice([("brand", "equal"), ("tags", "jaccard"), ("shape", "cosine")])
        rule["weight"] = rng.choice([0.3, 0.5, 0.7])
        if rng.random() < 0.4:
            rule["top"] = rng.randint(2, 4)
    return rule


FAMILIES = {
    "order": ([], 20),
    "filter": (["drop", "dedupe"], 40),
    "score": (["boost", "suppress", "boost"], 50),
    "spread": (["spread", "spread"], 80),
    "explore": (["explore", "spread"], 50),
    "pin": (["pin", "spread", "pin"], 50),
    "cap": (["cap", "spread"], 40),
    "variety": (["mmr|dpp", "spread"], 40),
    "all": (["drop", "boost", "suppress", "spread", "explore", "pin", "cap", "dedupe", "spread"], 80),
    "page": (["spread", "spread", "explore", "pin", "dedupe"], 60),
}


def make_case(family, number):
    verbs, _ = FAMILIES[family]
    rng = random.Random(f"{family} {number}")
    count = rng.randint(3, 7 if family in ("spread", "order", "filter", "score") else 6)
    lacks = rng.choice([0, 0, 0.2])
    candidates = [candidate(rng, f"i{k}", lacks) for k in range(count)]
    if family == "order" and number % 2 == 0:
        for c in candidates[1:]:
            c["score"] = candidates[0]["score"] if rng.random() < 0.6 else c["score"]
        candidates[-1]["id"] = rng.choice(["\ufb01", "\U0001F600", "Z", "a\u0301", "i"])
    rules = []
    for k, verb in enumerate(verbs):
        if family == "all" and rng.random() < 0.35:
            continue
        if family in ("filter", "score", "explore", "pin", "cap") and k > 0 and rng.random() < 0.3:
            continue
        rules.append(some_rule(rng, rng.choice(verb.split("|")), f"r{k}"))
    rng.shuffle(rules)
    case = {"name": f"{family} {number}", "now": NOW, "top": rng.randint(2, count + 1), "rules": rules,
            "candidates": candidates}
    if family == "page":
        for rule in rules:
            if rule["verb"] == "spread" and rng.random() < 0.5:
                rule["when"] = some_condition(rng)
        case["tail"] = [{key: value for key, value in candidate(rng, "", 0.1).items() if key not in ("id", "score")}
                        for _ in range(rng.randint(1, 4))]
    elif rng.random() < 0.3 and any(r["verb"] == "spread" for r in rules):
        case["tail"] = [{"brand": rng.choice(BRANDS), "category": rng.choice(CATEGORIES),
                         "tags": [rng.choice(TAGS)]} for _ in range(rng.randint(1, 3))]
    held = {}
    for rule in rules:
        if rule["verb"] == "cap":
            found = sorted({json.dumps(list(v), separators=(",", ":")) for c in candidates for v in values(rule, c)})
            held[rule["name"]] = {key: rng.randint(0, 2) for key in found}
    if held:
        case["permits"] = held
    case["expect"] = solve(case)
    return case


def generate(folder):
    for family, (_, count) in FAMILIES.items():
        cases = [make_case(family, number) for number in range(count)]
        with open(os.path.join(folder, f"{family}.json"), "w", encoding="utf-8", newline="\n") as out:
            lines = ",\n".join("  " + json.dumps(case, ensure_ascii=True) for case in cases)
            out.write(f"[\n{lines}\n]\n")


def same(a, b):
    """Scores are compared exactly: both sides multiply in the same order."""
    return a == b


def check(files):
    passed = failed = 0
    for file in files:
        with open(file, encoding="utf-8") as source:
            for case in json.load(source):
                found = solve(case)
                if same(found, case["expect"]):
                    passed += 1
                else:
                    failed += 1
                    print(f"{file}: {case['name']}: expected {case['expect']}, found {found}")
    print(f"{passed} passed, {failed} failed")
    return failed == 0


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "generate":
        generate(sys.argv[2])
    elif len(sys.argv) > 2 and sys.argv[1] == "check":
        sys.exit(0 if check(sys.argv[2:]) else 1)
    else:
        sys.exit(__doc__)
