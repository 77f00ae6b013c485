import type { Readable } from 'node:stream';
import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { qualify } from '../../engine/sql/qualify.js';
import type { ExecuteResult, SqlRow, SqlValue, Transaction } from '../../engine/warehouse.js';
import type { Product } from './errors/meaning.js';
import { warehouseFailure } from './failures.js';
import { SentRows, type StatementWatch } from './statement-watch.js';

/** What an error says was being done: of a statement that writes its table, else its first words without literals. */
export function summary(sql: string): string {
  const text = sql
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/'(?:[^'\\]|\\.|'')*'?/g, '?');
  const writes = /^(insert into|replace into|update|delete from|load data local infile \? into table) ([\w.`]+)/i.exec(text);
  if (writes) return `${(writes[1] ?? '').replace(/ local infile \? into table/i, ' into')} ${(writes[2] ?? '').replaceAll('`', '')}`;
  return text.length <= 60 ? text : `${text.slice(0, 60).replace(/ \S*$/, '')} ...`;
}

/** Statements on one connection; names get the prefix, failures become the closed set's. */
export class ConnectionStatements implements Transaction {
  constructor(
    private readonly connection: PoolConnection,
    private readonly prefix: string,
    private readonly watch: StatementWatch,
    private readonly product?: Product,
  ) {}

  async query<Row extends SqlRow = SqlRow>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const [rows] = await this.run<RowDataPacket[]>(sql, values);
    return rows as unknown as Row[];
  }

  async execute(sql: string, values: readonly SqlValue[] = []): Promise<ExecuteResult> {
    const [header] = await this.run<ResultSetHeader>(sql, values);
    return { affectedRows: header.affectedRows, warnings: header.warningStatus };
  }

  async loadData(sql: string, stream: Readable, values: readonly SqlValue[] = []): Promise<ExecuteResult> {
    // The driver reports a failed source only after it let the server know that the file had ended: keep its own error.
    let failure: Error | undefined;
    stream.once('error', (error) => (failure = error));
    try {
      const rows = new SentRows(stream);
      const query = { sql: qualify(sql, this.prefix), values: [...values], infileStreamFactory: () => rows.open() };
      const run = () => this.connection.query<ResultSetHeader>(query);
      const [header] = await this.watch.during(this.connection, summary(sql), run, rows);
      if (failure) throw failure;
      return { affectedRows: header.affectedRows, warnings: header.warningStatus };
    } catch (error) {
      if (failure) throw failure;
      throw warehouseFailure(error, summary(sql), this.product);
    } finally {
      stream.destroy();
    }
  }

  private async run<Result extends RowDataPacket[] | ResultSetHeader>(sql: string, values: readonly SqlValue[]) {
    try {
      const run = () => this.connection.query<Result>(qualify(sql, this.prefix), [...values]);
      return await this.watch.during(this.connection, summary(sql), run);
    } catch (error) {
      throw warehouseFailure(error, summary(sql), this.product);
    }
  }
}
