import type { CheckContext, ServedRead } from "../context.js";

/** Notes such a read; {@link reportServed} tells of all that read one feature in one message. */
export function noteServed(context: CheckContext, feature: string, read: ServedRead): void {
  const reads = context.served.get(feature);
  if (reads === undefined) context.served.set(feature, [read]);
  // A macro may produce one location of the text many times.
  else if (!reads.some(({ span }) => span.file === read.span.file && span.start === read.span.start)) reads.push(read);
}

/** One message for each feature that serving does not have and that something served reads. */
export function reportServed(context: CheckContext): void {
  for (const [feature, [first, ...others]] of context.served) {
    if (first === undefined) continue;
    const symbol = context.scope.names.get(feature);
    const { head, by } = first;
    context.reporter.report("MTL4012", { feature, head, by }, first.span, {
      labels: [
        ...(symbol === undefined
          ? []
          : [{ span: symbol.at.span, message: "`serving: none`: serving does not have it" }]),
        ...others.map((read) => ({ span: read.span, message: `read here too${ofHead(read)}` })),
      ],
      help: helpFor(feature, first),
    });
  }
}

function ofHead({ head }: ServedRead): string {
  return head === undefined ? "" : `, by \`${head}\``;
}

function helpFor(feature: string, { head, by }: ServedRead): string {
  const other = `give \`${feature}\` a value at serving: \`serving: 0\``;
  if (head === undefined) return `leave it out here, or declare it in \`attributes\` if candidates do provide it`;
  if (by !== undefined)
    return `keep \`${feature}\` to training in \`${by}\` with \`train_only(logit(…))\`, or ${other}`;
  return `keep it to training with \`train_only(logit(…))\`, or ${other}`;
}
