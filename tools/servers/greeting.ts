import { connect } from 'node:net';

/**
 * The version with which a MySQL-compatible server greets, such as `9.7.4` or `10.11.19-MariaDB`; undefined when it does not
 * (yet): its port listens before it is ready. Needs no account, but counts as an interrupted connection.
 */
export function greeting(host: string, port: number, timeoutMs = 1000): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (result?: string) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => end());
    socket.once('error', () => end()).once('end', () => end());
    // 4 bytes of packet header, protocol 10, the version up to a zero byte; 0xff instead of 10 is a refusal.
    socket.once('data', (bytes) => {
      if (bytes[4] !== 10) end();
      // MariaDB before 11 puts a fixed 5.5.5- in front, for old replicas.
      else end(bytes.toString('latin1', 5, bytes.indexOf(0, 5)).replace(/^5\.5\.5-/, ''));
    });
  });
}

/** `MariaDB 10.11.19` or `MySQL 9.7.4`, of a `mysql://` address; undefined when it does not answer. */
export async function productAt(url: string): Promise<string | undefined> {
  const { hostname, port } = new URL(url);
  const version = await greeting(hostname.replace(/^\[|\]$/g, ''), Number(port || 3306), 5000);
  if (version === undefined) return undefined;
  return `${/mariadb/i.test(version) ? 'MariaDB' : 'MySQL'} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
}
