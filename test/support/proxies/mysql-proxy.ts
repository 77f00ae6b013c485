import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A text statement on its way to the server. */
export interface ProxiedStatement {
  readonly sql: string;
  /** Earlier statements of the connection's open transaction, each cut to 500 characters. */
  readonly transaction: readonly string[];
}

/**
 * What a test does at a statement. `cut` drops both connections, so that it never reaches, or its reply never leaves, the server.
 * Before it only: `swallow` answers that it was done, though the server never hears of it; `reset` lets the server's session lose its
 * variables first, as a proxy does that gives the client another session.
 */
export type Verdict = 'go on' | 'cut' | 'swallow' | 'reset' | ProxiedError;

/** Answered in the server's place, which never gets the statement; before it only. */
export interface ProxiedError {
  readonly number: number;
  readonly state: string;
  readonly message: string;
}
export type Moment = 'before' | 'after';

interface Rule {
  readonly moment: Moment;
  readonly matches: (statement: ProxiedStatement) => boolean;
  readonly act: () => Promise<Verdict>;
}

export interface MysqlProxy {
  /** The server's address with the proxy's host and port. */
  readonly url: string;
  /**
   * Does something once, at the first statement that matches: before the server gets it, or after the server executed it and before
   * the client hears of that. The connection waits meanwhile.
   */
  at(moment: Moment, matches: Rule['matches'], act: Rule['act']): void;
  /** Drops the connection of the first matching LOAD DATA after so many bytes of its rows. Resolves when that happened. */
  cutLoadData(matches: (sql: string) => boolean, afterBytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Stands between a worker and its warehouse and reads the client's packets; the protocol is neither compressed nor encrypted. */
export async function startMysqlProxy(serverUrl: string): Promise<MysqlProxy> {
  const { hostname, port } = new URL(serverUrl);
  const rules: Rule[] = [];
  const cuts: { matches: (sql: string) => boolean; afterBytes: number; done: () => void }[] = [];
  const open = new Set<Socket>();
  const proxy = createServer({ noDelay: true }, (client) => {
    const server = connect({ host: hostname, port: Number(port), noDelay: true });
    const session = new ProxiedSession(client, server, {
      ruleFor: (statement) => take(rules, (rule) => rule.matches(statement)),
      cutFor: (sql) => take(cuts, (cut) => cut.matches(sql)),
    });
    for (const socket of [client, server]) {
      open.add(socket);
      socket.on('error', () => session.end());
      socket.on('close', () => {
        open.delete(socket);
        session.end();
      });
    }
    session.start();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String((proxy.address() as AddressInfo).port);
  return {
    url: url.href,
    at: (moment, matches, act) => void rules.push({ moment, matches, act }),
    cutLoadData: (matches, afterBytes) => new Promise<void>((done) => cuts.push({ matches, afterBytes, done })),
    close: async () => {
      const closed = once(proxy, 'close');
      proxy.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function take<Item>(items: Item[], matches: (item: Item) => boolean): Item | undefined {
  const index = items.findIndex(matches);
  return index < 0 ? undefined : items.splice(index, 1)[0];
}

interface Hooks {
  ruleFor(statement: ProxiedStatement): Rule | undefined;
  cutFor(sql: string): { readonly afterBytes: number; readonly done: () => void } | undefined;
}

const comQuery = 3;
const resetPacket = Buffer.from([1, 0, 0, 0, 0x1f]);
/** No rows, no warnings, autocommit. */
const donePacket = Buffer.from([7, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]);
const wantsLocalFile = 0xfb;

class ProxiedSession {
  private transaction: string[] = [];
  private atReply: (() => Promise<Verdict>) | undefined;
  /** A LOAD DATA was sent; the server's reply tells whether rows follow. */
  private asked = false;
  private sendingRows = false;
  /** Waits for the server's answer to what the proxy itself asked. */
  private ownReply: (() => void) | undefined;
  private cut: { bytesLeft: number; done: () => void } | undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly hooks: Hooks,
  ) {}

  start(): void {
    this.toServer().catch(() => this.end());
    this.toClient().catch(() => this.end());
  }

  end(): void {
    this.client.destroy();
    this.server.destroy();
  }

  private async toServer(): Promise<void> {
    for await (const packet of packets(this.client)) {
      if (this.sendingRows) {
        if (this.isCut(packet.length - 4)) return this.end();
        if (packet.length === 4) this.sendingRows = false;
      } else if (packet[3] === 0 && packet[4] === comQuery) {
        const verdict = await this.statement(statementText(packet));
        if (verdict === 'cut') return this.end();
        if (verdict === 'reset') await this.reset();
        if (verdict === 'swallow' || typeof verdict === 'object') {
          await write(this.client, typeof verdict === 'object' ? errorPacket(verdict) : donePacket);
          continue;
        }
      }
      await write(this.server, packet);
    }
    this.server.end();
  }

  private async statement(sql: string): Promise<Verdict> {
    const rule = this.hooks.ruleFor({ sql, transaction: this.transaction });
    if (/^(start transaction|commit|rollback)/i.test(sql)) this.transaction = [];
    else this.transaction.push(sql.slice(0, 500));
    this.asked = /^load data local/i.test(sql);
    if (this.asked) {
      const cut = this.hooks.cutFor(sql);
      this.cut = cut && { bytesLeft: cut.afterBytes, done: cut.done };
    }
    if (rule?.moment === 'before') return rule.act();
    this.atReply = rule?.act;
    return 'go on';
  }

  private async reset(): Promise<void> {
    const answered = new Promise<void>((resolve) => (this.ownReply = resolve));
    await write(this.server, resetPacket);
    await answered;
  }

  private isCut(bytes: number): boolean {
    if (!this.cut || (this.cut.bytesLeft -= bytes) > 0) return false;
    this.cut.done();
    return true;
  }

  private async toClient(): Promise<void> {
    for await (const bytes of this.server as AsyncIterable<Buffer>) {
      if (this.ownReply) {
        this.ownReply();
        this.ownReply = undefined;
        continue;
      }
      if (this.asked) {
        this.asked = false;
        this.sendingRows = bytes[4] === wantsLocalFile;
      }
      const act = this.atReply;
      this.atReply = undefined;
      if (act && (await act()) === 'cut') return this.end();
      await write(this.client, bytes);
    }
    this.client.end();
  }
}

function errorPacket({ number, state, message }: ProxiedError): Buffer {
  const text = Buffer.from(`#${state}${message}`);
  const head = Buffer.from([0, 0, 0, 1, 0xff, number & 0xff, number >> 8]);
  head.writeUIntLE(3 + text.length, 0, 3);
  return Buffer.concat([head, text]);
}

/** MySQL's clients may send query attributes: where there are none, two bytes (no parameters, one set) stand before the text. */
function statementText(packet: Buffer): string {
  return packet.toString('utf8', packet[5] === 0 && packet[6] === 1 ? 7 : 5);
}

/** Whole packets with their headers: three bytes of length, one of sequence. */
async function* packets(socket: Socket): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const bytes of socket as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUIntLE(0, 3)) {
      const length = 4 + rest.readUIntLE(0, 3);
      yield rest.subarray(0, length);
      rest = rest.subarray(length);
    }
  }
}

/** Resolves when the bytes left, or can't any more. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => socket.write(bytes, () => resolve()));
}
