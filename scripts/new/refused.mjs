/** What the user got wrong, as one line; 1 for a name that cannot be taken, 2 for a wrong command line. */
export class Refused extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
