import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor, type ConnectionOptions } from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;
type Start = Call['start'];

/** gRPC's number. */
const cancelled = 1;

/**
 * The client's own retries, but for connections that may be closed while one of them is due: its timer would otherwise throw past
 * everyone who waits for the call (as of @temporalio/client 1.23), which ends the process. Such a call ends as cancelled.
 */
export const closableCalls: Interceptor[] = [
  makeGrpcRetryInterceptor(defaultGrpcRetryOptions()),
  (options, nextCall) => {
    try {
      return nextCall(options) as Call;
    } catch {
      return closedCall();
    }
  },
];

/** gRPC makes no call on a closed channel; this one ends as soon as it starts. */
function closedCall(): Call {
  const start: Start = (metadata, listener) => {
    queueMicrotask(() => {
      listener?.onReceiveMessage?.(null);
      listener?.onReceiveStatus?.({ code: cancelled, details: 'the connection to Temporal was closed', metadata });
    });
  };
  const nothing = () => undefined;
  return {
    start,
    sendMessage: nothing,
    sendMessageWithContext: nothing,
    startRead: nothing,
    halfClose: nothing,
    cancelWithStatus: nothing,
    getPeer: () => 'closed',
    getAuthContext: () => null,
  } as unknown as Call;
}
