/** The thread that reads plain lines into a ring. */
import { workerData } from "node:worker_threads";
import { fillRing, type LineRing } from "./line-ring.js";

void fillRing(workerData as LineRing);
