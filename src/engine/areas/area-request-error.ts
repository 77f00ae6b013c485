/** A question about an area that can't be answered as it was asked; the message says how to ask it. */
export class AreaRequestError extends Error {
  override readonly name = 'AreaRequestError';
}
