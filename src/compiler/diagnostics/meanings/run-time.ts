/** MTL7xxx to MTL9xxx: data, artifacts, training, engines, stores and the command line. */
import { dataQualityMeanings } from "./data-quality.js";

/** Of a code that no spec alone can have. */
export interface RunTimeMeaning {
  /** How it comes about. */
  readonly how: string;
  /** What to do. */
  readonly fix: string;
}

export const runTimeMeanings: Readonly<Record<string, RunTimeMeaning>> = {
  ...dataQualityMeanings,
  MTL1022: {
    how: "The word means what it did, and a later edition of the language removes it.",
    fix: "`mtlc check --fix` writes the new word where one takes its place.",
  },
  MTL1023: {
    how: "An earlier edition of the language had this word; the edition that the file is written for does not.",
    fix: "`mtlc check --fix` writes the new word where one takes its place. A file that says an earlier `edition:` may keep the old one.",
  },
  MTL7101: {
    how: "The `data` block or the command line names a file or a glob, and nothing is there.",
    fix: "Paths of a spec are relative to the spec; paths of the command line to the working directory. `--train FILE…` and `--test FILE…` take the place of the spec's files.",
  },
  MTL7102: {
    how: "A file is there and cannot be read: it is damaged, cut off, of another format than its name says, or permission is missing.",
    fix: 'Copy or download it again, or state its format: `csv("data.txt")`.',
  },
  MTL7103: {
    how: "A feature, a label or a role reads a column that a data file does not have.",
    fix: 'Correct the name, or read another column: `age: numeric(column: "user_age")`. A file without a header line needs `columns: […]`.',
  },
  MTL7104: {
    how: "A column of the file has another type than its use needs, such as a text where a number is read.",
    fix: "Convert the column, or declare the feature as what it is.",
  },
  MTL7105: {
    how: "One value of a column cannot be read as what the column should hold.",
    fix: 'Look at the row that the message names. Values that mean "unknown" are listed in the source: `csv("a.csv", nulls: ["NA", "?"])`.',
  },
  MTL7106: {
    how: "The label is an event, and a row has a value that is neither 0, 1, true, false nor null.",
    fix: "Say in the label when the event holds: `rich: event = income > 50_000`.",
  },
  MTL7107: {
    how: "A sample weight is negative, not a number, or missing.",
    fix: "Weights are at least 0; a row of weight 0 is not trained on.",
  },
  MTL7108: {
    how: "`buy: event within click` states that a purchase implies a click, and some rows have a purchase without one.",
    fix: "Correct the data, or take `within` away if the one does not imply the other. The rows are used as they are.",
  },
  MTL7109: {
    how: "A line of a text file has more or fewer values than the header or `columns` says.",
    fix: "Look for a delimiter inside a value that is not quoted, or state `delimiter:`.",
  },
  MTL7110: {
    how: "`columns: […]` names more or fewer columns than the file has.",
    fix: "Name every column, also those that nothing reads.",
  },
  MTL7111: {
    how: "Two columns of a file have one name, so it is not clear which one a feature reads.",
    fix: "Name the columns apart with `columns: […]` and `header: false`, or rename one in the file.",
  },
  MTL7112: {
    how: "The first line of the file holds data where a header was expected.",
    fix: "Add `header: false` and `columns: […]` to the source.",
  },
  MTL7130: {
    how: "A file of `libsvm` or `slots` has a line that is not of this form: a value without an index, an index twice, a second colon.",
    fix: "Repair the line, or name the format that the file has. Of `slots`, `delimiter` says what stands between the pieces.",
  },
  MTL7131: {
    how: "Lines of `slots` begin with plain values, such as labels, and the spec names another number of them.",
    fix: 'Name them in their order: `slots("day1.txt", delimiter: ",", columns: [click, buy, site])`.',
  },
  MTL7132: {
    how: "The first line of a file names none of the columns that the spec reads, and looks like that of another form: another delimiter, no header, types in its names, libsvm.",
    fix: "Write the format or the option that the help names.",
  },
  MTL7113: {
    how: "A row given to `predict`, or sent to a service, has a value of another kind than its feature.",
    fix: "Send what the feature declares: a number, a text, or a list of texts for a `bag`.",
  },
  MTL7120: {
    how: "`--keep` names a column twice, or two columns whose names differ only in capital and small letters.",
    fix: "Keep each column once; rename one of two in the file.",
  },
  MTL7121: {
    how: "A file was written to between its rows being predicted and its columns being kept.",
    fix: "Run the command again when nothing writes to the files.",
  },
  MTL7122: {
    how: "The formula that is tuned, or a condition of its ranking, calls `age(…)`: without the time of each request everything would be as old as nothing.",
    fix: "Name the column of the time with `--time`; give it dates, or seconds since 1970.",
  },
  MTL7114: {
    how: "Encoded data is kept in a cache folder, which cannot be written.",
    fix: "Free space or permissions, or name another folder with `MTLC_CACHE_DIR`.",
  },
  MTL7115: {
    how: "A vocabulary, a scale or a boundary comes from the training data, and the command has none.",
    fix: "Name training data in the spec or with `--train`, or fix the values in the spec: `hash:` in place of `vocab:`.",
  },
  MTL7160: {
    how: "`mtlc init --from FILE` looks for columns of two values (0 and 1, true and false, yes and no) or of grades. None of the file looks so, or the column that `--label` names is not there.",
    fix: "Name the columns that say what happened: `mtlc init --from FILE --label click,buy`.",
  },
  MTL7161: {
    how: "Every column of the file is a label, is empty, or is the same in every row.",
    fix: "Give a file that also has what was known before the event: who, what, when, where.",
  },
  MTL7116: {
    how: "An entry of the data cache is not what was written there: a disk that fails, a machine that lost power, or somebody edited it.",
    fix: "Nothing: it is thrown away and made again from the data. When it comes back, look at the disk.",
  },
  MTL7201: {
    how: "The folder holds no `manifest.json` of ours.",
    fix: "Give the folder that `mtlc train -o` or `mtlc compile -o` wrote.",
  },
  MTL7202: {
    how: "The artifact was written by a newer version, in a format that this one does not know.",
    fix: "Update `mtlc`, or compile the spec again with this version.",
  },
  MTL7203: {
    how: "A file of the artifact is missing, or its bytes are not those that the manifest recorded by hash.",
    fix: "Copy the artifact again as a whole, or write it anew.",
  },
  MTL7204: {
    how: "The manifest does not follow its schema: it was edited, or another program wrote it.",
    fix: "Copy the artifact again, or write it anew.",
  },
  MTL7205: {
    how: "The output folder holds files that are not ours, and writing an artifact would replace them.",
    fix: "Give an empty or new folder.",
  },
  MTL7206: {
    how: "`mtlc compile` writes initial weights, and the command needs trained ones.",
    fix: "Give what `mtlc train` wrote.",
  },
  MTL7207: {
    how: "The names or shapes of the weights are not those of the model beside them.",
    fix: "The weights belong to another version of the spec: copy the artifact as a whole, or train again.",
  },
  MTL7301: {
    how: "A loss became infinite or not a number, and every step after it would only spread that. The weights of the last checkpoint are still sound.",
    fix: "A smaller learning rate, `clip: norm(1.0)`, or a scale for a numeric feature of large values. The message names the head to look at.",
  },
  MTL7302: {
    how: "The command needs data of this role, and neither the spec nor the command line names any.",
    fix: "Add it to the `data` block, or give the option that the message names.",
  },
  MTL7303: {
    how: "`--resume` was given, and every checkpoint in the folder is damaged or of an older version.",
    fix: "`--force` in place of `--resume` drops them and trains from the start.",
  },
  MTL7304: {
    how: "`--resume` was given with another spec, other data (a feature, a label, a weight or a group of any row) or another seed than the checkpoint was written with.",
    fix: "Resume with what the run was started with, or start a new one in another folder.",
  },
  MTL7305: {
    how: "The newest checkpoint is damaged, as after a full disk, so training goes on from the one before.",
    fix: "Nothing; the steps between the two are done again.",
  },
  MTL7306: {
    how: "The output folder holds checkpoints of a run that did not end, which a new run would overwrite.",
    fix: "`--resume` continues it; `--force` drops it.",
  },
  MTL7307: {
    how: "`stop: early(…)` looks at a metric on data that is not trained on, and there is none.",
    fix: "Add `validation:` or `test:` to the `data` block, or a `split`.",
  },
  MTL7308: {
    how: "The metric has no value in this epoch: an AUC needs rows of both kinds.",
    fix: "Use more validation data, or another metric. The epoch does not count for early stopping.",
  },
  MTL7309: {
    how: "Files are there and hold no rows, or none that the task can use.",
    fix: "Look at the files that the message names.",
  },
  MTL7310: {
    how: "The file is a part that others import: it has no `model NAME`.",
    fix: "Give the spec that imports it.",
  },
  MTL7311: {
    how: "The spec has no loss, so there is nothing to train: its scores come from other systems.",
    fix: "Rank with it as it is, or put a loss on a task.",
  },
  MTL7312: {
    how: "The artifact was trained on another machine, so the paths of its data mean nothing here.",
    fix: "Give `--test FILE`.",
  },
  MTL7320: {
    how: "What the model keeps, and what the optimizer remembers of it, is more than the memory that is free: on the machine, in the group of processes (a container's limit) or under `ulimit -v`. Early stopping keeps the best weights besides, a warm start those that it comes from, and an artifact is in memory twice while it is loaded. It is said before anything is allocated.",
    fix: "Lower the number of ids (`hash:`, `min_count:`) or `embed:` of the feature that is named, choose an optimizer that remembers less (`adagrad` keeps one number for each, `sgd` none), or take a larger machine. `mtlc cost` shows the figures.",
  },
  MTL7321: {
    how: "Checkpoints and the artifact together are larger than what is free on the disk. Two checkpoints are kept while another one is written, and an artifact holds the weights three times: as tensors, as a SavedModel and as a GraphModel.",
    fix: "Free the disk, or give a directory on another one with `--output`.",
  },
  MTL7330: {
    how: "`--resume` was given, and the folder holds neither a checkpoint nor an artifact: a run that was stopped before its first checkpoint, or one that never started.",
    fix: "Nothing. The same command with `--resume` may be repeated until the run is done.",
  },
  MTL7331: {
    how: "`--resume` was given, the folder holds an artifact and no checkpoint, and the artifact was made from another spec, other data, another seed or for another number of epochs. What the optimizer remembers is not kept in an artifact, so that it cannot go on.",
    fix: "Leave `--resume` out to replace it, or start from it in another folder with `--warm-start`.",
  },
  MTL7332: {
    how: "`--warm-start` takes weights over that were trained under one mean, deviation or list of quantiles, and the new training data gives another one: the fit follows the data of each run.",
    fix: "Nothing where the data is much the same: training goes on from there. Where predictions must not move, fix the numbers in the spec: `scale: none` or `log1p` over an expression, `boundaries: […]` in place of `quantiles:`.",
  },
  MTL7401: {
    how: "`MTLC_ENGINE` or `--engine` names an engine that does not exist.",
    fix: "It may be `native`, `wasm` or `cpu`; without it, the fastest that works is used.",
  },
  MTL7402: {
    how: "The engine that was asked for cannot be loaded on this machine.",
    fix: "`mtlc doctor` says why, and `mtlc doctor --install` gets the native one; `MTLC_ENGINE=wasm` does without.",
  },
  MTL7210: {
    how: "Rows for a trained network lack a column that one of its features reads, or one of them has it misspelt. The value would count as unknown, and the prediction would be one for another row.",
    fix: "Bring the column, with null where the value is not known. In a request to a ranking, a value of the request with the feature's name stands for it.",
  },
  MTL7211: {
    how: "A program gave `predict` one record, or something else, where a list of records is needed.",
    fix: "Put the record into brackets: `predict([{ user_id: 7 }])`.",
  },
  MTL7212: {
    how: "An artifact that `mtlc compile` wrote is measured or started from. It holds the weights that training would begin with.",
    fix: "Nothing, where that is meant; else give what `mtlc train` wrote.",
  },
  MTL7213: {
    how: "The command needs a network, or a chain over signals, and the spec that the artifact was made from has none.",
    fix: "Its formulas and rules work with `mtlc rank`, `mtlc test` and `mtlc tune`.",
  },
  MTL7510: {
    how: "The command names a ranking that the spec does not declare.",
    fix: "Name one of those that the message lists.",
  },
  MTL7511: {
    how: "The spec has scores and no `rank`, so there is no list to make.",
    fix: "Declare one: `rank page = top 10 by score`.",
  },
  MTL7512: {
    how: "A candidate's or a request's value is missing, of another type, or outside of its declared range, and the spec says to refuse such; or the request has a member that requests do not have. The other requests of the files are answered.",
    fix: "Correct the data, or say in the spec what such a value means.",
  },
  MTL7513: {
    how: "Two candidates of a request have one identifier, so the list could not say which is meant.",
    fix: "Name the column that tells them apart with `--id COLUMN`, or keep the first of each with `--duplicates first`.",
  },
  MTL7514: {
    how: "A request has more candidates than one may have. The limit bounds the work for a request.",
    fix: "Choose among them before, by a source with `top` in the ranking.",
  },
  MTL7515: {
    how: "The rows of a request do not stand together. The file is read as a stream, so that its size does not matter, and a request is ranked when its rows end.",
    fix: "Sort the file by the column of requests.",
  },
  MTL7516: {
    how: "An option names a column that the file does not have.",
    fix: "Name one of those that the message lists.",
  },
  MTL7517: {
    how: "The ranking reads a value that the file does not bring.",
    fix: "Add the column; a head of the network comes from a trained artifact, given in place of the spec.",
  },
  MTL7518: {
    how: "The file is in none of the forms that candidates come in.",
    fix: "JSON lines, CSV, TSV and Parquet are read; the message says what was found.",
  },
  MTL7519: {
    how: "`--experiment` names an arm that no experiment of the spec has.",
    fix: "Name one of those that the message lists.",
  },
  MTL7520: {
    how: "Candidates bring a value with the name of a head that the artifact's network predicts. The value that is given is used, for the candidates that bring it.",
    fix: "Leave the column out where the network should predict it.",
  },
  MTL7521: {
    how: "A candidate or the values of a request have a name that neither the spec nor the network reads, and a name like it is absent.",
    fix: "Correct the name.",
  },
  MTL7522: {
    how: "Vocabularies are made from the training data. Values that it did not hold count as unknown, all alike.",
    fix: "For a few values, nothing. For most of them, look whether the column holds what it held in training, or train again on newer data.",
  },
  MTL7523: {
    how: "Rows that make one request hold different values where the spec declares a value of the request, of which there is one.",
    fix: "Group the rows by a column that tells the requests apart (`--group COLUMN`), or declare the value in `attributes`.",
  },
  MTL7524: {
    how: "A program gave flow control a time that is not a number of seconds since 1970; most often it is one of milliseconds.",
    fix: "`Date.now() / 1000`: the time of a request is in seconds everywhere.",
  },
  MTL7530: {
    how: "Exposure caps are kept in SQLite, whose binary for this platform is not installed.",
    fix: "Install it, or name a Redis store.",
  },
  MTL7531: {
    how: "The store of exposure permits is not reachable, or its file cannot be opened.",
    fix: "Look at the address or the path that the message names.",
  },
  MTL7532: {
    how: "A newer version has written the store and changed its layout.",
    fix: "Use that version, or another store; counters are never guessed.",
  },
  MTL7533: {
    how: "The address of a store is none of the known forms.",
    fix: "Write one of the forms that the message lists.",
  },
  MTL7534: {
    how: "The Redis server evicts keys when it runs out of memory, and a cap whose counter is evicted starts at 0 again.",
    fix: "Set `maxmemory-policy` to `noeviction`.",
  },
  MTL7535: {
    how: "The Redis server writes nothing to disk, and after a restart every cap starts at 0 again.",
    fix: "Set `appendonly` to `yes`.",
  },
  MTL7550: {
    how: "Tuning moves the parameters that a formula reads, and it reads none with a range of two ends.",
    fix: "Give a parameter a range: `alpha: 0.1 in [0, 1]`.",
  },
  MTL7551: {
    how: "The text of an objective or a guard cannot be read.",
    fix: "The message shows the place, and `mtlc tune --help` the form.",
  },
  MTL7552: {
    how: "The spec has several rankings or formulas, and tuning is about one.",
    fix: "Name it with `--rank` or `--fusion`.",
  },
  MTL7553: {
    how: "The command names a ranking, a formula or a parameter that the spec does not have.",
    fix: "Correct the name; the message lists what there is.",
  },
  MTL7554: {
    how: "A row of the log holds a value that serving would not accept, so no list could have come of it.",
    fix: "Correct the log, or widen the declared range, or say with `missing:` what stands for a value that is not there.",
  },
  MTL7555: {
    how: "The spec has no `fusion`, so there is nothing to tune.",
    fix: "Write the order as a formula with parameters.",
  },
  MTL7556: {
    how: "Later requests are held out to judge a change, and all of the log has one time.",
    fix: "Log the time of each request, or name the column that has it.",
  },
  MTL7557: {
    how: "The method needs data or options that were not given.",
    fix: "Give what the message names, or use another method.",
  },
  MTL7558: {
    how: "A regression fits exponents or weights, and the formula is no product of powers and no weighted sum.",
    fix: "`--method cma-es` tunes any formula.",
  },
  MTL7559: {
    how: "The log was made with other parameters, and too few of its requests speak of the proposed ones. An estimate from them would be noise.",
    fix: "Log more requests, with parameters jittered more widely, or stay nearer to the logged ones.",
  },
  MTL7561: {
    how: "The fit gives the reference column the coefficient 0, and every other exponent is read relative to it.",
    fix: "Choose another reference, or `--method cma-es`.",
  },
  MTL7562: {
    how: "The log holds no rows that tuning can use.",
    fix: "Look at the files and filters that the message names.",
  },
  MTL7564: {
    how: "An option takes a number of a certain kind, and was given something else.",
    fix: "The message says what it takes.",
  },
  MTL7565: {
    how: "Lists, pairs and groups are made of the rows of one request, and the log has no column that tells requests apart.",
    fix: "Name the column: `--request request_id`. `auc` alone needs none.",
  },
  MTL7566: {
    how: "A ranking takes so many candidates at most, and a request of the log has more. Most often the column of requests is another one.",
    fix: "Name the column of requests with `--request`.",
  },
  MTL7570: {
    how: "An unknown value is not 0: rows without one are left out of what is measured of their column, and none are left.",
    fix: "Name a column that has values, or a log in which they are known.",
  },
  MTL7571: {
    how: "The column tells to which request a row belongs, or when it came, and one row does not say it.",
    fix: "Write the value in every row, or leave out rows that have none.",
  },
  MTL8001: { how: "There is no such command.", fix: "`mtlc help` lists them." },
  MTL8002: { how: "The command has no such option.", fix: "`mtlc COMMAND --help` lists them." },
  MTL8003: {
    how: "The option needs a value, and another option or nothing follows.",
    fix: "Give the value; one that begins with `-` is written `--option=-1`.",
  },
  MTL8004: { how: "The option takes other values.", fix: "The message says which." },
  MTL8005: { how: "An argument is missing.", fix: "The message shows the usage." },
  MTL8006: {
    how: "There is an argument too many; a glob that the shell expanded may have made it.",
    fix: "The message shows the usage.",
  },
  MTL8007: {
    how: "The file that the command was given is not there, or cannot be read.",
    fix: "Paths are relative to the working directory.",
  },
  MTL8008: {
    how: "A file or folder cannot be written. What was there before is unchanged.",
    fix: "Look at permissions and free space, or give another place.",
  },
  MTL8009: { how: "Two options contradict each other.", fix: "Give one of them." },
  MTL8010: {
    how: "A file that the command would write is there already.",
    fix: "Give another place, or move the file.",
  },
  MTL8012: {
    how: "A folder has no `.mtl` file in or below it, or a glob matches none. Folders that begin with a dot and `node_modules` are not entered.",
    fix: "Correct the path; put a glob into quotes, so that `mtlc` expands it and not the shell.",
  },
  MTL8013: {
    how: "The output of a command is a file that it reads, under the same or another name (a link, another spelling), or an artifact would be written over the artifact or the spec that it is made from.",
    fix: "Give another output; move it over the input afterwards when that is what you want.",
  },
  MTL8014: {
    how: "Git hands the commands that it calls copies of files and does not say which revision they are of. The text of this one stands in several revisions, which import other files.",
    fix: "Name the spec as git does: `HEAD~1:specs/model.mtl`; as a difftool, use `mtlc diff --driver`, which git tells the path.",
  },
  MTL8040: {
    how: "`-` names standard input, which is read once and cannot be written to, and the command needs more of it.",
    fix: "Name a file.",
  },
  MTL8020: {
    how: "`--ids` is written `FEATURE=NUMBER`.",
    fix: "Write it so, with the id for unknown values counted.",
  },
  MTL8021: {
    how: "A git command failed: the folder is no repository, or the revision or file is not in it.",
    fix: "Look at what git said, which the message repeats.",
  },
  MTL8022: {
    how: "`--ids` names a feature that the models do not have, or one without ids.",
    fix: "Correct the name; numeric features have no ids.",
  },
  MTL8023: { how: "A diff needs two models.", fix: "Give two, or one with `--git REVISION`." },
  MTL8024: {
    how: "`mtlc explain` was given a code that no message has.",
    fix: "`docs/diagnostics/README.md` lists all codes.",
  },
  MTL9001: {
    how: "The compiler or a command met a state that it should never be in. Nothing of yours is at fault, and files are left as they were.",
    fix: "Report it with the spec that shows it. `MTLC_DEBUG=1` before the command prints the trace.",
  },
};
