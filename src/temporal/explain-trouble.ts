import { isGrpcServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { Failure } from '../failures.ts';

/** gRPC's numbers, which the SDK does not export. */
const grpc = { deadlineExceeded: 4, permissionDenied: 7, unavailable: 14, unauthenticated: 16 } as const;

interface Place {
  readonly connectionOptions: { readonly address: string };
  readonly namespace: string;
}

/** What Temporal's client throws when it cannot do its work, as a `Failure` that says what to set; other errors as they are. */
export function explainTrouble(error: unknown, { connectionOptions: { address }, namespace }: Place): unknown {
  if (error instanceof NamespaceNotFoundError) {
    const message = `Temporal at ${address} has no namespace ${namespace}. Set TEMPORAL_NAMESPACE to one that it has, or create it.`;
    return new Failure('Unavailable', message, { cause: error });
  }
  const status = [error, error instanceof Error ? error.cause : undefined].find((one) => isGrpcServiceError(one));
  switch (isGrpcServiceError(status) ? status.code : undefined) {
    case grpc.permissionDenied:
    case grpc.unauthenticated: {
      const message = `Temporal at ${address} does not let us into the namespace ${namespace}. Set TEMPORAL_API_KEY, or TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH.`;
      return new Failure('AccessDenied', message, { cause: error });
    }
    case grpc.unavailable:
    case grpc.deadlineExceeded:
      return away(address, error);
    default:
      return error;
  }
}

/** The failure for a Temporal that cannot be reached. */
export function away(address: string, cause: unknown): Failure {
  const message = `Temporal does not answer at ${address}. Start it, or set TEMPORAL_ADDRESS.`;
  return new Failure('Unavailable', message, { cause });
}
