/** What the page asks its server for first (`/demo.json`). */
export interface DemoFacts {
  /** Where Envoy is. */
  readonly endpoint: string;
  readonly space: string;
  /** Pseudonym of the person of the record whose place the visitor takes. */
  readonly person: string;
  /** How many people the record knows. */
  readonly people: number;
  /** Probability from which on the server pushes. */
  readonly threshold: number;
  /** Bytes that may be pushed for each byte that is opened. */
  readonly budget: number;
  /** What that person opened next in the record. */
  readonly next: readonly string[];
}

/** A colleague's deed (`/turn`); null when the record is at its end. */
export type Turn = { readonly user: string; readonly changed: readonly string[] } | null;

export async function demoFacts(): Promise<DemoFacts> {
  // What web-demo.ts answers, of the same type.
  return (await asked('/demo.json')).json() as Promise<DemoFacts>;
}

export async function tokenOf(device: string): Promise<string> {
  return (await asked(`/token?device=${encodeURIComponent(device)}`)).text();
}

/** Lets a colleague do what the record has next. */
export async function nextTurn(): Promise<Turn> {
  // What web-demo.ts answers, of the same type.
  return (await asked('/turn', { method: 'POST' })).json() as Promise<Turn>;
}

/** Throws what the server complains of. */
async function asked(path: string, how: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, how);
  if (!response.ok) throw new Error(await response.text());
  return response;
}
