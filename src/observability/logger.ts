import { Writable } from 'node:stream';
import { pino, stdSerializers, type Logger } from 'pino';
import { visibleJson, visibleLine } from '../contracts/escape-controls.js';

export interface LogSettings {
  readonly level: string;
  readonly format: 'json' | 'text';
}

/** The process's logger, to stderr: one JSON object a line, or lines for people. Values of rows never go into it. */
export function createLogger({ level, format }: LogSettings): Logger {
  const withStack = level === 'debug' || level === 'trace';
  const error = (value: unknown) => (value instanceof Error ? describe(value, withStack) : value);
  const options = {
    level,
    base: null,
    serializers: { error, err: error },
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: { streamWrite: visibleJson },
  };
  return format === 'json' ? pino(options, pino.destination(2)) : pino(options, textLines(process.stderr));
}

function describe(error: Error, withStack: boolean): object | string {
  if (withStack) return stdSerializers.errWithCause(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.name}: ${error.message}${cause}`;
}

/** Names that Temporal puts on every line of a workflow or activity; ids say enough for people. */
const left = new Set([
  'level',
  'time',
  'msg',
  'sdkComponent',
  'namespace',
  'taskQueue',
  'runId',
  'activityId',
  'isLocal',
  'workflowType',
  'taskToken',
  'workflowRunId',
]);

/** One line a record: keys of objects and texts of events are shown, and neither drive the terminal nor forge a line. */
function textLines(out: NodeJS.WritableStream): Writable {
  return new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      const record = JSON.parse(line) as Record<string, unknown>;
      const level = pino.levels.labels[Number(record.level)] ?? '';
      const fields = Object.entries(record)
        .filter(([name]) => !left.has(name))
        .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
      out.write(`${visibleLine([String(record.time), level.padEnd(5), String(record.msg ?? ''), ...fields].join(' '))}\n`);
      done();
    },
  });
}
