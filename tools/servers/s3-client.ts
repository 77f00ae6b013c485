import { S3Client } from '@aws-sdk/client-s3';

/** A client with the settings of an environment as AWS's tools read them. */
export function s3Client(env: NodeJS.ProcessEnv): S3Client {
  // The SDK warns of Node 20 at every start; neither a demo nor a bench cares which Node runs it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { AWS_ENDPOINT_URL_S3: endpoint, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const session = env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {};
  return new S3Client({
    ...(endpoint ? { endpoint } : {}),
    region: env.AWS_REGION ?? 'us-east-1',
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey, ...session } } : {}),
  });
}
