import {
  DeleteRequest,
  DeleteResponse,
  GetRequest,
  GetResponse,
  ListRequest,
  ListResponse,
  PutRequest,
  PutResponse,
  ReportRequest,
  ReportResponse,
  SubscribeRequest,
  SubscribeResponse,
} from '@foresync/protocol';

/** A method as it is called over grpc-web. */
export interface WebMethod<Request, Response> {
  readonly path: string;
  readonly request: { encode(message: Request): { finish(): Uint8Array } };
  readonly response: { decode(bytes: Uint8Array): Response };
}

// Not read out of the generated definitions: they would bring the messages of every other method into each page.
const sync = (name: string): string => `/foresync.v1.SyncService/${name}`;
const content = (name: string): string => `/foresync.v1.ContentService/${name}`;

/** What a browser calls. */
export const WEB_METHODS: WebMethods = {
  subscribe: { path: sync('Subscribe'), request: SubscribeRequest, response: SubscribeResponse },
  report: { path: sync('Report'), request: ReportRequest, response: ReportResponse },
  put: { path: content('Put'), request: PutRequest, response: PutResponse },
  get: { path: content('Get'), request: GetRequest, response: GetResponse },
  delete: { path: content('Delete'), request: DeleteRequest, response: DeleteResponse },
  list: { path: content('List'), request: ListRequest, response: ListResponse },
};

interface WebMethods {
  readonly subscribe: WebMethod<SubscribeRequest, SubscribeResponse>;
  readonly report: WebMethod<ReportRequest, ReportResponse>;
  readonly put: WebMethod<PutRequest, PutResponse>;
  readonly get: WebMethod<GetRequest, GetResponse>;
  readonly delete: WebMethod<DeleteRequest, DeleteResponse>;
  readonly list: WebMethod<ListRequest, ListResponse>;
}
