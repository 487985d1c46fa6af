"""An oracle of formulas: its own reader and its own evaluator of the expressions' text, run over the conformance cases.

It shares no code and no tables with mtlc. It knows values, not ranges: `errors.json` is the checker's alone."""
import datetime, json, math, os, re, sys

HERE = os.path.dirname(os.path.abspath(__file__))
PARAMS = {"alpha": 0.5, "beta": 2.0}
TOKEN = re.compile(
    r'\s*(?:(?P<date>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?)|(?P<dur>\d+(?:\.\d+)?(?:ms|s|m|h|d|w)\b)'
    r'|(?P<num>\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<name>[A-Za-z_]\w*)|(?P<op><=|>=|==|!=|[-+*/^<>()\[\],]))'
)
UNIT = {"ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def tokens(text):
    at, out = 0, []
    text = text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"what is {text[at:]!r}?")
        out.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return out + [("end", "")]


def seconds(text):
    if isinstance(text, (int, float)):
        return float(text)
    text = text.replace("Z", "+00:00")
    if "T" not in text:
        text += "T00:00:00"
    when = datetime.datetime.fromisoformat(text)
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.timezone.utc)
    return when.timestamp()


class Reader:
    """Recursive descent; a node is a tuple whose first item says what it is."""

    def __init__(self, text):
        self.rest = tokens(text)

    def peek(self):
        return self.rest[0][1] if self.rest[0][0] in ("op", "name") else None

    def take(self, *wanted):
        if self.peek() in wanted:
            return self.rest.pop(0)[1]

    def need(self, wanted):
        if not self.take(wanted):
            raise ValueError(f"{wanted} expected before {self.rest[:3]}")

    def whole(self):
        node = self.disjunction()
        assert self.rest == [("end", "")], self.rest
        return node

    def disjunction(self):
        node = self.conjunction()
        while self.take("or"):
            node = ("or", node, self.conjunction())
        return node

    def conjunction(self):
        node = self.negation()
        while self.take("and"):
            node = ("and", node, self.negation())
        return node

    def negation(self):
        return ("not", self.negation()) if self.take("not") else self.comparison()

    def comparison(self):
        node = self.sum()
        operator = self.take("<", "<=", ">", ">=", "==", "!=", "in")
        return (operator, node, self.sum()) if operator else node

    def sum(self):
        node = self.product()
        while operator := self.take("+", "-"):
            node = (operator, node, self.product())
        return node

    def product(self):
        node = self.minus()
        while operator := self.take("*", "/"):
            node = (operator, node, self.minus())
        return node

    def minus(self):
        return ("neg", self.minus()) if self.take("-") else self.power()

    def power(self):
        node = self.atom()
        return ("^", node, self.minus()) if self.take("^") else node

    def atom(self):
        if self.take("("):
            node = self.disjunction()
            self.need(")")
            return node
        if self.take("["):
            return ("list", self.items("]"))
        kind, text = self.rest.pop(0)
        if kind == "num":
            return ("value", float(text))
        if kind == "dur":
            match = re.match(r"([\d.]+)(\w+)", text)
            return ("value", float(match[1]) * UNIT[match[2]])
        if kind == "date":
            return ("value", seconds(text))
        if kind == "text":
            return ("value", json.loads(text))
        if kind == "name":
            if text in ("true", "false"):
                return ("value", text == "true")
            return ("call", text, self.items(")")) if self.take("(") else ("name", text)
        raise ValueError(f"what is {text!r}?")

    def items(self, close):
        out = []
        while not self.take(close):
            out.append(self.disjunction())
            self.take(",")
        return out


def compare(operator, a, b):
    if a is None or b is None:
        return None
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]


def kleene(operator, a, b):
    strong = operator == "or"
    if a is strong or b is strong:
        return strong
    return None if a is None or b is None else not strong


def line(x, knots, values):
    for i, knot in enumerate(knots):
        if x <= knot:
            if i == 0:
                return values[0]
            share = (x - knots[i - 1]) / (knot - knots[i - 1])
            return values[i - 1] + share * (values[i] - values[i - 1])
    return values[-1]


class Evaluator:
    def __init__(self, rows, now):
        self.rows, self.now = rows, now

    def of(self, node, i):
        kind = node[0]
        if kind == "value":
            return node[1]
        if kind == "list":
            return [self.of(each, i) for each in node[1]]
        if kind == "name":
            if node[1] in PARAMS:
                return PARAMS[node[1]]
            value = self.rows[i].get(node[1])
            return seconds(value) if node[1] == "listed" and value is not None else value
        if kind == "call":
            return self.call(node[1], node[2], i)
        if kind == "not":
            value = self.of(node[1], i)
            return None if value is None else not value
        if kind == "neg":
            return -self.of(node[1], i)
        a, b = self.of(node[1], i), self.of(node[2], i)
        if kind in ("and", "or"):
            return kleene(kind, a, b)
        if kind in ("==", "!="):
            return None if a is None or b is None else (a == b) == (kind == "==")
        if kind == "in":
            return None if a is None or b is None else a in b
        if kind in ("<", "<=", ">", ">="):
            return compare(kind, a, b)
        if a is None or b is None:
            return None
        return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "^": lambda: math.pow(a, b)}[kind]()

    def call(self, name, args, i):
        if name in ("rank", "reciprocal_rank", "percentile", "minmax", "zscore"):
            return self.over_list(name, [self.of(args[0], j) for j in range(len(self.rows))], i)
        values = [self.of(each, i) for each in args]
        if name == "missing":
            return values[0] is None
        if name == "coalesce":
            return values[1] if values[0] is None else values[0]
        if name == "if":
            return values[1] if values[0] is True else values[2]
        if any(value is None for value in values):
            return None
        a = values[0]
        return {
            "min": lambda: min(values), "max": lambda: max(values), "clamp": lambda: min(max(a, values[1]), values[2]),
            "abs": lambda: abs(a), "floor": lambda: math.floor(a), "exp": lambda: math.exp(a), "log": lambda: math.log(a),
            "log1p": lambda: math.log1p(a), "sqrt": lambda: math.sqrt(a), "lower": lambda: a.lower(),
            "sigmoid": lambda: 1 / (1 + math.exp(-a)) if a > -700 else math.exp(a),
            "safe_pow": lambda: math.exp(values[1] * math.log(max(a, 1e-9))),
            "age": lambda: max(0, self.now - a), "piecewise": lambda: line(a, values[1], values[2]),
        }[name]()

    def over_list(self, name, values, i):
        x, n = values[i], len(values)
        above = sum(1 for value in values if value > x)
        if name == "rank":
            return 1 + above
        if name == "reciprocal_rank":
            return 1 / (1 + above)
        if name == "percentile":
            return (n - above) / n
        low, high = min(values), max(values)
        if name == "minmax":
            return 0.5 if low == high else (x - low) / (high - low)
        mean = math.fsum(values) / n
        sigma = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / n)
        return 0 if low == high else (x - mean) / sigma


def same(found, expected):
    if expected is None or isinstance(expected, bool):
        return found is expected
    return found is not None and abs(found - expected) <= max(1e-12 * abs(expected), 1e-15 * (expected == 0))


def policy(declaration, value):
    match = re.match(r"number(?: in \[(\S+), (\S+)\]| (>=|>|<=|<) (\S+))?(?: missing (\S+))?(?: outside (\w+))?$", declaration)
    low, high, sign, bound, missing, outside = match.groups()
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        return "type"
    if value is None:
        if missing in (None, "drop"):
            return "missing"
        return "refused missing" if missing == "refuse" else float(missing)
    low, high = float(low or "-inf"), float(high or "inf")
    if sign:
        low, high = (float(bound), high) if ">" in sign else (low, float(bound))
    open_low, open_high = sign == ">", sign == "<"
    under = value < low or (open_low and value == low)
    over = value > high or (open_high and value == high)
    if not under and not over:
        return value
    if outside == "clamp" and not (open_low if under else open_high):
        return low if under else high
    return "refused outside" if outside == "refuse" else "outside"


def main():
    count, faults = 0, []
    for name in sorted(os.listdir(HERE)):
        if not name.endswith(".json") or name == "errors.json":
            continue
        with open(os.path.join(HERE, name), encoding="utf-8") as file:
            content = json.load(file)
        for case in content["cases"]:
            count += 1
            if "declaration" in case:
                found = [policy(case["declaration"], case["value"])]
                good = found[0] == case["expected"]
            else:
                tree = Reader(case.get("expression") or case["condition"]).whole()
                evaluator = Evaluator(case["rows"], content["now"])
                found = [evaluator.of(tree, i) for i in range(len(case["rows"]))]
                good = all(same(a, b) for a, b in zip(found, case["expected"]))
            if not good:
                faults.append(f"{name}: {json.dumps(case, ensure_ascii=False)} gives {found}")
    print("".join(f"{fault}\n" for fault in faults[:10]) + f"{count} cases, {len(faults)} differ")
    sys.exit(1 if faults else 0)


main()
