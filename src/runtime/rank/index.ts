/**
 * Rankings over files: a spec or a trained artifact and files of candidates go in, one ranked list a request comes out, as
 * a stream. The network's scores are computed where the artifact has one. It spends no permits and writes nothing.
 */
export { rankFiles, type FileRanking, type RankOptions } from "./rank-files.js";
export { wholeFile } from "./group-requests.js";
