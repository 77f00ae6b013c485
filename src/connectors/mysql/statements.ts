import type { Readable } from 'node:stream';
import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { qualify } from '../../engine/sql/qualify.js';
import type { ExecuteResult, SqlRow, SqlValue, Transaction } from '../../engine/warehouse.js';
import { warehouseFailure } from './failures.js';

/** The first words of a statement without its literals: what an error says was being done. */
function summary(sql: string): string {
  return sql.trim().replace(/\s+/g, ' ').replace(/'(?:[^'\\]|\\.|'')*'?/g, '?').slice(0, 60);
}

/** Statements on one connection; names get the prefix, failures become the closed set's. */
export class ConnectionStatements implements Transaction {
  constructor(
    private readonly connection: PoolConnection,
    private readonly prefix: string,
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
    // The driver reports a failed source only after it told the server that the file had ended: keep its own error.
    let failure: Error | undefined;
    stream.once('error', (error) => (failure = error));
    try {
      const [header] = await this.connection.query<ResultSetHeader>({
        sql: qualify(sql, this.prefix),
        values: [...values],
        infileStreamFactory: () => stream,
      });
      if (failure) throw failure;
      return { affectedRows: header.affectedRows, warnings: header.warningStatus };
    } catch (error) {
      if (failure) throw failure;
      throw warehouseFailure(error, summary(sql));
    } finally {
      stream.destroy();
    }
  }

  private async run<Result extends RowDataPacket[] | ResultSetHeader>(sql: string, values: readonly SqlValue[]) {
    try {
      return await this.connection.query<Result>(qualify(sql, this.prefix), [...values]);
    } catch (error) {
      throw warehouseFailure(error, summary(sql));
    }
  }
}
