import type { ExplainRequest, ExplainResponse, PredictRequest, PredictResponse } from '@foresync/protocol';
import { PredictionServiceDefinition } from '@foresync/protocol';
import type { GrpcOptions } from './grpc-channel.js';
import { channelOf } from './grpc-channel.js';
import { grpcMethod } from './grpc-method.js';
import { grpcUnary } from './grpc-unary.js';
import type { CallOptions } from './transport.js';

/** What backends ask a server: their tokens name no device. Every failure is a ForesyncClientError. */
export interface Predictions {
  /** The items that a user needs most probably next. */
  predict(request: PredictRequest, call: CallOptions): Promise<PredictResponse>;
  /** Why one item has its score. */
  explain(request: ExplainRequest, call: CallOptions): Promise<ExplainResponse>;
  close(): void;
}

/**
 * PredictionService by grpc-js, over a connection of its own.
 *
 * @example
 * const predictions = grpcPredictions({ endpoint: 'https://sync.example.com:443' });
 * const { predictions: next } = await predictions.predict({ space: 'notes', user: 'alice', k: 10 }, { token, timeoutMs: 5000 });
 */
export function grpcPredictions(options: GrpcOptions): Predictions {
  const client = channelOf(options);
  return {
    predict: (request, call) => grpcUnary(client, PREDICT, request, call),
    explain: (request, call) => grpcUnary(client, EXPLAIN, request, call),
    close: () => client.close(),
  };
}

const { predict, explain } = PredictionServiceDefinition.methods;
const PREDICT = grpcMethod(PredictionServiceDefinition, predict);
const EXPLAIN = grpcMethod(PredictionServiceDefinition, explain);
