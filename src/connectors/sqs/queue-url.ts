export const queueUrlRule =
  'must be the address of a queue, without user and password, e.g. https://sqs.eu-central-1.amazonaws.com/123456789012/new-files';

/** Whether a text is what openQueue takes; the login comes from AWS's own settings. */
export function isQueueUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
