/**
 * The id under which a family layer's node keeps what one member has for itself: `b.income` of `b`, `b.income/1` of `b/1`.
 * The outermost one is also the id of the node that reads the member.
 */
export function memberId(family: string, member: string): string {
  const end = family.indexOf("/");
  return end < 0 ? `${family}.${member}` : `${family.slice(0, end)}.${member}${family.slice(end)}`;
}
