import { groupDigits } from "../../compiler/text/index.js";
/** Numbers and tables as people read them. */

/** `1,234,567`. */
export function count(value: number): string {
  return groupDigits(Math.round(value));
}

/** A metric or a loss: five significant digits. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e6)) return value.toExponential(3);
  return value.toFixed(Math.max(0, Math.min(5, 4 - Math.floor(Math.log10(Math.max(magnitude, 0.1))))));
}

/** `850 rows/s`, `182k rows/s`. */
export function rate(rowsPerSecond: number): string {
  return rowsPerSecond < 10_000 ? `${count(rowsPerSecond)} rows/s` : `${count(rowsPerSecond / 1000)}k rows/s`;
}

/** `42s`, `3m 05s`, `2h 10m`; `?` for what is not known. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m ${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}

/** Columns two spaces apart; the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** `512 B`, `1.5 MB`: powers of 1000. */
export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, size)) / 3)));
  const value = size / 1000 ** power;
  return `${power === 0 ? String(value) : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${units[power] ?? ""}`;
}
