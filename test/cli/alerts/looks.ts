import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { workflowTypes } from '../../../src/contracts/names.js';
import { attributesOf } from '../../../src/contracts/search-attributes.js';
import type { WebhookReceiver } from '../../support/servers/webhook-receiver.js';
import type { StrataProcess } from '../../support/strata-process.js';
import { until } from '../../support/until.js';

/** The looks of a pipeline's alerts, as its schedule starts one each minute. Its task queue has its name. */
export class Looks {
  #number = 0;

  constructor(
    private readonly client: Client,
    private readonly name: string,
  ) {}

  /** Looks once, to the end. */
  look(): Promise<unknown> {
    return this.client.workflow.execute(workflowTypes.watch, this.#options(String((this.#number += 1))));
  }

  /** Begins a look, and kills the worker while the receiver has its post of that number, from 1, which gets no answer. */
  async killAtPost(worker: StrataProcess, webhook: WebhookReceiver, number: number): Promise<void> {
    let killed: Promise<void> | undefined;
    webhook.answer = (_post, posted) => {
      if (posted !== number) return undefined;
      killed = worker.kill();
      return 'never';
    };
    await this.client.workflow.start(workflowTypes.watch, this.#options('killed'));
    await until(() => killed !== undefined);
    await killed;
  }

  #options(look: string): WorkflowStartOptions {
    const { name } = this;
    return {
      ...{ taskQueue: name, workflowId: `${name}/alerts-${look}`, args: [{ pipeline: name }] },
      typedSearchAttributes: attributesOf({ pipeline: name }),
    };
  }
}
