/** MTL1xxx and MTL2xxx: the text, its names and its files. */
export const languageMeanings: Readonly<Record<string, string>> = {
  MTL1001:
    "A spec is written with letters from a to z, digits, `_`, and the signs of the language. Other characters may stand in texts and comments alone. Where the character is another language's way of writing something, the message says ours.",
  MTL1002:
    "A text begins and ends with `\"` on one line. What follows an opening quote up to the line's end is left out, so nothing else is said about that line.",
  MTL1003:
    "In a text, a backslash begins an escape, and there are a few of them. A backslash itself, as in a Windows path or a regular expression, is written twice.",
  MTL1004:
    "Numbers are written `42`, `0.5`, `1e-6` or `1_000_000`; durations are a number and a unit: `500ms`, `30s`, `15m`, `2h`, `7d`, `1w`. A `_` stands between two digits.",
  MTL1005:
    "Dates are `2026-11-05` or `2026-11-05T12:30:00Z`, and must be days and times that exist: there is no 30 February.",
  MTL1006:
    "The parser came to a word that cannot follow what stands before it. The message says what can. What follows is read from the next declaration on, so one slip does not hide the others.",
  MTL1007:
    "An opening bracket has no closing one. The caret stands where the closing one was expected: before the next declaration, or at the end of the file.",
  MTL1008: "A closing bracket has no opening one. Either one was deleted before it, or this one is left over.",
  MTL1009:
    "The elements of a list and the arguments of a call have commas between them; entries of a block have commas or line breaks. `mtlc check --fix` puts the comma in.",
  MTL1010:
    "Every declaration begins with a word that says what it is: `input`, `tower`, `task`, `loss` and so on. This word is none of them.",
  MTL1011:
    "Brackets or operators are nested deeper than any spec needs. The limit keeps the compiler's work bounded; name a part, and use the name.",
  MTL1012:
    "`a < b < c` means three different things in three languages, so it means nothing here. Write both comparisons and join them.",
  MTL1013:
    "A few words mean the same everywhere in the language, such as `not`, `and`, `true`, and cannot be names. All other words can.",
  MTL1014: "At this place one of a few words stands, and this is none of them.",
  MTL1015:
    "A task says what it predicts: the probability of an event, `P(buy | click)`, an expected amount, `E(stay | click)`, or a `score`. Its label, its sample space, and the losses and metrics that fit follow from that.",
  MTL1016:
    "Specs are UTF-8. A file in another encoding, such as Latin-1, GBK or UTF-16, would be read as other characters than were written, and writing it back would lose them, so that nothing of it is read and nothing is written. Convert it: `iconv -f GBK -t UTF-8`.",
  MTL1017:
    "`import` and `extends` read specs, whose names end in `.mtl`. No other file is opened, whatever path a spec names, so that a spec of others can be checked without it looking at other files.",
  MTL1018:
    "`formerly: { new: old }` in the `train` block says what a feature, a part of the network or a head was called in an earlier model, so that its weights are found there. The new name is declared, the old one is not, and stands once. Two parts may have changed names with each other.",
  MTL1020:
    "`edition: 2026` says for which edition of the language a file is written, so that a later mtlc reads it by the same rules. This mtlc does not know the edition that the file names: it is misspelt, or newer than this mtlc.",
  MTL1021:
    "The edition decides how the rest of the file is read, so that it stands above all other declarations, once. Comments may stand before it.",
  MTL1024:
    "`import { mmoe } from std 2026` takes the blocks as they were in the release of that edition. There is no release of the name that the import gives. Without a number, a file takes the release of its own edition.",
  MTL2001:
    "Nothing of this name is declared. Names may be declared anywhere in the file, in a file that it imports, or in the one that it extends. Where a declared name is close in spelling, the message suggests it.",
  MTL2002:
    "A name stands for one thing. Labels have a name space of their own, so that the label `stay` and the task `stay` may stand side by side; so have attributes beside features. To change a declaration that comes from another file, write `override` before the new one.",
  MTL2003:
    "The name is declared, as something that cannot stand here. What a model predicts cannot be what it reads, and a task is not a part of the network.",
  MTL2004: "The language has a fixed set of layers, losses, metrics and functions, and this is none of them.",
  MTL2005: "The layer, loss or rule has no parameter of this name.",
  MTL2006: "The parameter takes one of a few words, and this is none of them.",
  MTL2007: "The block has a fixed set of entries, and this is none of them.",
  MTL2008: "A key stands once in a block: with two, it would not be clear which one holds.",
  MTL2009:
    "Declarations may stand in any order, and none may depend on itself. The message shows the way around the circle.",
  MTL2010: "A spec has one block of this kind. Put the entries of both into one.",
  MTL2030:
    "A range of names, `n_1 .. n_63`, counts one number from its first name to its last. The names are alike but for this number, which is written with zeros in front in all of them or in none.",
  MTL2031:
    "A range in an expression stands for features, or parts of the network, that are declared. A part of it that is not would be left out without a word.",
  MTL2032: "`but` leaves names out of those before it, so what it leaves out has to be one of them.",
  MTL2033: "A list of names without any is not an input of a network.",
  MTL2011:
    "The `data` block says which columns the files have, with `columns: […]`, and a feature, a label or a role reads one that is not among them.",
  MTL2012: "After the dot stands a member that the name does not have.",
  MTL2013:
    "A file with tasks, losses or rankings is a model, and a model has a name: artifacts, diffs and services speak of it by that. A file that others import needs none.",
  MTL2014:
    "One file overrides or removes a thing once. Of two changes of the same thing one would be lost, and no reader could tell which.",
  MTL2015:
    "Arguments are put in from left to right, so that the default of a parameter may read those before it, and no other. A name that is no parameter is one of the spec.",
  MTL2020: "`import` or `extends` names a file that is not there. Paths are relative to the file that they stand in.",
  MTL2021: "A file imports itself, directly or through others. The message shows the way.",
  MTL2022: "`import { … }` takes names that the file declares, and this is none of them.",
  MTL2023:
    "`override` says that something which is there gets another form. Nothing of this kind and name is there. Without `override`, the declaration is a new one.",
  MTL2024: "`remove` takes something out that another file brought in. Nothing of this kind and name is there.",
  MTL2025:
    "A macro is replaced by its body, so one that calls itself, directly or through others, would never end. There is no recursion in the language.",
  MTL2026:
    "Macros that call macros can double a spec at each step. The limit keeps the compiler's work bounded, whatever a spec says.",
  MTL2027:
    "A macro with the name of a built-in, a layer as well as a function, a kind of feature, a file format or an optimizer, would hide it: readers could no longer tell what `mlp` or `exp` means. Give it a name of its own.",
};
