import { byteSize, counted, grouped } from '../../contracts/format-numbers.js';
import { duration } from '../../contracts/format-times.js';
import type { WorkProgress } from '../../status/progress/work-progress.js';

/** A work in one line: what it does, how far it is, how fast, and how long it will take. */
export function workLine(work: WorkProgress): string {
  const { workflowId, message, problem, rows = 0, bytes = 0, totalBytes, files, totalFiles = 0, percent } = work;
  const { bytesPerSecond = 0, rowsPerSecond = 0, secondsLeft, state } = work;
  const isRunning = state === 'running';
  const parts = [
    workflowId,
    problem ?? message,
    percent !== undefined && isRunning ? `${percent.toFixed(1)} %` : '',
    totalFiles > 1 ? `${grouped(files ?? 0)} of ${counted(totalFiles, 'file')}` : '',
    rows > 0 ? counted(rows, 'row') : '',
    bytes > 0 ? (totalBytes !== undefined && isRunning ? `${byteSize(bytes)} of ${byteSize(totalBytes)}` : byteSize(bytes)) : '',
    isRunning && bytesPerSecond > 0
      ? `${byteSize(bytesPerSecond)}/s`
      : isRunning && rowsPerSecond > 0
        ? `${grouped(rowsPerSecond)} rows/s`
        : '',
    isRunning && secondsLeft !== undefined ? `${duration(secondsLeft)} left` : '',
  ];
  return parts.filter((part) => part !== '').join('  ');
}
