/** MTL5xxx and MTL6xxx: formulas, rules, rankings, and warnings. */
export const servingMeanings: Readonly<Record<string, string>> = {
  MTL5001:
    "Ranges run through every formula. The divisor's range contains 0, so for some candidate this divides by 0. A guard such as `max(x, 1e-6)` moves the range.",
  MTL5002:
    "The logarithm of 0 is minus infinity, and that of a negative number does not exist. A probability reaches 0, so `log(ctr)` may be infinite; `log(max(ctr, 1e-6))` is not.",
  MTL5003: "A root, or a power with an exponent that is not whole, of a negative number does not exist.",
  MTL5004: "For some candidate inside the declared ranges the result is larger than any number. Bound what goes in.",
  MTL5005: "The value lies outside the range that was declared for it.",
  MTL5006: "No number lies in this range: its bounds are the wrong way around, or both are left out.",
  MTL5007: "Each kind of rule takes certain clauses, and this is none of them.",
  MTL5008: "Each kind of rule needs certain clauses.",
  MTL5009: "A clause stands once on a rule.",
  MTL5010:
    "A window of time is open from its first date up to, and without, the second. This one closes before it opens, so the rule never applies.",
  MTL5011: "The bound holds for every list, or for none, so the rule changes nothing or cannot be met.",
  MTL5040:
    "Formulas are evaluated for every candidate of every request, so their size is bounded: 256 nodes, 64 levels. Name a part with a `fusion` of its own.",
  MTL5041: "The points of a piecewise function ascend, and there are at least two.",
  MTL5042: "Bounds are stated once, or the second ones would silently win.",
  MTL5043: "Calendar windows follow a time zone by its IANA name, such as `Asia/Shanghai`, or `UTC`.",
  MTL5044:
    "Rules are evaluated for every request, so a set has a bounded number of them. Split it, or join rules by `or`.",
  MTL5045:
    "Boosts and suppressions multiply the score. A negative score times 1.5 falls, so the rule would do the opposite of what it says. Keep the score at 0 or above.",
  MTL5046: "An `auxiliary` task is trained and never served, so a formula cannot read it.",
  MTL5047: "The factor lies outside the bounds that the rule states or has by default.",
  MTL5048: "Values are counted by something that each candidate has: an attribute, a feature or a signal.",
  MTL5049:
    "`missing` says what stands for a value that is not there, and `coalesce` or `missing(…)` in formulas handles it there. With both, only one could ever apply.",
  MTL5050: "What to do with a value outside its range is said of a value that has no range, so nothing can be outside.",
  MTL5051: "Every request is in one arm of an experiment, so the shares of its arms sum to 1.",
  MTL5052:
    "Experiments assign requests apart from one another, so a request may be in an arm of both, and only one of two values can hold.",
  MTL5054: "Each stage of a ranking keeps some of what the stage before it leaves, so it cannot keep more.",
  MTL5055:
    "A formula reads what candidates bring, a condition on the request what the request brings, and this is neither.",
  MTL5060:
    "A ranking applies each of its sets of rules once. Attached twice, a boost of 2 would multiply by 4, and nobody could see why.",
  MTL5061:
    "A pace steers exposures along one curve, which ends at one number: `at most` for a budget, `at least` for a goal. For a hard limit beside a goal, add a `cap`.",
  MTL6023:
    "Arithmetic of columns gives a number, and a category of it is one for every combination with that sum: 2 and 10, 10 and 2, 5 and 7. `cross(a, b)` is a category for each pair of values.",
  MTL5062:
    "A window or a quota holds for the list as a whole, so its numbers are formulas over the request and parameters. What a candidate brings cannot decide them.",
  MTL5063:
    "A number of a rule that is a formula is rounded to the nearest whole number. The ranges of what it reads have to say that it is at least 1 and at most 10,000, so that no request can turn the rule into nonsense.",
  MTL6001: "A feature that no part of the network, no formula and no rule reads is encoded for nothing.",
  MTL6002: "A part of the network that nothing reads is left out of the model: it changes no prediction.",
  MTL6003: "A label that no task speaks of changes nothing. Labels that others are `within` count as used.",
  MTL6004: "A parameter, an attribute or a signal that no formula, rule or ranking reads changes nothing.",
  MTL6005: "A softmax over one expert is always 1, so the gate is a network for nothing.",
  MTL6006: "No loss reaches the task, directly or through a chain, so its parameters stay as they were initialized.",
  MTL6007: "A set of rules works where a ranking names it after `with`, and none does.",
  MTL6008: "A macro that nothing calls leaves no trace in the model.",
  MTL6009:
    "The comment ignores a warning that is not there any more. Left in place, it would hide the next one of its kind. `mtlc check --fix` takes it out.",
  MTL6010:
    "A warning is ignored by its code and with a reason, so that the next reader can judge whether it still holds.",
  MTL6011:
    "Warnings and notes can be ignored. An error stops the stages that follow, so ignoring it would gain nothing.",
  MTL6012:
    "The ranges of what is compared decide the comparison before any candidate comes: `quality < 2` of a quality in [0, 1] is always true, and `quality < 0.2 and quality > 0.8` never. The rule applies to everything, or to nothing.",
  MTL6013: "The rule speaks of places beyond the end of the ranking's list, where nothing stands but on later pages.",
  MTL6020:
    "Numbers of a spec are 64-bit floating point, which is exact for whole numbers up to 2^53. A longer identifier as a number equals its neighbours as well; as a text it is compared digit by digit, whatever type the column has.",
  MTL6014:
    "Both tasks predict the same event from the same parts of the network, so they differ by their random start alone. Two predictions of one event are sound where they read different parts, as in an ensemble.",
  MTL6015: "The parameter does not appear in the macro's body, so what callers give for it changes nothing.",
  MTL6016: "The name is imported, and nothing in the spec reads it.",
  MTL6035:
    "The file imports the same thing twice, which is the same as once. Two files that both import a third are no mistake: what they share is there once.",
  MTL6045:
    'A zero-width space makes two texts that look the same different ones, and a character that turns the writing direction shows a line in another order than the one that is read. A text has each of them as an escape, `"\\u{200B}"`, which everybody sees; formatting writes it so. Joiners between letters or emoji are none of these.',
  MTL6017: "The spec ranks, and neither a ranking nor another formula, a rule or a test reads this formula.",
  MTL6030:
    "A list is chosen for variety by one rule, `mmr` or `dpp`: the first of those that the ranking's sets of rules hold. Take the others out, or give them a ranking of their own.",
};
