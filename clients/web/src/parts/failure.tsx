/** What a visitor sees when the page cannot be. */
export function Failure({ error }: { readonly error: unknown }) {
  return (
    <main class="failure">
      <h1>The demo does not answer</h1>
      <p role="alert">{error instanceof Error ? error.message : String(error)}</p>
      <p>
        Does <code>npm run demo:web</code> still run? Load this page again once it says so.
      </p>
    </main>
  );
}
