"""Writes the conformance cases of formulas: `python3 test/conformance/fusion/make-cases.py`.

Every expected value comes from plain Python beside the expression, written out by hand: neither mtlc's evaluators nor the
oracle's parser take part in making them. Numbers are compared within 1e-12, relatively."""
import json, math, os

HERE = os.path.dirname(os.path.abspath(__file__))
NAN = None

DECLARATIONS = """signals {
  p: P(click)
  q: P(buy | click)
  x: number in [-1000, 1000]
  y: number in [-1000, 1000]
  u: number in [0, 1000]
  v: number in [0.001, 1000]
  w: number in [-5, 5]
  m: number? in [-10, 10]
}

attributes {
  flag:   bool?
  other:  bool?
  name:   text?
  kind:   text
  tags:   texts?
  listed: time?
  wait:   duration?
}

params {
  alpha: 0.5 in [0, 1]
  beta:  2   in [1, 3]
}
"""
BASE = {"p": 0.25, "q": 0.5, "x": 3, "y": -2, "u": 4, "v": 2, "w": 1, "kind": "a"}
ALPHA, BETA = 0.5, 2.0
NOW = 1_700_000_000


def row(**values):
    return {**BASE, **values}


def write(name, about, cases, **more):
    path = os.path.join(HERE, name + ".json")
    lines = ",\n    ".join(json.dumps(case, ensure_ascii=False) for case in cases)
    head = {"about": about, "now": NOW, "declarations": DECLARATIONS, **more}
    body = json.dumps(head, indent=2, ensure_ascii=False)[:-2]
    with open(path, "w", encoding="utf-8") as file:
        file.write(body + ',\n  "cases": [\n    ' + lines + "\n  ]\n}\n")
    return len(cases)


def number(expression, expected, **values):
    return {"expression": expression, "rows": [row(**values)], "expected": [expected]}


def condition(expression, expected, **values):
    return {"condition": expression, "rows": [row(**values)], "expected": [expected]}


total = 0

# ------------------------------------------------------------------------------------------------------- arithmetic
cases = []
pairs = [(3, -2), (0, 0), (-1000, 1000), (0.1, 0.2), (1e-9, 1e-12), (999.5, -0.5), (1 / 3, 2 / 3), (-7.25, -7.25)]
for a, b in pairs:
    for text, f in [
        ("x + y", lambda a, b: a + b),
        ("x - y", lambda a, b: a - b),
        ("y - x", lambda a, b: b - a),
        ("x * y", lambda a, b: a * b),
        ("-x", lambda a, b: -a),
        ("x - -y", lambda a, b: a - -b),
        ("-(x + y) * 2", lambda a, b: -(a + b) * 2),
        ("x * x - y * y", lambda a, b: a * a - b * b),
        ("alpha * x + beta * y", lambda a, b: ALPHA * a + BETA * b),
        ("1 - p", lambda a, b: 0.75),
    ]:
        cases.append(number(text, f(a, b), x=a, y=b))
for a, b in [(3, 2), (0, 0.001), (1000, 0.001), (-1000, 1000), (1, 3), (-0.1, 0.7)]:
    cases.append(number("x / v", a / b, x=a, v=b))
    cases.append(number("x / v / 2", a / b / 2, x=a, v=b))
    cases.append(number("x / (v + 1)", a / (b + 1), x=a, v=b))
    cases.append(number("2 * x / v * 3", 2 * a / b * 3, x=a, v=b))
total += write("arithmetic", "sums, products and quotients of doubles", cases)

# ------------------------------------------------------------------------------------------------------- precedence
cases = []
for a, b, c in [(2, 3, 0.5), (0, 1, 4), (10, 0.5, 2), (1.5, 2.5, 3.5)]:
    for text, value in [
        ("u + v * w", a + b * c),
        ("(u + v) * w", (a + b) * c),
        ("u - v - w", a - b - c),
        ("u - (v - w)", a - (b - c)),
        ("u / v / v", a / b / b),
        ("u / (v / v)", a / (b / b)),
        ("-v^2", -(b**2)),
        ("(-v)^2", b**2),
        ("2^2^0.5", 2 ** (2**0.5)),
        ("(2^2)^0.5", (2**2) ** 0.5),
        ("2 * v^2", 2 * b**2),
        ("v^2 * 2", b**2 * 2),
        ("v^-1", 1 / b),
        ("2 - -w", 2 + c),
        ("1 + u^2 / v - w * 3", 1 + a**2 / b - c * 3),
    ]:
        cases.append(number(text, value, u=a, v=b, w=c))
total += write("precedence", "what binds tighter, and which way", cases)

# ------------------------------------------------------------------------------------------------------------ powers
cases = []
for base in [0, 1e-9, 0.25, 1, 2, 10, 1000]:
    for text, e in [("u^0", 0), ("u^1", 1), ("u^2", 2), ("u^3", 3), ("u^0.5", 0.5), ("u^0.3", 0.3), ("u^alpha", 0.5),
                    ("u^beta", 2.0), ("u^1.5", 1.5), ("u^7", 7)]:
        cases.append(number(text, float(base) ** e, u=base))
for base in [0.001, 0.5, 1, 3, 1000]:
    for text, e in [("v^-1", -1), ("v^-2", -2), ("v^-0.5", -0.5), ("v^-1.7", -1.7)]:
        cases.append(number(text, base**e, v=base))
for base in [-5, -2, -0.5, 0, 1.5]:
    for text, e in [("w^2", 2), ("w^3", 3), ("w^1", 1), ("w^0", 0), ("w^5", 5)]:
        cases.append(number(text, float(base) ** e, w=base))
for base in [0, 1e-12, 0.5, 1, 4]:
    for text, e in [("safe_pow(u, 0.5)", 0.5), ("safe_pow(u, -1)", -1), ("safe_pow(u, alpha)", 0.5), ("safe_pow(u, 0)", 0)]:
        cases.append(number(text, math.exp(e * math.log(max(base, 1e-9))), u=base))
total += write("powers", "powers, whole and fractional, and the power whose base may be 0", cases)

# --------------------------------------------------------------------------------------------------------- functions
cases = []
for a in [-5, -1, -0.25, 0, 0.25, 1, 2.5, 5]:
    cases += [
        number("exp(w)", math.exp(a), w=a),
        number("abs(w)", abs(a), w=a),
        number("floor(w)", math.floor(a), w=a),
        number("sigmoid(w)", 1 / (1 + math.exp(-a)), w=a),
        number("log(1 + exp(w))", math.log(1 + math.exp(a)), w=a),
        number("min(w, 1)", min(a, 1), w=a),
        number("max(w, p)", max(a, 0.25), w=a),
        number("clamp(w, -1, 2)", min(max(a, -1), 2), w=a),
        number("abs(floor(w) - w)", abs(math.floor(a) - a), w=a),
    ]
for a in [0.001, 0.5, 1, 2.718281828459045, 10, 1000]:
    cases += [number("log(v)", math.log(a), v=a), number("log(v) / log(10)", math.log(a) / math.log(10), v=a),
              number("1 / log1p(v)", 1 / math.log1p(a), v=a)]
for a in [0, 1e-12, 0.5, 2, 1000]:
    cases += [number("log1p(u)", math.log1p(a), u=a), number("sqrt(u)", math.sqrt(a), u=a),
              number("sqrt(u) * sqrt(u)", math.sqrt(a) * math.sqrt(a), u=a), number("sqrt(sqrt(u))", a**0.25, u=a)]
for a in [-1000, -800, -40, 40, 800, 1000]:
    s = 1 / (1 + math.exp(-a)) if a >= 0 else math.exp(a) / (1 + math.exp(a))
    cases.append(number("sigmoid(x)", s, x=a))
total += write("functions", "functions of one candidate", cases)

# -------------------------------------------------------------------------------------------------------- conditions
cases = []
truth = [True, False, None]


def both(a, b):
    return False if a is False or b is False else None if a is None or b is None else True


def either(a, b):
    return True if a is True or b is True else None if a is None or b is None else False


def negate(a):
    return None if a is None else not a


for a in truth:
    cases.append(condition("not flag", negate(a), flag=a))
    cases.append(condition("not not flag", a, flag=a))
    cases.append(condition("flag == true", a, flag=a))
    cases.append(condition("flag != true", negate(a), flag=a))
    cases.append(condition("missing(flag)", a is None, flag=a))
    cases.append(number("if(flag, 2, 3)", 2 if a is True else 3, flag=a))
    cases.append(number("if(not flag, 2, 3)", 2 if a is False else 3, flag=a))
    for b in truth:
        cases.append(condition("flag and other", both(a, b), flag=a, other=b))
        cases.append(condition("flag or other", either(a, b), flag=a, other=b))
        cases.append(condition("not (flag and other)", negate(both(a, b)), flag=a, other=b))
        cases.append(condition("not flag or not other", either(negate(a), negate(b)), flag=a, other=b))
        cases.append(condition("flag and not other or p < 0", either(both(a, negate(b)), False), flag=a, other=b))
        cases.append(condition("flag == other", None if a is None or b is None else a == b, flag=a, other=b))
for m in [-10, 0, 2.5, None]:
    for text, f in [("m < 2.5", lambda m: m < 2.5), ("m <= 2.5", lambda m: m <= 2.5), ("m > 2.5", lambda m: m > 2.5),
                    ("m >= 2.5", lambda m: m >= 2.5), ("m == 2.5", lambda m: m == 2.5), ("m != 2.5", lambda m: m != 2.5),
                    ("m in [0, 2.5]", lambda m: m in (0, 2.5)), ("2.5 < m", lambda m: 2.5 < m)]:
        cases.append(condition(text, None if m is None else f(m), m=m))
    cases.append(number("coalesce(m, 7)", 7 if m is None else m, m=m))
    cases.append(number("if(m > 0, 1, -1)", 1 if m is not None and m > 0 else -1, m=m))
    cases.append(condition("missing(m)", m is None, m=m))
    cases.append(condition("m > 0 or p == 0.25", True, m=m))
    cases.append(condition("m > 0 and p == 0", False, m=m))
for name in ["", "a", "b", "a_b", "Ä", "ä", "\ud7ff", "\ue000", "𝒳", None]:
    for text, f in [('name == "a"', lambda s: s == "a"), ('name != "a"', lambda s: s != "a"), ('name < "b"', lambda s: s < "b"),
                    ('name >= "ä"', lambda s: s >= "ä"), ('name < "\ue000"', lambda s: s < "\ue000"),
                    ('name in ["a", "𝒳"]', lambda s: s in ("a", "𝒳")), ('lower(name) == "ä"', lambda s: s.lower() == "ä")]:
        cases.append(condition(text, None if name is None else f(name), name=name))
    cases.append(condition("missing(name)", name is None, name=name))
    cases.append(condition('name == "a" or kind == "a"', True, name=name))
for tags in [[], ["sale"], ["new", "sale"], ["Sale"], None]:
    cases.append(condition('"sale" in tags', None if tags is None else "sale" in tags, tags=tags))
    cases.append(condition("missing(tags)", tags is None, tags=tags))
    cases.append(condition('not ("new" in tags)', None if tags is None else "new" not in tags, tags=tags))
total += write("conditions", "conditions with three values: true, false, and unknown (null)", cases)

# ------------------------------------------------------------------------------------------------------------- lists
cases = []


def ranks(values):
    return [None if a is None else 1 + sum(1 for b in values if b is not None and b > a) for a in values]


def of(values, f):
    present = [a for a in values if a is not None]
    return [None if a is None else f(a, present) for a in values]


lists = [
    [1], [1, 2, 3], [3, 2, 1], [2, 2, 2], [5, 5, 1], [1, 5, 5], [-1, 0, 1], [0.1, 0.2, 0.3, 0.4], [7, -7, 7, -7],
    [0, 0, 0, 1], [1000, -1000], [1e-9, 2e-9, 3e-9], [4, 4, 3, 3, 2, 2], [-2.5, 3.5, -2.5, 10, 3.5],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
for values in lists:
    n = len(values)
    mean = sum(values) / n
    sigma = math.sqrt(sum((a - mean) ** 2 for a in values) / n)
    low, high = min(values), max(values)
    r = ranks(values)
    for text, expected in [
        ("rank(x)", r),
        ("reciprocal_rank(x)", [1 / a for a in r]),
        ("percentile(x)", [sum(1 for b in values if b <= a) / n for a in values]),
        ("minmax(x)", [0.5 if low == high else (a - low) / (high - low) for a in values]),
        ("zscore(x)", [0 if low == high else (a - mean) / sigma for a in values]),
        ("rank(-x)", ranks([-a for a in values])),
        ("1 / (10 + rank(x))^0.7", [1 / (10 + a) ** 0.7 for a in r]),
        ("rank(2 * x + 1) - rank(x)", [0 for _ in values]),
        ("minmax(rank(x))", [0.5 if min(r) == max(r) else (a - min(r)) / (max(r) - min(r)) for a in r]),
    ]:
        cases.append({"expression": text, "rows": [row(x=a) for a in values], "expected": expected})
total += write("lists", "functions of all candidates of a request", cases)

# --------------------------------------------------------------------------------------------------------- piecewise
cases = []


def line(x, knots, values):
    if x <= knots[0]:
        return values[0]
    if x >= knots[-1]:
        return values[-1]
    for (x0, y0), (x1, y1) in zip(zip(knots, values), list(zip(knots, values))[1:]):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


for knots, values in [([0, 10, 60], [0, 1, 1.5]), ([-1, 1], [5, -5]), ([0, 1, 2, 3], [1, 0, 1, 0]), ([-100, 0, 100], [2, 2, 3])]:
    text = f"piecewise(x, {json.dumps(knots)}, {json.dumps(values)})"
    for a in [-1000, -100, -1, -0.5, 0, 0.25, 1, 5, 10, 35, 60, 61, 1000]:
        cases.append(number(text, line(a, knots, values), x=a))
total += write("piecewise", "lines through points, flat outside of them", cases)

# -------------------------------------------------------------------------------------------------------------- time
cases = []
DAY = 86_400
for listed, seconds in [("2023-11-14T22:13:20Z", NOW), ("2023-11-14", 1_699_920_000), ("2023-11-07T22:13:20Z", NOW - 7 * DAY),
                        ("2024-01-01", 1_704_067_200), (NOW - 3600, NOW - 3600), ("2023-11-14T23:13:20+01:00", NOW), (None, None)]:
    age = None if seconds is None else max(0, NOW - seconds)
    for text, f in [("age(listed) < 7d", lambda a: a < 7 * DAY), ("age(listed) <= 1h", lambda a: a <= 3600),
                    ("age(listed) > 30m", lambda a: a > 1800), ("age(listed) == 0s", lambda a: a == 0)]:
        cases.append(condition(text, None if age is None else f(age), listed=listed))
    cases.append(condition("listed < 2023-11-14T12:00:00Z", None if seconds is None else seconds < 1_699_963_200, listed=listed))
    cases.append(condition("listed + 1d > 2023-11-15", None if seconds is None else seconds + DAY > 1_700_006_400, listed=listed))
    cases.append(condition("missing(listed)", listed is None, listed=listed))
    if seconds is not None:
        cases.append(number("if(missing(listed), 0, 1)", 1, listed=listed))
for wait in [0, 90, 86_400, None]:
    cases.append(condition("wait < 2m", None if wait is None else wait < 120, wait=wait))
    cases.append(condition("wait >= 1.5m", None if wait is None else wait >= 90, wait=wait))
cases.append(number("6h / 1d", 0.25))
cases.append(number("exp(-(12h / 1d))", math.exp(-0.5)))
total += write("time", "ages, dates and durations, in seconds; the clock stands at 2023-11-14T22:13:20Z", cases)

# ------------------------------------------------------------------------------------------------------------ papers
cases = []
for ctr, cvr, price, stay in [(0.1, 0.02, 9, 30), (0.3, 0.2, 0, 0), (0, 0, 100, 600), (1, 1, 1000, 1), (0.05, 0.5, 49.9, 12.5)]:
    cases.append(number("p * (alpha + q) * (beta + u) * v^alpha", ctr * (ALPHA + cvr) * (BETA + price) * max(stay, 0.001) ** ALPHA,
                        p=ctr, q=cvr, u=price, v=max(stay, 0.001)))
    cases.append(number("0.5 * p + 0.3 * q + 0.2 * u / 1000", 0.5 * ctr + 0.3 * cvr + 0.2 * price / 1000, p=ctr, q=cvr, u=price))
    cases.append(number("exp(alpha * log(max(p, 1e-6)) + beta * log(max(q, 1e-6)))",
                        math.exp(ALPHA * math.log(max(ctr, 1e-6)) + BETA * math.log(max(cvr, 1e-6))), p=ctr, q=cvr))
    cases.append(number("if(u > 50, p * 1.2, if(u > 5, p, p * 0.5))",
                        ctr * 1.2 if price > 50 else ctr if price > 5 else ctr * 0.5, p=ctr, u=price))
total += write("formulas", "forms of fusion as they are used: power, additive, logarithmic, by cases", cases)

# ---------------------------------------------------------------------------------------------------------- policies
policies = []
for declaration, values in [
    ("number in [0, 1]", [(0, 0), (1, 1), (0.5, 0.5), (-0.1, "outside"), (1.1, "outside"), (None, "missing"), ("1", "type"), (True, "type")]),
    ("number in [0, 1] outside clamp", [(-5, 0), (5, 1), (0.3, 0.3), (None, "missing")]),
    ("number in [0, 1] outside refuse", [(-5, "refused outside"), (0.3, 0.3), (None, "missing")]),
    ("number in [0, 1] missing 0.5", [(None, 0.5), (0.2, 0.2), (2, "outside")]),
    ("number in [0, 1] missing 0.5 outside clamp", [(None, 0.5), (2, 1), (-2, 0)]),
    ("number in [0, 1] missing refuse", [(None, "refused missing"), (0.2, 0.2)]),
    ("number in [0, 1] missing drop", [(None, "missing"), (0.2, 0.2)]),
    ("number > 0", [(0, "outside"), (1e-300, 1e-300), (-1, "outside")]),
    ("number >= 0", [(0, 0), (-1e-300, "outside"), (1e300, 1e300)]),
    ("number < 10 outside clamp", [(10, "outside"), (9.5, 9.5), (-1e6, -1e6)]),
    ("number", [(-1e6, -1e6), ("x", "type"), ([1], "type"), (None, "missing")]),
]:
    for value, expected in values:
        policies.append({"declaration": declaration, "value": value, "expected": expected})
total += write("policies", "what a value, one outside its range and a missing one become; `missing` and `outside` leave the candidate out", policies)

# ------------------------------------------------------------------------------------------------------------ errors
errors = []


def error(code, *expressions):
    for expression in expressions:
        errors.append({"expression": expression, "code": code})


error("MTL5001", "1 / x", "p / q", "1 / (p - 0.5)", "x / (u * v)", "1 / floor(p)", "1 / abs(x)", "1 / sqrt(u)", "1 / log1p(u)",
      "u^-1", "u^-0.5", "p^(-2)", "1 / minmax(x)", "1 / zscore(x)", "1 / (rank(x) - 1)", "1 / min(v, 0)", "1 / (v - 0.001)",
      "1 / (1 - p)", "u^(alpha - 1)", "1 / if(flag, 0, 1)", "1 / piecewise(x, [0, 1], [-1, 1])", "1 / coalesce(m, 1)")
error("MTL5002", "log(p)", "log(u)", "log(x)", "log(p * q)", "log(abs(x))", "log(percentile(x) - 1)", "log1p(w)", "log1p(x)", "log(min(v, 0))",
      "log(floor(v))", "log(1 - p)", "log(v - 1)", "log1p(-p)", "log(sqrt(u))", "log(coalesce(m, 1))", "log(minmax(u))")
error("MTL5003", "sqrt(x)", "sqrt(p - q)", "x^0.5", "w^alpha", "(p - 1)^0.3", "sqrt(-u)", "sqrt(log(v))", "w^(1/3)", "x^1.5",
      "sqrt(zscore(x))", "(-v)^0.5", "sqrt(min(x, 1))")
error("MTL5004", "exp(x)", "exp(u)", "exp(exp(w) * 100)", "exp(x * y)", "(u + 1)^1000", "x^400", "exp(v^2)", "1e300 * u * u * u * u",
      "safe_pow(exp(w) * 1e300, 3)", "v^-300", "exp(1 / v)", "safe_pow(u, -100)", "exp(-x)")
error("MTL2001", "nothing", "p * ctrr", "max(p, prise)", "score2 + 1")
error("MTL2004", "pow(p, 2)", "ln(v)", "sigmod(x)", "round(x)", "mean(x)")
error("MTL3006", "min(p)", "max(p, q, x)", "log()", "clamp(x, 0)", "sigmoid(x, 1)", "if(flag, 1)", "coalesce(m)", "safe_pow(u)", "rank()")
error("MTL3043", "m + 1", "m * p", "exp(m)", "-m", "min(m, 1)", "coalesce(1, m)", "if(flag, m, 0)", "rank(m)")
error("MTL3024", "kind + 1", "flag * 2", "exp(kind)", "if(p, 1, 2)", "not p", "p and flag", "age(p)", "lower(p)", "kind and flag", "-kind",
      "tags * 2")
error("MTL3057", "listed * 2", "wait + 1", "1d * 2")
error("MTL3025", 'if(p == "a", 1, 0)', "if(kind < 1, 1, 0)", "if(flag < other, 1, 0)", "if(listed < 7d, 1, 0)", 'if(kind in [1, 2], 1, 0)',
      'if(tags == "a", 1, 0)', "if(wait > 3, 1, 0)")
error("MTL3026", "if(kind in p, 1, 0)", "if(kind in [], 1, 0)")
error("MTL3042", "[1, 2]", "{ a: 1 }", "p.q")
error("MTL3046", "kind", "p > 0.5", "flag", "listed", "age(listed)", "missing(m)", "tags", '"a"', "7d")
error("MTL5041", "piecewise(x, [0, 1], [1])", "piecewise(x, [1, 0], [1, 2])", "piecewise(x, [0, 0], [1, 2])", "piecewise(x, [0], [1])")
total += write("errors", "formulas that the checker refuses, each with one message", errors)

print(total, "cases")
