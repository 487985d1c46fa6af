import { defineDiagnostics } from "../../define.js";
import { didYouMean, joinNames } from "../../words.js";

/** MTL750x: targets, the forms in which others run a model. */
export const targetsDiagnostics = defineDiagnostics({
  MTL7500: {
    slug: "unknown-target",
    severity: "error",
    title: "unknown target",
    message: (p: { name: string; known: readonly string[]; near: string | undefined }) =>
      `\`${p.name}\` is not a target${p.near === undefined ? `; it may be ${joinNames(p.known, "or")}` : didYouMean(p.near)}`,
    about: "`--target` names a form that mtlc does not write. `mtlc targets` lists those that it writes.",
    fix: "Give one of the names that `mtlc targets` lists, several with commas between them.",
    usage: true,
  },
  MTL7501: {
    slug: "not-for-target",
    severity: "error",
    title: "target cannot carry a part of the model",
    message: (p: { target: string; what: string; instead: string | undefined }) =>
      `the target \`${p.target}\` cannot carry ${p.what}${p.instead === undefined ? "" : `; ${p.instead}`}`,
    about:
      "A target that was asked for cannot express this part of the spec. Targets are asked before data is read, so that no training ends in a model that cannot be handed on. `mtlc targets SPEC` says what each target can carry.",
    fix: "Choose another target, or write this part of the spec so that the target can carry it.",
  },
  MTL7502: {
    slug: "foreign-targets-directory",
    severity: "error",
    title: "output directory is not one of targets",
    message: (p: { directory: string; entry: string }) =>
      `\`${p.directory}\` is not a directory of targets and not empty (it has \`${p.entry}\`), so it is left unchanged; give another directory`,
    about:
      "`mtlc compile --target` writes a folder for each target and `targets.json` into the output folder. This one has other files, an artifact for example, or a `targets.json` that another program wrote.",
    fix: "Give an empty or new folder.",
  },
  MTL7503: {
    slug: "targets-not-added",
    severity: "warning",
    title: "targets not added to a complete run",
    message: (p: { directory: string; targets: readonly string[] }) =>
      `\`${p.directory}\` is a complete run, to which ${joinNames(p.targets)} ${p.targets.length === 1 ? "is" : "are"} not added; write ${p.targets.length === 1 ? "it" : "them"} with \`mtlc compile ${p.directory} --target ${p.targets.join(",")} -o DIR\``,
    about:
      "`--resume` leaves an artifact as it is when its run is complete, so that targets which were asked for only now are not in it.",
    fix: "Write them with the command of the message, or train again into another folder.",
  },
  MTL7504: {
    slug: "not-a-package-run",
    severity: "error",
    title: "not a run of a package",
    message: (p: { directory: string; file: string }) =>
      `\`${p.directory}\` is not a complete run of a package for PyTorch: it has no \`${p.file}\`; give the folder that \`train.py --output\` wrote`,
    about:
      "`mtlc import` makes an artifact of what a package for PyTorch trained. `train.py` writes the weights into the folder of the run when it is done, and beside them what `mtlc import` needs to know.",
    fix: "Give the folder of a run that is complete; `train.py --resume` completes one that is not.",
  },
  MTL7505: {
    slug: "damaged-package-run",
    severity: "error",
    title: "damaged run of a package",
    message: (p: { file: string; problem: string }) =>
      `\`${p.file}\` is not what a package for PyTorch writes: ${p.problem}; copy the run again, or make the package again and train it`,
    about:
      "A file of the run that `mtlc import` reads is damaged, was changed by hand, or is of another version of mtlc.",
    fix: "Copy the whole run again, or make the package with this version of mtlc and train it.",
  },
});
