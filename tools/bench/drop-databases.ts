import { createConnection, type RowDataPacket } from 'mysql2/promise';

/** Drops the databases of a server whose names begin like this. */
export async function dropDatabases(url: string, prefix: string): Promise<void> {
  const connection = await createConnection({ uri: url });
  try {
    const [rows] = await connection.query<({ Database: string } & RowDataPacket)[]>('show databases');
    for (const { Database: name } of rows) if (name.startsWith(prefix)) await connection.query('drop database ??', [name]);
  } finally {
    await connection.end();
  }
}
