import { decay } from "./decays.js";
import { floorSetting, type Schedule } from "./schedule.js";

/** The product of the falls so far; the host counts them, as it measures. */
export const plateau: Schedule = decay({
  name: "plateau",
  summary:
    "The rate is multiplied by `factor` whenever what `stop` watches has not improved for `patience` evaluations.",
  watches: true,
  settings: [
    {
      name: "factor",
      type: { kind: "number", min: 0, max: 1, minOpen: true },
      default: 0.1,
      doc: "The factor of one fall.",
    },
    {
      name: "patience",
      type: { kind: "number", min: 1, integer: true },
      default: 1,
      doc: "Evaluations without an improvement after which the rate falls.",
    },
    floorSetting,
  ],
  factor: ({ level }) => level(),
});
