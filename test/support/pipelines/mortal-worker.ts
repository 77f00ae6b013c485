import type { ObjectStore, StagedObject } from '../../../src/engine/object-store.js';
import type { Statements, Transaction, Warehouse } from '../../../src/engine/warehouse.js';

export const died = new Error('the worker died');

/**
 * A worker that dies at one of its steps: nothing that it does afterwards reaches the store or the warehouse, as after a SIGKILL. A step is
 * the moment before or after something is changed there.
 */
export class MortalWorker {
  steps = 0;
  private isDead = false;

  constructor(private readonly diesAt = Number.POSITIVE_INFINITY) {}

  private async act<Result>(change: () => Promise<Result>): Promise<Result> {
    this.step();
    const result = await change();
    this.step();
    return result;
  }

  /** `last` is done where it dies. */
  private step(last: () => void = () => undefined): void {
    this.look();
    this.steps += 1;
    if (this.steps === this.diesAt) {
      last();
      this.isDead = true;
    }
    this.look();
  }

  private look(): void {
    if (this.isDead) throw died;
  }

  /** Each of `halves` does what a removal has done when it has come to one of its own steps. */
  store(store: ObjectStore, halves: readonly ((relativeKey: string) => void)[] = []): ObjectStore {
    const removeWritten: ObjectStore['removeWritten'] = (key, ...rest) =>
      this.act(() => {
        for (const half of halves) this.step(() => half(key));
        return store.removeWritten(key, ...rest);
      });
    const acts = (key: 'write' | 'dropStaged') => ({
      value: (...of: unknown[]) => this.act(() => (store[key] as (...args: unknown[]) => Promise<unknown>).apply(store, of)),
    });
    const looks = (key: 'find' | 'open') => ({
      value: async (...of: unknown[]) => {
        this.look();
        return (store[key] as (...args: unknown[]) => Promise<unknown>).apply(store, of);
      },
    });
    const stage = async (...of: Parameters<ObjectStore['stage']>): Promise<StagedObject> => {
      const staged = await this.act(() => store.stage(...of));
      return { put: (signal) => this.act(() => staged.put(signal)), drop: () => (this.isDead ? Promise.resolve() : staged.drop()) };
    };
    return Object.create(store, {
      write: acts('write'),
      removeWritten: { value: removeWritten },
      dropStaged: acts('dropStaged'),
      find: looks('find'),
      open: looks('open'),
      stage: { value: stage },
    }) as ObjectStore;
  }

  warehouse(warehouse: Warehouse): Warehouse {
    const transaction: Warehouse['transaction'] = (work, options) =>
      warehouse.transaction((statements) => work(this.statements(statements)), options);
    return Object.create(this.statements(warehouse), { transaction: { value: transaction } }) as Warehouse;
  }

  private statements<Of extends Statements | Transaction>(statements: Of): Of {
    return Object.create(statements, {
      execute: { value: (...of: Parameters<Statements['execute']>) => this.act(() => statements.execute(...of)) },
      query: {
        value: async (...of: Parameters<Statements['query']>) => {
          this.look();
          return statements.query(...of);
        },
      },
    }) as Of;
  }
}
