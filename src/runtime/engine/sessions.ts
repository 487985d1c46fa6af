/** Where the session of a training comes from: opened for it, or used by one training after another. */
import { type Program, printProgram } from "../../compiler/graph/index.js";
import type { Engine, OpenOptions, Session } from "./engine.js";

export interface SessionSource {
  /** A session that nobody else uses until it is released; its state is whatever it is. */
  readonly open: (program: Program, options: OpenOptions) => Promise<Session>;
  readonly release: (session: Session) => void;
}

/** A session for each training. */
export function ownSessions(engine: Engine): SessionSource {
  return { open: (program, options) => engine.open(program, options), release: (session) => session.close() };
}

/** Sessions that are kept open for later trainings. */
const keptSessions = 4;

export interface SharedSessions extends SessionSource {
  readonly close: () => void;
}

/** Hands the session of one training to the next one of the same functions, so that these are compiled once. */
export function shareSessions(engine: Engine): SharedSessions {
  /** Those that nobody uses, the one that was used last at the end. */
  const idle = new Map<string, Session>();
  const inUse = new Map<Session, string>();
  return {
    open: async (program, options) => {
      const key = keyOf(program, options);
      const known = idle.get(key);
      idle.delete(key);
      const session = known ?? (await engine.open(program, options));
      inUse.set(session, key);
      return session;
    },
    release: (session) => {
      const key = inUse.get(session);
      inUse.delete(session);
      if (key === undefined || idle.has(key)) return session.close();
      idle.set(key, session);
      const [oldest] = idle;
      if (oldest === undefined || idle.size <= keptSessions) return;
      idle.delete(oldest[0]);
      oldest[1].close();
    },
    close: () => {
      for (const session of idle.values()) session.close();
      idle.clear();
    },
  };
}

/** What a session is made of. How its state starts is not part of it: a training fills all of it. */
function keyOf({ state, functions }: Program, options: OpenOptions): string {
  const unfilled = state.map((variable) => ({ ...variable, pieces: [] }));
  return `${JSON.stringify(options)} ${printProgram({ state: unfilled, functions }, { origins: false })}`;
}
