/** What a head predicts: probabilities of events and expected amounts. */

/** An event: a conjunction of literals, closed under `within`, sorted. Empty is "every row". */
export type EventModel = readonly EventLiteral[];
/** A label, or the negation of a conjunction of labels. */
export type EventLiteral =
  /** A label, or a class of one: `category.sport`. */
  { readonly kind: "label"; readonly label: string } | { readonly kind: "not"; readonly labels: readonly string[] };

export type HeadType =
  /** P(event | given); `event` contains `given`. */
  | { readonly kind: "probability"; readonly event: EventModel; readonly given: EventModel }
  /** E(label | given). */
  | { readonly kind: "expectation"; readonly label: string; readonly unit?: string; readonly given: EventModel }
  /** P(label | given): a probability for each class of the label, which add up to 1. */
  | {
      readonly kind: "classes";
      readonly label: string;
      readonly classes: readonly string[];
      readonly given: EventModel;
    }
  | { readonly kind: "score" };
