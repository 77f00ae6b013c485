import { isDigits } from '../types/bytes/digits.js';
import type { ValueCheck } from '../types/traits.js';

/** Makes the check of a replayed row's former place, `<load id>@<byte>`. */
export function placeCheck(loadId: number): ValueCheck {
  const load = Buffer.from(`${loadId}@`);
  return (bytes, start, end) => {
    const digits = start + load.length;
    return digits < end && end - digits <= 16 && load.compare(bytes, start, digits) === 0 && isDigits(bytes, digits, end);
  };
}
