import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface TakenMail {
  readonly to: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a mail with an SMTP code other than 250. */
export type Refusal = () => number | undefined;

/** A real mail server on a free port of loopback, which keeps what it takes. */
export interface MailServer {
  readonly port: number;
  readonly url: string;
  readonly mails: readonly TakenMail[];
  /** Asked at each recipient and at each mail; nothing is refused when it is undefined. */
  refuse: { recipient?: Refusal; message?: Refusal };
  close(): Promise<void>;
}

export async function startMailServer(login?: { readonly user: string; readonly password: string }): Promise<MailServer> {
  const mails: TakenMail[] = [];
  const refuse: MailServer['refuse'] = {};
  const server = new SMTPServer({
    authOptional: login === undefined,
    disabledCommands: login ? ['STARTTLS'] : ['AUTH', 'STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, answer) =>
      username === login?.user && password === login?.password
        ? answer(null, { user: username })
        : answer(Object.assign(new Error('no'), { responseCode: 535 })),
    onRcptTo: (_address, _session, answer) => answer(refusal(refuse.recipient?.())),
    onData: (stream, { envelope }, answer) => {
      void text(stream).then((raw) => {
        const code = refuse.message?.();
        if (code !== undefined) return answer(refusal(code));
        mails.push(
          parsed(
            raw,
            envelope.rcptTo.map(({ address }) => address),
          ),
        );
        answer();
      });
    },
  });
  // A client that goes away in the middle is its own matter.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const credentials = login ? `${login.user}:${encodeURIComponent(login.password)}@` : '';
  return {
    ...{ port, url: `smtp://${credentials}127.0.0.1:${port}`, mails, refuse },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function refusal(code: number | undefined): Error | null {
  return code === undefined ? null : Object.assign(new Error('not taken'), { responseCode: code });
}

/** Headers by lower-case names, unfolded; the body without quoted-printable's soft line ends. */
function parsed(raw: string, to: string[]): TakenMail {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { to, headers, body: rest.join('\n\n').replace(/=\r\n/g, '').replaceAll('\r\n', '\n') };
}
