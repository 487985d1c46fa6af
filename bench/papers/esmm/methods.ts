/** The methods of the comparison: each is a spec in `specs`, trained on all impressions or on the clicked ones. */

export interface Method {
  /** As the papers write it. */
  readonly name: string;
  /** Of the spec, without its ending. */
  readonly spec: string;
  /** A loss that counts clicked rows only is given only these: each step then has its whole batch of them. */
  readonly rows: "all" | "clicked";
  /** AUC of the ESMM paper's table 2, mean ± deviation in percent: CVR on clicked rows, CTCVR on all. */
  readonly paper?: readonly [cvr: string, ctcvr: string];
}

export const methods: readonly Method[] = [
  { name: "BASE", spec: "base", rows: "clicked", paper: ["66.00 ± 0.37", "62.07 ± 0.45"] },
  { name: "AMAN", spec: "aman", rows: "all", paper: ["65.21 ± 0.59", "63.53 ± 0.57"] },
  { name: "OVERSAMPLING", spec: "oversampling", rows: "clicked", paper: ["67.18 ± 0.32", "63.05 ± 0.48"] },
  { name: "UNBIAS", spec: "unbias", rows: "all", paper: ["66.65 ± 0.28", "63.56 ± 0.70"] },
  { name: "DIVISION", spec: "division", rows: "all", paper: ["67.56 ± 0.48", "63.62 ± 0.09"] },
  { name: "ESMM-NS", spec: "esmm_ns", rows: "all", paper: ["68.25 ± 0.44", "64.44 ± 0.62"] },
  { name: "ESMM", spec: "esmm", rows: "all", paper: ["68.56 ± 0.37", "65.32 ± 0.49"] },
  { name: "ESCM²-IPS", spec: "escm2_ips", rows: "all" },
  { name: "ESCM²-DR", spec: "escm2_dr", rows: "all" },
];

/** The network whose pCTR multiplies the pCVR of every method. */
export const ctrMethod: Method = { name: "CTR", spec: "ctr", rows: "all" };

/** Whose differences the tables give. */
export const reference = "BASE";
