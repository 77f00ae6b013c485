import { makeTelemetryFilterString, Runtime, type LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const satisfies Record<LogLevel, string>;

/** Sets up Temporal's runtime, once a process: its log goes into ours, its metrics and ours to Prometheus where an address is set. */
export function installRuntime(logger: Logger, metricsAddress: string | undefined): void {
  const log = (level: LogLevel, message: string, meta?: Record<string | symbol, unknown>) => logger[levels[level]](plain(meta), message);
  Runtime.install({
    logger: {
      log,
      trace: (message, meta) => log('TRACE', message, meta),
      debug: (message, meta) => log('DEBUG', message, meta),
      info: (message, meta) => log('INFO', message, meta),
      warn: (message, meta) => log('WARN', message, meta),
      error: (message, meta) => log('ERROR', message, meta),
    },
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metricsAddress !== undefined && { metrics: { metricPrefix: 'temporal_', prometheus: { bindAddress: metricsAddress } } }),
    },
  });
}

/** Temporal's meta without its symbols; they order lines, and mean nothing outside. */
function plain(meta: Record<string | symbol, unknown> | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(meta ?? {}));
}
