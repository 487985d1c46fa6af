/** MTL3xxx and MTL4xxx: types, shapes, events, sample spaces and leakage. */
export const modelMeanings: Readonly<Record<string, string>> = {
  MTL3001: "A parameter without a default is not given.",
  MTL3002: "The parameter takes a value of another kind: a number, a word, a list, a text or a condition.",
  MTL3003: "The value is of the right kind and outside what the parameter allows.",
  MTL3004: "A parameter is given twice, by its place and by its name, or by its name two times.",
  MTL3005: "There are more arguments than parameters.",
  MTL3006: "A function of formulas takes a fixed number of arguments.",
  MTL3007:
    "The widths of what goes into the layer do not fit together. Widths are known when a spec is checked, so this never waits for the first batch.",
  MTL3008: "A gate mixes its experts as a weighted sum, element by element, so all of them have one width.",
  MTL3009:
    "A logit is one number a row. A tensor of another width becomes one by `logit(tensor)`, a linear layer of width 1 with a bias.",
  MTL3010:
    "A task predicts something that a label says: an event or an amount, or it gives an order alone. A plain number has no label to be trained on.",
  MTL3011:
    "A network is made of features, of its own named parts, of layers applied to them, and of lists, which are their concatenation.",
  MTL3012: "A pool is n networks side by side. A gate mixes them into one tensor, which layers can read.",
  MTL3013: "`bottoms` declares one tensor for each member. Read the member that is meant.",
  MTL3014: "The name is a built-in of another kind: a loss is no layer, and a layer is no gate.",
  MTL3015: "A gate is a softmax over its input with one weight for each expert, and says which pools it mixes.",
  MTL3016:
    "A `table` is an embedding of one feature with a name of its own, so that parts can share it or have their own.",
  MTL3017:
    "Experts differ because each has parameters of its own. An expression without parameters would be the same n times.",
  MTL3018: "Two options state the same thing in two ways, and could contradict each other.",
  MTL3019: "The list must ascend, without a value twice: boundaries cut a line into pieces.",
  MTL3020: "`split` makes this data from the training files, and the block names files for it as well.",
  MTL3021:
    'The format of a file follows from its ending: `.csv`, `.tsv`, `.parquet`, `.jsonl`, each also with `.gz`. For another ending, say it: `csv("data.txt")`.',
  MTL3022: "Without a header line, the columns of the file have no names that features could read.",
  MTL3023:
    "What stands after `=` in a feature or a label is computed row by row from columns of the file, before training. Names there are columns.",
  MTL3024: "The operator or function takes a value of another kind.",
  MTL3025: "A comparison needs two values of one kind: two numbers, two texts, two times.",
  MTL3026: "`in` asks whether a value is one of a list that is written out.",
  MTL3027: "An event is true or false, an amount is a number, and the expression gives the other one.",
  MTL3030:
    "A task has a tower of its own. What is computed from other tasks is a `chain`: its type is inferred, and it needs no parameters.",
  MTL3031:
    "The activation decides the range of a prediction: `sigmoid` gives a probability; an amount comes from `softplus`, `exp` or `identity`; a score is a bare logit.",
  MTL3032: "Inside the activation stands a logit: `logit(tensor)`, sums and multiples of logits.",
  MTL3035: "An entry of `loss` is a loss with a weight, or a penalty, or `balance`.",
  MTL3036: "Losses fit types: `bce` trains a probability, `mse` and `huber` an amount.",
  MTL3037: "A signal comes from another system, ready made: nothing here can train or measure it.",
  MTL3038: "A penalty such as `l2` is about parameters and stands under a name of its own; a head takes a loss.",
  MTL3040: "Metrics fit types: `auc` and `logloss` measure a probability, `rmse` and `mae` an amount.",
  MTL3041:
    "`gauc` is the mean of the AUC of each group, weighted by its rows, and the `data` block does not say what a group is.",
  MTL3042: "Formulas, conditions and tests compute with values: numbers, texts, times, conditions.",
  MTL3043:
    "A value declared with `?`, and a raw feature, may be missing, and arithmetic on nothing has no result. `coalesce(x, 0)` says what stands for it. Comparisons need no such help: with a missing value they are false.",
  MTL3044:
    "Sums and comparisons of a number of seconds and a number of yuan mean nothing. A product or quotient may mix units, and its result has the unit that they make; a number without a unit goes with any. A power with an exponent that is not a whole number takes the unit away, since only the order is meant.",
  MTL3045: "An attribute is what a candidate brings with it; what another system predicts is a signal.",
  MTL3046: "A ranking is an order by a number, so a formula must give one.",
  MTL3047: "A candidate of a test gives a value of another kind than what was declared.",
  MTL3050:
    "Features of a group are alike in kind and options, and each reads a column of its own. One column or one expression for all of them would make them copies of one feature.",
  MTL3051:
    'A label or a feature that no column decides is the same for all rows, and says nothing. A text in quotes is a text; a column whose name is not a name of the language is written `column("is click")`.',
  MTL3052:
    "`numeric` and `bucket` read numbers. A condition or a text is one of a few values: a category with an embedding.",
  MTL3048:
    "An embedding looks ids up in a table, and a number is no id. Cut it into ids with `bucket`, or read it as it is.",
  MTL3055:
    "A macro may stand for the kind of a feature with its options, as `def id(n) = categorical(hash: n, embed: 16)`. What this one gives is a number, a tensor or a condition, and no feature can be that.",
  MTL3056:
    "A layer, a logit or a gate reads one tensor. Several are joined by a list, which puts their numbers one after another: `mlp([u, v], [8])`.",
  MTL3057:
    "A difference of times is a duration, a time and a duration make a time, and a duration over a duration is a number. There is no other arithmetic of them: divide durations by a unit first, and compute with numbers.",
  MTL3058:
    "What a gate mixes is stated after `over`, which no other expression has. Declare the gate, and read it by its name where its value is wanted.",
  MTL3090:
    "The word belongs to the language, and this version of the compiler does not have it yet. The message says what comes nearest.",
  MTL4001:
    "Probabilities and conditions are about events, which happen or do not. An amount has an expectation, `E(…)`.",
  MTL4002: "An expectation is about an amount. An event has a probability, `P(…)`.",
  MTL4003:
    "Four rules make a probability or an expectation out of others: the chain rule, `P(A | C) * P(B | A & C)`; its inverse, the quotient; the complement, `1 - P(A | C)`; and `P(A | C) * E(y | A & C)` for an amount that is 0 outside of A. This expression follows none of them. The notes say which conditional would continue it. In a `fusion` formula any product may stand: there it is a number, and no loss is put on it.",
  MTL4004: "The chain states a type, and its formula is the probability of another event.",
  MTL4005:
    "A chain is made of the predictions of tasks alone. Weights, sums and powers belong into a `fusion` formula.",
  MTL4006: "The event asks for a label and for its opposite, so no row is in it.",
  MTL4007:
    "Where the condition holds, the event holds too, so its probability is 1. Most often the two sides of `|` are the wrong way around: `P(buy | click)` is the share of clicks that become purchases.",
  MTL4008:
    "Events are conjunctions of labels, and `not` stands before a label or before a conjunction of plain labels.",
  MTL4009:
    "The task is trained on the rows of its condition alone, and the spec applies it to rows outside of it, which are different: that is the selection bias of the ESMM paper (Ma et al., SIGIR 2018). Put the loss on the product with the condition's probability, or say with `space:` what is meant.",
  MTL4010:
    "The feature is the label, or is made of the same column: the model would learn to copy what it should predict, score well in training, and know nothing at serving. A label that is computed from columns, that no head predicts and no outcome lies within, is a condition that serving knows, such as a scene: its column may be a feature.",
  MTL4011:
    "Sample weights say how much a row counts in training. They are decided afterwards and are not there at serving.",
  MTL4012:
    "A feature declared with `serving: none` is known in training only, and something that serving computes reads it: a head, also by way of an auxiliary task, a formula, a rule or a ranking. Keep it to training with `train_only(…)`, or say what serving sees.",
  MTL6027:
    "The feature lists its values, and the value that serving sees instead of the data is none of them. Every served row then has the embedding of an unknown value, which training may never have moved.",
};
