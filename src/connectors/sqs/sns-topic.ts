/** A region of AWS and the names that its SNS has. */
export interface SnsRegion {
  readonly host: string;
  /** Whom its certificates are issued to. */
  readonly signers: readonly string[];
}

/** Where a topic is; undefined when the text names no topic of SNS. */
export function regionOf(topicArn: string): SnsRegion | undefined {
  const match = /^arn:(aws(?:-[a-z]+)*):sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[\w-]{1,256}(?:\.fifo)?$/.exec(topicArn);
  if (!match) return undefined;
  const [, partition = '', region = ''] = match;
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const regional = [`sns.${region}.${domain}`, `sns-signing.${region}.${domain}`, `sns-${region}.${domain}`];
  const gov = partition === 'aws-us-gov' ? ['sns-us-gov-west-1.amazonaws.com'] : [];
  return { host: `sns.${region}.${domain}`, signers: ['sns.amazonaws.com', ...regional, ...gov] };
}
