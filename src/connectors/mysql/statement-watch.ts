import type { Readable } from 'node:stream';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { duration } from '../../contracts/format-times.js';
import { StrataError } from '../../engine/strata-error.js';
import { workWatch } from '../work-watch.js';

/** Milliseconds between two looks at a statement that runs. */
const lookInterval = 30_000;
const looksInLimit = 4;

/** Where a session is: its number means something on that server alone. */
interface Place {
  readonly id: number;
  readonly server: string;
}

/** A session as the server shows it: its command and state. Undefined if the server has no session of that number. */
interface Session {
  readonly server: string;
  readonly command: string | null;
  readonly state: string | null;
}

const server = `concat_ws(':', @@hostname, @@port, @@server_id)`;

/** A stream that the server pulls, and how much of it. */
export class SentRows {
  bytes = 0;

  constructor(readonly stream: Readable) {}

  /** For the driver, which begins to read at once. */
  open(): Readable {
    return this.stream.on('data', (bytes: Buffer) => (this.bytes += bytes.length));
  }

  get isSent(): boolean {
    return this.stream.readableEnded;
  }

  get standstill(): string {
    return this.stream.readableLength > 0 ? 'the server takes no more rows' : 'its source gives no more bytes';
  }
}

/** The statement was given up; nobody knows whether the server still works on it. */
export class StalledStatement extends StrataError {
  constructor(doing: string, silence: number, why: string) {
    super('unavailable', `${doing}: it has stood still for ${duration(silence / 1_000)}: ${why}. It was stopped and is tried again`);
  }
}

/**
 * Distinguishes a slow statement from a stuck one. A statement is not stuck while the server shows that its session works. A statement that
 * sends rows to the server is not stuck while bytes move. Waiting for a lock counts as work, because locks have limits of their own
 * (session-variables.ts).
 */
export class StatementWatch {
  private readonly places = new WeakMap<object, Place>();

  constructor(
    /** Milliseconds of standstill after which a statement is given up. */
    private readonly limit: number,
    /** Asks on a connection of its own, for the pool may be used up by the very statements that are looked at. */
    private readonly ask: (sql: string) => Promise<RowDataPacket[]>,
  ) {}

  /** Of a new session. A proxy gives numbers of its own: nothing can be asked of a session behind it, and TCP alone finds out that it is lost. */
  async know(connection: Connection & { connection: object }): Promise<void> {
    const [rows] = await connection.query<RowDataPacket[]>({
      sql: `select connection_id() as id, ${server} as server limit 1`,
      timeout: lookInterval,
    });
    const place = { id: Number(rows[0]?.['id']), server: String(rows[0]?.['server']) };
    if (place.id === connection.threadId) this.places.set(connection.connection, place);
  }

  /**
   * Runs a statement. Rejects with StalledStatement when the statement shows no sign of life for longer than the limit. `rows`: the stream
   * that feeds it.
   */
  async during<Result>(connection: { connection: object }, doing: string, run: () => Promise<Result>, rows?: SentRows): Promise<Result> {
    const work = workWatch();
    const begun = performance.now();
    let healthy = begun;
    let ended = false;
    let timer: NodeJS.Timeout | undefined;
    work?.sign(doing);

    const stalled = new Promise<never>((_resolve, reject) => {
      let seen = 0;
      const look = async () => {
        const moved = (rows?.bytes ?? 0) > seen;
        seen = rows?.bytes ?? 0;
        const doubt = rows?.isSent === false ? (moved ? undefined : rows.standstill) : await this.doubt(connection);
        if (ended) return;
        const now = performance.now();
        if (doubt === undefined) {
          healthy = now;
          work?.sign(`${doing}, at work for ${duration((now - begun) / 1_000)}`);
        } else if (now - healthy >= this.limit) {
          reject(new StalledStatement(doing, now - healthy, doubt));
          return;
        }
        lookLater();
      };
      const lookLater = () =>
        (timer = setTimeout(() => void look().catch(reject), Math.min(lookInterval, this.limit / looksInLimit)).unref());
      lookLater();
    });
    try {
      return await Promise.race([run(), stalled]);
    } finally {
      ended = true;
      clearTimeout(timer);
      work?.sign();
    }
  }

  /** Why the statement seems to be stuck; undefined while it is at work, and where nobody can know. */
  private async doubt({ connection }: { connection: object }): Promise<string | undefined> {
    const place = this.places.get(connection);
    let answer: Session | undefined;
    try {
      const rows = await this.ask(
        `select ${server} as server, p.command, p.state from (select 1) one
         left join information_schema.processlist p on p.id = ${place?.id ?? 0}`,
      );
      answer = rows[0] as Session | undefined;
    } catch (error) {
      // An answer that is an error comes from a server that lives: it may have no connection left to ask by.
      return Number((error as { errno?: unknown }).errno) > 0 ? undefined : 'the server does not answer when asked for it';
    }
    if (place === undefined || answer?.server !== place.server) return undefined;
    if (answer.command === null) return 'the server has ended its session, and nothing said so to Strata';
    return answer.command === 'Sleep' ? 'the server has done it, and its answer was lost on the way' : undefined;
  }
}
